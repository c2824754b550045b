/** JSON whose large integers stay what they are. Pure. */

const LARGE_INTEGER = /\d{16}/
/** A string, which is passed over whole, or an integer that a double may not hold. */
const STRING_OR_LARGE_INTEGER = /"(?:[^"\\]|\\.)*"|(-?\d{16,})(?![\d.eE])/g

/**
 * As JSON.parse, but that integers of 16 digits and more come as text: a double would silently make another order id of
 * them. Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  if (!LARGE_INTEGER.test(text)) return JSON.parse(text)
  return JSON.parse(
    text.replaceAll(STRING_OR_LARGE_INTEGER, (whole, integer: string | undefined) =>
      integer === undefined ? whole : `"${integer}"`,
    ),
  )
}
