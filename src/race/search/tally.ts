/** What the orders that were tried came to. */
import { type Executed, storeOf } from '../choice.ts'
import { type Order, orderOf } from './order.ts'

/** One way in which orders ended. */
export interface OrdersEnd {
  /** As Executed.end has it. */
  readonly end: string
  /** Names of the checks that failed; empty: right. */
  readonly failed: readonly string[]
  readonly orders: number
}

export class Tally {
  tried = 0
  wrong = 0
  pruned = 0
  /** Store calls of the longest order. */
  longest = 0
  firstWrong: Order | null = null
  /** Whether in some order anything was sold. */
  sells = false
  readonly #ends = new Map<string, OrdersEnd>()
  /** Ends of orders that had to be tried, and of doubles. */
  readonly #needed = new Set<string>()
  readonly #doubled = new Set<string>()

  /** One that was run to its end. @param isDouble another one stands for it. */
  add(executed: Executed, failed: readonly string[], isDouble: boolean): Order {
    const order = orderOf(executed)
    this.tried++
    this.sells ||= executed.sells
    this.longest = Math.max(this.longest, executed.steps.filter(({ chosen }) => storeOf(chosen) !== null).length)
    const end = this.#addEnd(executed.end, failed)
    if (isDouble) this.#doubled.add(end)
    else this.#needed.add(end)
    if (failed.length > 0) {
      this.wrong++
      this.firstWrong ??= order
    }
    return order
  }

  /** Most orders first. */
  get ends(): OrdersEnd[] {
    return [...this.#ends.values()].sort((one, other) => other.orders - one.orders)
  }

  /** In which a double ended, and no other order; null: there is none. */
  get unexplainedEnd(): string | null {
    const key = [...this.#doubled].find((end) => !this.#needed.has(end))
    return key === undefined ? null : this.#ends.get(key)!.end
  }

  #addEnd(end: string, failed: readonly string[]): string {
    const key = JSON.stringify([end, failed])
    this.#ends.set(key, { end, failed, orders: (this.#ends.get(key)?.orders ?? 0) + 1 })
    return key
  }
}
