/** The time that a gate may take: what its visits cost is measured, and none is begun that would not end in time. */
import { median } from '../../core/statistics/estimate.ts'

export class Budget {
  readonly #budgetMs: number
  readonly #now: () => number
  readonly #startedAt: number
  readonly #costs: number[] = []

  /** `now`: ms of a clock that never goes back. */
  constructor(budgetMs: number, now: () => number) {
    this.#budgetMs = budgetMs
    this.#now = now
    this.#startedAt = now()
  }

  get totalMs(): number {
    return this.#budgetMs
  }

  get leftMs(): number {
    return this.#budgetMs - (this.#now() - this.#startedAt)
  }

  /** What a visit takes in the middle, all of it: the wait for a quiet machine, the services, the sales. 0: nobody knows. */
  get visitMs(): number {
    return this.#costs.length === 0 ? 0 : median(this.#costs)
  }

  /** As far as the dearest visit so far can tell; the first is begun whatever it costs. */
  hasRoomForOne(): boolean {
    return Math.max(0, ...this.#costs) <= this.leftMs
  }

  /** Runs a visit, and keeps in mind what it took. */
  async spend<T>(visit: () => Promise<T>): Promise<T> {
    const before = this.#now()
    try {
      return await visit()
    } finally {
      this.#costs.push(this.#now() - before)
    }
  }
}
