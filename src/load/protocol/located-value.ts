/** Finds what a locator names in an answer. Made once from the locators of a protocol, then asked for each answer. */
import type { Locator } from '../../core/buyer-protocol.ts'
import { parseJsonBody, pointerTokens, valueAt } from './json-document.ts'
import type { ReceivedAnswer } from './received-answer.ts'

/** A pattern sees so much of a body, so that a long one costs no more than a short one. */
const MAX_SEARCHED_BYTES = 64 * 1024

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
        ? body.slice(0, MAX_SEARCHED_BYTES)
        : body.toString('utf8', 0, Math.min(body.length, MAX_SEARCHED_BYTES))
    return this.#text
  }
}

/** undefined: it isn't there. */
export type Locate = (answer: ReadAnswer) => unknown

export function compileLocator(locator: Locator): Locate {
  switch (locator.in) {
    case 'json': {
      const tokens = pointerTokens(locator.pointer)
      return ({ json }) => valueAt(json, tokens)
    }
    case 'header': {
      const { name } = locator
      return ({ received }) => received.headers.first(name) ?? undefined
    }
    case 'cookie': {
      const { name } = locator
      return ({ received }) => cookieValue(received.headers.setCookies(), name)
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

/** As a client would keep it: of several with one name the last counts. */
function cookieValue(setCookies: readonly string[], name: string): string | undefined {
  const pair = setCookies.map((header) => header.split(';', 1)[0]!).findLast((one) => nameOf(one) === name)
  return pair?.slice(pair.indexOf('=') + 1).trim()
}

function nameOf(pair: string): string | null {
  const equals = pair.indexOf('=')
  return equals < 0 ? null : pair.slice(0, equals).trim()
}

/** A text, or a number as text; null for anything else, and for a number that a double can't hold. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return null
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : String(value)
}
