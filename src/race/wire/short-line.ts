/** Texts of a wire as people read them: on one line, and no longer than they are willing to. Pure. */
import { isUtf8 } from 'node:buffer'

/** At most `most` characters; what was left out shows as an ellipsis. */
export function shortLine(text: string, most: number): string {
  // Cut first: a value may be of megabytes.
  const line = text
    .slice(0, 2 * most)
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (line.length <= most && text.length <= 2 * most) return line
  return `${line.slice(0, most - 1)}…`
}

/** As UTF-8, where it is that and can be printed; else in hexadecimal, as Postgres writes its bytea. */
export function printable(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    const text = bytes.toString()
    if (!UNPRINTABLE.test(text)) return text
  }
  return hexadecimal(bytes)
}

export function hexadecimal(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`
}

/** Control characters but for tab and line ends. */
// oxlint-disable-next-line no-control-regex -- they are what it looks for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
