/**
 * Request ids for services that want UUIDs: a UUID of version 8 (RFC 9562) that holds which buy of which step it is, so
 * that an auditor who finds it in a ledger knows the buy again without a table. Pure. Not for secrets.
 */

const PATTERN = /^[0-9a-f]{32}$/
/** Hexadecimal digits of the buy's number, at the end. */
const BUY_DIGITS = 8
const MAX_BUY = 0xffff_ffff

/** Of buy `buy` (0..2^32-1) of the step whose request ids begin with `requestIdPrefix`. In lower case. */
export function requestUuid(requestIdPrefix: string, buy: number): string {
  if (!Number.isInteger(buy) || buy < 0 || buy > MAX_BUY) throw new RangeError(`${buy} is no number of a buy`)
  const hash = [0, 1, 2].map((seed) => hexOf(hashOf(requestIdPrefix, seed))).join('')
  // The variant's two bits, and two of the hash.
  const variant = '89ab'[Number.parseInt(hash[15]!, 16) & 3]!
  const number = hexOf(buy)
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(12, 15)}-${variant}${hash.slice(16, 19)}-${hash.slice(19, 23)}${number}`
}

/** Number of the buy; null: not a UUID of this step. Case and hyphens don't matter. */
export function buyOfRequestUuid(requestIdPrefix: string, uuid: string): number | null {
  const digits = uuid.replaceAll('-', '').toLowerCase()
  if (!PATTERN.test(digits)) return null
  const buy = Number.parseInt(digits.slice(-BUY_DIGITS), 16)
  return requestUuid(requestIdPrefix, buy).replaceAll('-', '') === digits ? buy : null
}

function hexOf(value: number): string {
  return value.toString(16).padStart(8, '0')
}

/** FNV-1a over UTF-16 units, from a start of its own for each seed, finished as MurmurHash3 does. */
function hashOf(text: string, seed: number): number {
  let hash = 0x811c_9dc5 ^ Math.imul(seed + 1, 0x9e37_79b9)
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
