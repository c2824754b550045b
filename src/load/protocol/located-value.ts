/**
 * Finds what a locator names in an answer, as core/locate.ts does, for answers that come by the thousand: made once from the
 * locators of a protocol, then asked for each answer, which is read as JSON or as text once at most.
 */
import type { Locator } from '../../core/buyer-protocol.ts'
import { parseExactJson } from '../../core/exact-json.ts'
import { cookieOf, MOST_SEARCHED, valueAtPointer } from '../../core/locate.ts'
import type { ReceivedAnswer } from './received-answer.ts'

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** What several rules may want of one answer, read when the first one does. */
export class ReadAnswer {
  readonly received: ReceivedAnswer
  #json: unknown
  #isParsed = false
  #text: string | null = null

  constructor(received: ReceivedAnswer) {
    this.received = received
  }

  get json(): unknown {
    if (!this.#isParsed) {
      this.#isParsed = true
      this.#json = parseJsonBody(this.received.body)
    }
    return this.#json
  }

  /** The beginning of the body, for patterns; bytes that are no UTF-8 are replaced by U+FFFD. */
  get searchedText(): string {
    const { body } = this.received
    this.#text ??=
      typeof body === 'string'
        ? body.slice(0, MOST_SEARCHED)
        : body.toString('utf8', 0, Math.min(body.length, MOST_SEARCHED))
    return this.#text
  }
}

/** undefined: it isn't there. */
export type Locate = (answer: ReadAnswer) => unknown

export function compileLocator(locator: Locator): Locate {
  switch (locator.in) {
    case 'json': {
      const { pointer } = locator
      return ({ json }) => valueAtPointer(json, pointer)
    }
    case 'header': {
      const { name } = locator
      return ({ received }) => received.headers.first(name) ?? undefined
    }
    case 'cookie': {
      const { name } = locator
      return ({ received }) => cookieOf(received.headers.setCookies(), name)
    }
    case 'body': {
      const pattern = new RegExp(locator.pattern, 'u')
      return (answer) => {
        const match = pattern.exec(answer.searchedText)
        return match === null ? undefined : match.length > 1 ? match[1] : match[0]
      }
    }
    case 'requestId':
      return ({ received }) => received.requestId
  }
}

/** Strict: bytes that are no UTF-8, or no JSON, hold nothing. */
function parseJsonBody(body: Buffer | string): unknown {
  try {
    return parseExactJson(typeof body === 'string' ? body : strictUtf8.decode(body))
  } catch {
    return undefined
  }
}

/** A text, or a number as text; null for anything else, and for a number that a double can't hold. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return null
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : String(value)
}
