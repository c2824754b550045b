/**
 * Goes through the history of a step while it fills in, each row once: whatever is told of a running step is made of one
 * walk. It reads the columns that the engine's threads write, and waits for nothing.
 */
import type { RunningHistory } from '../load/load-engine.ts'

export interface HistoryLook {
  /** On the clock of the columns. */
  readonly nowNs: number
  /** Rows that were due and are settled since the look before. */
  readonly settled: readonly number[]
  /** When the oldest request that is still open was sent, ns; Infinity when none is. */
  readonly oldestOpenNs: number
  /** Rows that were sent, and are still open; retries left out. */
  readonly openFirstAttempts: number
}

export class HistoryWalk {
  readonly history: RunningHistory
  /** Rows that were due when last looked at, and not settled. */
  #open: number[] = []
  #nextPlanned = 0
  readonly #nextRetry: number[] = []

  constructor(history: RunningHistory) {
    this.history = history
  }

  look(): HistoryLook {
    return this.#goOn(this.history.nowNs())
  }

  /**
   * When nothing is sent or answered any more. Whatever was sent and has no answer is among the settled; what nobody came
   * to is in no history.
   */
  last(): readonly number[] {
    const { settled } = this.#goOn(Number.POSITIVE_INFINITY)
    const { sentAtNs } = this.history.columns
    return [...settled, ...this.#open.filter((row) => !Number.isNaN(sentAtNs[row]!))]
  }

  #goOn(nowNs: number): HistoryLook {
    const { sentAtNs, scheduledAtNs } = this.history.columns
    const settled: number[] = []
    const stillOpen: number[] = []
    let oldestOpenNs = Number.POSITIVE_INFINITY
    let openFirstAttempts = 0
    const meet = (row: number): void => {
      // Asked first: a row that settles in between is met again the next time.
      if (this.history.isSettled(row)) {
        settled.push(row)
        return
      }
      stillOpen.push(row)
      const sentNs = sentAtNs[row]!
      if (Number.isNaN(sentNs)) return
      if (row < this.history.planned) openFirstAttempts++
      if (sentNs < oldestOpenNs) oldestOpenNs = sentNs
    }
    for (const row of this.#open) meet(row)
    while (this.#nextPlanned < this.history.planned && scheduledAtNs[this.#nextPlanned]! <= nowNs) {
      meet(this.#nextPlanned++)
    }
    this.history.retryRows().forEach(({ from, end }, region) => {
      for (let row = this.#nextRetry[region] ?? from; row < end; row++) meet(row)
      this.#nextRetry[region] = end
    })
    this.#open = stillOpen
    return { nowNs, settled, oldestOpenNs, openFirstAttempts }
  }
}
