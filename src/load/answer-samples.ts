/** A few answers that nobody could make sense of, kept for people: short, printable, and without secrets. */

const MAX_SAMPLES = 8
/** Masking takes its time, and answers may all look alike when it is done. */
const MAX_LOOKED_AT = 200
const SAMPLE_CHARACTERS = 200
/** Secrets are looked for in so much, so that none is cut in two at the end of what is kept. */
const SEARCHED_CHARACTERS = 4_096

export class AnswerSamples {
  readonly #kept: string[] = []
  /** As they came, so that what comes again costs nothing. */
  #last = ''
  #looked = 0
  readonly #redact: (text: string) => string

  constructor(redact: (text: string) => string = (text) => text) {
    this.#redact = redact
  }

  get kept(): readonly string[] {
    return this.#kept
  }

  keep(text: string): void {
    if (this.#kept.length === MAX_SAMPLES || this.#looked === MAX_LOOKED_AT || text === this.#last) return
    this.#last = text
    const shown = this.#redact(text.slice(0, SEARCHED_CHARACTERS)).slice(0, SAMPLE_CHARACTERS)
    const printable = shown.replaceAll(/[^\x20-\x7e]+/g, ' ')
    this.#looked++
    if (!this.#kept.includes(printable)) this.#kept.push(printable)
  }
}
