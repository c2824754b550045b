/**
 * How often each code came. Those that may come from any target have a place of their own whatever else comes; of
 * others there are so many, and the rest counts as one. Counts never fall.
 */
import { FAILURE_CODES } from '../core/failure-codes.ts'
import { MOST_CODES, OTHER } from '../core/metric-table.ts'

const FORESEEN: ReadonlySet<string> = new Set(FAILURE_CODES)
const MOST_UNFORESEEN = MOST_CODES - FORESEEN.size

export class CodeCounts {
  readonly #foreseen = new Map<string, number>()
  readonly #unforeseen = new Map<string, number>()
  #rest = 0

  add(code: string, count = 1): void {
    if (FORESEEN.has(code)) addTo(this.#foreseen, code, count)
    else if (code !== OTHER && this.#hasPlaceFor(code)) addTo(this.#unforeseen, code, count)
    else this.#rest += count
  }

  /** Of the codes that came. */
  counts(): Record<string, number> {
    const rest = this.#rest === 0 ? {} : { [OTHER]: this.#rest }
    return { ...Object.fromEntries([...this.#foreseen, ...this.#unforeseen]), ...rest }
  }

  #hasPlaceFor(code: string): boolean {
    return this.#unforeseen.has(code) || this.#unforeseen.size < MOST_UNFORESEEN
  }
}

function addTo(counts: Map<string, number>, code: string, count: number): void {
  counts.set(code, (counts.get(code) ?? 0) + count)
}
