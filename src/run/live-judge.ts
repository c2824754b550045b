/**
 * Judges a step while it runs: feeds each sale's watch with what was answered since the last look at the history, and says
 * what is wrong by now. It waits for nothing; the verdict never rests on it.
 */
import type { LiveViolation } from '../core/run-record.ts'
import type { RunningHistory } from '../load/load-engine.ts'
import { type LiveFinding, type LiveWatch, type SaleUnderJudgement, watchSale } from '../oracle/index.ts'
import type { HistoryLook } from './history-walk.ts'

export interface LiveJudgeOptions {
  /** By SKU. */
  readonly sales: ReadonlyMap<string, SaleUnderJudgement>
  /** SKU of a row; all are of the only sale unless it says otherwise. */
  readonly skuOf?: (row: number) => string
  /** Buys of the step are numbered below this. */
  readonly buyCount: number
  /** Whether a buyer who was refused may come again. */
  readonly mayRetry: boolean
  readonly timeoutMs: number
}

export interface LiveWord {
  readonly sku: string
  readonly finding: LiveFinding
}

/**
 * How far behind the present a look stays, ns: a worker takes the time of a send before it writes the row, and may be
 * interrupted in between.
 */
const SLACK_NS = 50e6

const SOLD_OUT = 1
const LIMIT_REACHED = 2

export class LiveJudge {
  readonly #options: LiveJudgeOptions
  readonly #history: RunningHistory
  readonly #watches: ReadonlyMap<string, LiveWatch>
  readonly #onlyWatch: LiveWatch | null
  #first: LiveViolation | null = null

  constructor(history: RunningHistory, options: LiveJudgeOptions) {
    this.#options = options
    this.#history = history
    const { buyCount } = options
    const isLastWord = (row: number): boolean => this.#isLastWord(row)
    this.#watches = new Map(
      [...options.sales].map(([sku, sale]) => [sku, watchSale(sale, history.columns, { buyCount, isLastWord })]),
    )
    this.#onlyWatch = this.#watches.size === 1 ? this.#watches.values().next().value! : null
  }

  get firstViolation(): LiveViolation | null {
    return this.#first
  }

  /** What is wrong by now, in the first sale that is; null: right so far. */
  judge({ nowNs, settled, oldestOpenNs }: HistoryLook): LiveWord | null {
    for (const row of settled) this.#watchOf(row).feed(row)
    // What is still open was given up by nobody: nothing may be swept that it could still change.
    const watermarkNs = Math.min(nowNs - SLACK_NS, oldestOpenNs + this.#options.timeoutMs * 1e6)
    for (const watch of this.#watches.values()) watch.advance(watermarkNs)
    const word = this.#word()
    if (word !== null) this.#first ??= { ...word.finding, sku: word.sku, seenAtNs: nowNs }
    return word
  }

  #word(): LiveWord | null {
    for (const [sku, watch] of this.#watches) {
      const finding = watch.finding()
      if (finding !== null) return { sku, finding }
    }
    return null
  }

  #watchOf(row: number): LiveWatch {
    if (this.#onlyWatch !== null) return this.#onlyWatch
    return this.#watches.get(this.#options.skuOf!(row))!
  }

  /** The halves of a double click are neighbours; and who was refused for another reason than these may ask again. */
  #isLastWord(row: number): boolean {
    const { buy, outcome } = this.#history.columns
    if (row < this.#history.planned && (buy[row - 1] === buy[row] || buy[row + 1] === buy[row])) return false
    return !this.#options.mayRetry || outcome[row] === SOLD_OUT || outcome[row] === LIMIT_REACHED
  }
}
