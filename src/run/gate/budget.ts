/** The time that a gate may take: what its visits cost is measured, and none is begun that would not end in time. */
import { median } from '../../core/statistics/estimate.ts'

/** Two blocks of visits: what a machine does now tells more of the next one than what it did at first. */
const RECENT = 8
/** Blocks are planned for visits that are so much dearer: one that lacks its last visit is lost whole. */
export const RESERVE = 1.15

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
    return this.#costs.length === 0 ? 0 : median(this.#telling)
  }

  /** What a visit that is yet to be planned may take. */
  get plannedVisitMs(): number {
    return this.visitMs * RESERVE
  }

  /** As far as the dearest of the last visits can tell; the first is begun whatever it costs. */
  hasRoomForOne(): boolean {
    return Math.max(0, ...this.#telling) <= this.leftMs
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

  /** Without the first, as soon as there is another: it may have fetched images and filled caches for all. */
  get #telling(): readonly number[] {
    return this.#costs.length < 2 ? this.#costs : this.#costs.slice(1).slice(-RECENT)
  }
}
