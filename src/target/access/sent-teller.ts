/** Tells when a request is written to its connection; else it passes everything on as it comes. */
import type { Dispatcher } from 'undici'

type Handler = Dispatcher.DispatchHandler

/** undici writes head and body right after `onRequestStart`, in the same turn: whoever is told looks a turn later. */
export function tellingWhenSent(tell: Told): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, new SentTeller(handler, tell))
}

interface Told {
  readonly onSent?: (() => void) | undefined
  /** The head of the answer is here. */
  readonly onAnswer?: (() => void) | undefined
}

class SentTeller implements Handler {
  readonly #to: Handler
  readonly #tell: Told

  constructor(to: Handler, tell: Told) {
    this.#to = to
    this.#tell = tell
  }

  onRequestStart(...given: Parameters<NonNullable<Handler['onRequestStart']>>): void {
    this.#to.onRequestStart?.(...given)
    this.#tell.onSent?.()
  }

  onRequestUpgrade(...given: Parameters<NonNullable<Handler['onRequestUpgrade']>>): void {
    this.#to.onRequestUpgrade?.(...given)
  }

  onResponseStart(...given: Parameters<NonNullable<Handler['onResponseStart']>>): void {
    this.#tell.onAnswer?.()
    this.#to.onResponseStart?.(...given)
  }

  onResponseData(...given: Parameters<NonNullable<Handler['onResponseData']>>): void {
    this.#to.onResponseData?.(...given)
  }

  onResponseEnd(...given: Parameters<NonNullable<Handler['onResponseEnd']>>): void {
    this.#to.onResponseEnd?.(...given)
  }

  onResponseError(...given: Parameters<NonNullable<Handler['onResponseError']>>): void {
    this.#to.onResponseError?.(...given)
  }
}
