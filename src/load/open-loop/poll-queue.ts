/**
 * Buyers whose answer was that they are queued: when each asks again, and when it is too late. Each is asked for at the
 * same distance, and for as long, so that first in is first out both times. The queue knows no clock; whoever asks says
 * what time it is.
 */
import type { PollProtocol } from '../../core/buyer-protocol.ts'
import { NS_PER_MS } from '../../core/units.ts'
import { IdleQueue } from '../transport/idle-queue.ts'

interface Waiting {
  readonly row: number
  ticket: string
  /** Asks again at this moment. */
  dueNs: number
  readonly deadlineNs: number
  /** A poll is under way: what becomes of it decides. */
  isAsking: boolean
  hasLeft: boolean
}

export class PollQueue {
  readonly #everyNs: number
  readonly #deadlineNs: number
  readonly #byRow = new Map<number, Waiting>()
  /** In order of `dueNs` and of `deadlineNs`; those that have left stay until they are the first. */
  readonly #byDue = new IdleQueue<Waiting>()
  readonly #byDeadline = new IdleQueue<Waiting>()
  /** No deadline is later, ns since the origin. */
  #untilNs = Number.POSITIVE_INFINITY

  constructor({ everyMs, deadlineMs }: Pick<PollProtocol, 'everyMs' | 'deadlineMs'>) {
    this.#everyNs = everyMs * NS_PER_MS
    this.#deadlineNs = deadlineMs * NS_PER_MS
  }

  /** Buyers whose outcome is not known. */
  get size(): number {
    return this.#byRow.size
  }

  /** ns since the origin; Infinity: nobody waits to ask. */
  get nextDueNs(): number {
    for (let first = this.#byDue.first; first !== null; first = this.#byDue.first) {
      if (!first.hasLeft) return first.dueNs
      this.#byDue.shift()
    }
    return Number.POSITIVE_INFINITY
  }

  /** null: this row is not queued. */
  ticketOf(row: number): string | null {
    return this.#byRow.get(row)?.ticket ?? null
  }

  /** The answer that queued this row came at `nowNs`; the same once more for an answer to a poll. Never earlier than the last. */
  wait(row: number, ticket: string, nowNs: number): void {
    const known = this.#byRow.get(row)
    const waiting = known ?? this.#enter(row, ticket, nowNs)
    waiting.ticket = ticket
    waiting.isAsking = false
    waiting.dueNs = nowNs + this.#everyNs
    this.#byDue.push(waiting)
  }

  #enter(row: number, ticket: string, nowNs: number): Waiting {
    const deadlineNs = nowNs + this.#deadlineNs
    const waiting = { row, ticket, dueNs: nowNs, deadlineNs, isAsking: false, hasLeft: false }
    this.#byRow.set(row, waiting)
    this.#byDeadline.push(waiting)
    return waiting
  }

  /** The row that asks now. One must be due. */
  takeDue(): number {
    const waiting = this.#byDue.shift()!
    waiting.isAsking = true
    return waiting.row
  }

  /** It is too late for this row, which is queued, to ask again. */
  isPastDeadline(row: number, nowNs: number): boolean {
    return nowNs >= Math.min(this.#byRow.get(row)!.deadlineNs, this.#untilNs)
  }

  /** The outcome of this row is known. */
  leave(row: number): void {
    this.#byRow.get(row)!.hasLeft = true
    this.#byRow.delete(row)
  }

  /** A row that is past its deadline and has no poll under way; null: none. */
  nextExpired(nowNs: number): number | null {
    for (let first = this.#byDeadline.first; first !== null; first = this.#byDeadline.first) {
      if (!first.hasLeft && nowNs < Math.min(first.deadlineNs, this.#untilNs)) return null
      this.#byDeadline.shift()
      if (!first.hasLeft && !first.isAsking) return first.row
    }
    return null
  }

  /** Nobody asks after this moment. */
  endAt(untilNs: number): void {
    this.#untilNs = Math.min(this.#untilNs, untilNs)
  }
}
