/**
 * Judges a step while it runs: looks at the history now and then, feeds each sale's watch with what was answered since,
 * and says what is wrong by now. It reads the columns that the engine's threads write, and waits for nothing; the verdict
 * never rests on it.
 */
import type { LiveRecord, LiveViolation } from '../core/run-record.ts'
import type { RunningHistory } from '../load/load-engine.ts'
import { type LiveFinding, type LiveWatch, type SaleUnderJudgement, watchSale } from '../oracle/index.ts'

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
  /** ms, of any origin: to tell what the looks take. */
  readonly clockMs: () => number
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
  /** Rows that were due when last looked at, and not settled. */
  #open: number[] = []
  #nextPlanned = 0
  readonly #nextRetry: number[] = []
  #first: LiveViolation | null = null
  #looks = 0
  #tookMs = 0

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

  get record(): LiveRecord {
    return { firstViolation: this.#first, looks: this.#looks, tookMs: this.#tookMs }
  }

  /** What is wrong by now, in the first sale that is; null: right so far. */
  look(): LiveWord | null {
    const beganAtMs = this.#options.clockMs()
    this.#looks++
    const nowNs = this.#history.nowNs()
    const oldestOpenNs = this.#feedSettled(nowNs)
    // What is still open was given up by nobody: nothing may be swept that it could still change.
    const watermarkNs = Math.min(nowNs - SLACK_NS, oldestOpenNs + this.#options.timeoutMs * 1e6)
    for (const watch of this.#watches.values()) watch.advance(watermarkNs)
    const word = this.#word()
    if (word !== null) this.#first ??= { ...word.finding, sku: word.sku, seenAtNs: nowNs }
    this.#tookMs += this.#options.clockMs() - beganAtMs
    return word
  }

  #word(): LiveWord | null {
    for (const [sku, watch] of this.#watches) {
      const finding = watch.finding()
      if (finding !== null) return { sku, finding }
    }
    return null
  }

  /** When the oldest request that is still open was sent; Infinity when none is. */
  #feedSettled(nowNs: number): number {
    const { sentAtNs, scheduledAtNs } = this.#history.columns
    const stillOpen: number[] = []
    let oldestNs = Number.POSITIVE_INFINITY
    const meet = (row: number): void => {
      // Asked first: a row that settles in between is met again the next time.
      if (this.#history.isSettled(row)) {
        this.#watchOf(row).feed(row)
        return
      }
      stillOpen.push(row)
      // False for what was not sent yet.
      if (sentAtNs[row]! < oldestNs) oldestNs = sentAtNs[row]!
    }
    for (const row of this.#open) meet(row)
    while (this.#nextPlanned < this.#history.planned && scheduledAtNs[this.#nextPlanned]! <= nowNs) {
      meet(this.#nextPlanned++)
    }
    this.#history.retryRows().forEach(({ from, end }, region) => {
      for (let row = this.#nextRetry[region] ?? from; row < end; row++) meet(row)
      this.#nextRetry[region] = end
    })
    this.#open = stillOpen
    return oldestNs
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
