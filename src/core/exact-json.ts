/** JSON whose large integers stay what they are. Pure. */

const LARGE_INTEGER = /\d{16}/
/** Whole strings are passed over, so that only numbers are seen as numbers. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g
const INTEGER = /^-?[1-9]\d*$/

/**
 * As JSON.parse, but that integers which a double doesn't hold come as text: it would silently make another order id of
 * them. Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  if (!LARGE_INTEGER.test(text)) return JSON.parse(text)
  return JSON.parse(text.replaceAll(STRING_OR_NUMBER, (token) => (isTooLarge(token) ? `"${token}"` : token)))
}

function isTooLarge(token: string): boolean {
  return token.length >= 16 && INTEGER.test(token) && !Number.isSafeInteger(Number(token))
}
