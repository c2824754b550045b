/** Finds values in answers, and tests them, as a descriptor says. Pure. */
import type { Locator, OutcomeRule, ValueTest } from './buyer-protocol.ts'
import { parseExactJson } from './exact-json.ts'

export interface Answer {
  readonly status: number
  /** All values of the header, by its name in lower case; none: it isn't there. */
  header(name: string): readonly string[]
  readonly body: string
}

/** Characters that a pattern sees: a long text costs no more than a short one. */
export const MOST_SEARCHED = 64 * 1024

/** undefined: it isn't there. `requestId` stands in no answer. */
export function locate(at: Locator, answer: Answer): unknown {
  switch (at.in) {
    case 'json':
      return valueAtPointer(jsonOf(answer.body), at.pointer)
    case 'header':
      return answer.header(at.name)[0]
    case 'cookie':
      return cookieOf(answer.header('set-cookie'), at.name)
    case 'body': {
      const match = new RegExp(at.pattern, 'u').exec(answer.body.slice(0, MOST_SEARCHED))
      return match === null || match.length === 1 ? match?.[0] : match[1]
    }
    case 'requestId':
      return undefined
  }
}

/** Whether an answer is of such a kind. */
export function fits({ status, where }: Pick<OutcomeRule, 'status' | 'where'>, answer: Answer): boolean {
  if (status !== null && !status.some(({ from, to }) => answer.status >= from && answer.status <= to)) return false
  return where.every(({ at, is }) => passes(is, locate(at, answer), at.in === 'json'))
}

/** Outside of JSON everything is a text: a number is compared by its decimal form. */
function passes(test: ValueTest, value: unknown, hasTypes: boolean): boolean {
  if ('exists' in test) return (value !== undefined) === test.exists
  if ('matches' in test) {
    return (
      (typeof value === 'string' || typeof value === 'number') &&
      new RegExp(test.matches, 'u').test(String(value).slice(0, MOST_SEARCHED))
    )
  }
  return test.oneOf.some((one) => (hasTypes ? one : String(one)) === value)
}

/** RFC 6901; the empty pointer is the whole. undefined: nothing stands there. */
export function valueAtPointer(document: unknown, pointer: string): unknown {
  let at = document
  for (const token of pointer.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at) ? !/^(?:0|[1-9]\d*)$/.test(key) : !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

/** undefined where the text is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

/** Of `set-cookie` headers, as a client would keep it: of several with one name the last counts. */
export function cookieOf(headers: readonly string[], name: string): string | undefined {
  const pairs = headers.map((header) => header.split(';', 1)[0]!)
  const pair = pairs.findLast((one) => one.includes('=') && one.slice(0, one.indexOf('=')).trim() === name)
  return pair?.slice(pair.indexOf('=') + 1).trim()
}
