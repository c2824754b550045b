/**
 * A body read as JSON, once at most. Strict: bytes that are no UTF-8, or no JSON, hold nothing. Integers that a double
 * can't hold are read as their digits, since an order id that is off by one is another order's.
 */

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })
/** Above 2^53 integers have 16 digits or more. */
const MAY_BE_INEXACT = /\d{16}/
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG_INTEGER = /^-?[1-9]\d{15,}$/

/** undefined: it is no JSON. */
export function parseJsonBody(body: Buffer | string): unknown {
  try {
    const text = typeof body === 'string' ? body : strictUtf8.decode(body)
    const value: unknown = JSON.parse(text)
    return MAY_BE_INEXACT.test(text) ? (JSON.parse(quoteInexact(text)) as unknown) : value
  } catch {
    return undefined
  }
}

function quoteInexact(validJson: string): string {
  return validJson.replaceAll(STRING_OR_NUMBER, (token) =>
    LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  )
}

/** Members and indexes on the way to a value (RFC 6901). The empty pointer is the whole document. */
export function pointerTokens(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const ARRAY_INDEX = /^(?:0|[1-9]\d*)$/

/** undefined: nothing stands there. */
export function valueAt(document: unknown, tokens: readonly string[]): unknown {
  let value = document
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value) ? !ARRAY_INDEX.test(token) : !Object.hasOwn(value, token)) return undefined
    value = (value as Record<string, unknown>)[token]
  }
  return value
}
