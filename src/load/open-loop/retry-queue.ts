/**
 * Retries of one worker's buyers: outside the plan, scheduled when a buyer was refused or had no answer, each in a row of
 * its own behind those of the plan. The queue knows no clock; whoever asks says what time it is.
 */
import { KIND_CODES, NO_BUY, OUTCOME_CODES } from '../../core/history.ts'
import { asksAgain, type PlannedRetries, retryDelayNs } from '../../core/retries.ts'
import type { StepMemory } from './step-memory.ts'

/** Rows of a step's memory, `end` not among them. */
export interface RowRange {
  readonly from: number
  readonly end: number
}

const REFUSED = OUTCOME_CODES.indexOf('refused')
const UNKNOWN = OUTCOME_CODES.indexOf('unknown')
const BUY = KIND_CODES.indexOf('buy')

export class RetryQueue {
  readonly #memory: StepMemory
  readonly #retries: PlannedRetries
  readonly #end: number
  #nextRow: number
  /** Binary min-heap of rows by the moment they are due. */
  readonly #due: number[] = []
  /** Nothing is scheduled from here on, ns since the origin. */
  #untilNs = Number.POSITIVE_INFINITY

  constructor(memory: StepMemory, retries: PlannedRetries, rows: RowRange) {
    this.#memory = memory
    this.#retries = retries
    this.#nextRow = rows.from
    this.#end = rows.end
  }

  /** Retries that would fall due at or after this moment are not made. */
  endAt(untilNs: number): void {
    this.#untilNs = untilNs
  }

  get waiting(): number {
    return this.#due.length
  }

  /** ns since the origin; Infinity: nothing waits. */
  get nextDueNs(): number {
    return this.#due.length === 0 ? Number.POSITIVE_INFINITY : this.#memory.scheduledAtNs[this.#due[0]!]!
  }

  /** The row of the next retry. One must be waiting. */
  take(): number {
    const first = this.#due[0]!
    const last = this.#due.pop()!
    if (this.#due.length > 0) this.#sink(last)
    return first
  }

  /**
   * The outcome of this row is known at `nowNs`: schedules the buyer's next attempt, if there is to be one. Of the two
   * halves of a double click only the first is followed up: one person asks again, once.
   * @returns whether one was scheduled
   */
  follow(row: number, nowNs: number): boolean {
    const { kind, outcome, buy, attempt } = this.#memory
    if (kind[row] !== BUY || (outcome[row] !== REFUSED && outcome[row] !== UNKNOWN)) return false
    const number = buy[row]!
    const attempts = attempt[row]!
    if (attempts >= this.#retries.mostAttempts || this.#nextRow === this.#end) return false
    if ((attempts === 1 && isSecondHalf(buy, row)) || !asksAgain(this.#retries, number)) return false
    const dueNs = nowNs + retryDelayNs(this.#retries, number, attempts)
    if (dueNs >= this.#untilNs) return false
    this.#schedule(row, dueNs)
    return true
  }

  #schedule(row: number, dueNs: number): void {
    const memory = this.#memory
    const next = this.#nextRow++
    memory.scheduledAtNs[next] = dueNs
    memory.kind[next] = BUY
    memory.user[next] = memory.user[row]!
    memory.buy[next] = memory.buy[row]!
    memory.quantity[next] = memory.quantity[row]!
    if (memory.saleIndex !== null) memory.saleIndex[next] = memory.saleIndex[row]!
    memory.attempt[next] = memory.attempt[row]! + 1
    this.#due.push(next)
    this.#raise()
  }

  #raise(): void {
    const due = this.#due
    const { scheduledAtNs } = this.#memory
    let at = due.length - 1
    const row = due[at]!
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (scheduledAtNs[due[parent]!]! <= scheduledAtNs[row]!) break
      due[at] = due[parent]!
      at = parent
    }
    due[at] = row
  }

  /** Puts `row` in the place of the first. */
  #sink(row: number): void {
    const due = this.#due
    const { scheduledAtNs } = this.#memory
    let at = 0
    for (let child = 1; child < due.length; child = 2 * at + 1) {
      if (child + 1 < due.length && scheduledAtNs[due[child + 1]!]! < scheduledAtNs[due[child]!]!) child++
      if (scheduledAtNs[due[child]!]! >= scheduledAtNs[row]!) break
      due[at] = due[child]!
      at = child
    }
    due[at] = row
  }
}

/** Rows that the retries of these plan rows can need. `rows`: those dealt to one worker; null: all. */
export function roomForRetries(
  retries: PlannedRetries,
  buy: Uint32Array,
  length: number,
  rows: Uint32Array | null,
): number {
  let buyers = 0
  const count = rows?.length ?? length
  for (let position = 0; position < count; position++) {
    const row = rows === null ? position : rows[position]!
    if (buy[row] !== NO_BUY && !isSecondHalf(buy, row) && asksAgain(retries, buy[row]!)) buyers++
  }
  return buyers * (retries.mostAttempts - 1)
}

/** Halves of a double click are neighbours in the plan. */
function isSecondHalf(buy: Uint32Array, row: number): boolean {
  return row > 0 && buy[row - 1] === buy[row]
}
