/**
 * A checksum of a whole Parquet file, kept in its own footer. The pages that are written here carry none, and a flipped
 * bit in a column of times, or in a column's offset, would otherwise be judged as if it had been measured.
 * As in an IP header, the sum is taken with its own field as zeros and then put there; to other readers it is one more
 * entry of the file's key-value metadata.
 */
import { crc32 } from 'node:zlib'

const EMPTY_SUM = '00000000'

/** To be the last entry of the key-value metadata. */
export const CHECKSUM_ENTRY = { key: 'doorbuster.crc32', value: `crc32:${EMPTY_SUM}` } as const

/** CRC-32 of `bytes`, going on from that of what came before them. */
export function checksumOf(bytes: Uint8Array, before = 0): number {
  return crc32(bytes, before)
}

/** Puts the sum of the file into its footer, in place. `before` is the sum of everything in front of the footer. */
export function sealFooter(footer: Uint8Array, before: number): void {
  const at = sumPosition(footer)
  if (at === null) throw new Error('the footer has no place for its checksum')
  const sum = checksumOf(footer, before)
  footer.set(Buffer.from(sum.toString(16).padStart(EMPTY_SUM.length, '0'), 'latin1'), at)
}

/** Whether the sum in `footer` is that of the file. */
export function isSealed(footer: Uint8Array, before: number): boolean {
  const at = sumPosition(footer)
  if (at === null) return false
  const unsealed = Buffer.from(footer)
  const found = unsealed.toString('latin1', at, at + EMPTY_SUM.length)
  unsealed.write(EMPTY_SUM, at, 'latin1')
  return found === checksumOf(unsealed, before).toString(16).padStart(EMPTY_SUM.length, '0')
}

/** Position of the sum's first digit: after the key, the value's one byte of type or length, and `crc32:`. */
function sumPosition(footer: Uint8Array): number | null {
  const text = Buffer.from(footer.buffer, footer.byteOffset, footer.byteLength)
  const key = text.lastIndexOf(CHECKSUM_ENTRY.key)
  const sum = key < 0 ? -1 : text.indexOf('crc32:', key + CHECKSUM_ENTRY.key.length)
  return sum < 0 ? null : sum + 'crc32:'.length
}
