/**
 * Watches a sale while it is on: is what buyers saw so far right? Sweeps a request timeout behind the present, so that
 * every answer to what it sweeps is known; a buy without an answer by then may have sold, and a retry may show later
 * that it did. Keeps the open window and a few bytes for each buy, no more; knows no ledger, which comes at the end.
 *
 * Its word agrees with the whole history's, but for one thing: a buy whose first attempts were definitely refused may be
 * sold to by a later one, which nobody can know yet, and the whole history then counts it from the first. By default such
 * a buy counts from the first attempt that may have sold, so that nothing is missed, and a violation may be found that
 * the whole history would explain. Where `isLastWord` says which refusals may be followed up, those buys count as
 * possible from the start: then nothing is found that the whole history doesn't hold, and some of it later than it could.
 */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity, NS_PER_MS } from '../core/units.ts'
import { BitSet } from './bit-set.ts'
import { type Contradiction, LinearSweep } from './linear-sweep.ts'
import { RowHeap } from './min-heaps.ts'
import type { SaleUnderJudgement } from './sale.ts'
import { BUY, LIMIT_REACHED, READ, REFUSED, type SaleColumns, SHOWN, SOLD, SOLD_OUT } from './sale-columns.ts'
import { buyer, reading } from './sale-case.ts'
import { isTellingAnswer, wasSent } from './timeline.ts'

export interface SaleWatchOptions {
  /** Whether no later attempt of the row's buy will come. */
  readonly isLastWord?: (row: number) => boolean
  /**
   * Whether the buy may have been met before and been forgotten: then it counts as one that may have sold at any time since,
   * which excuses more and accuses of less. Never, unless given.
   */
  readonly mayHaveBegunEarlier?: (buy: number) => boolean
  readonly follower?: SweepFollower
}

/** Is told of every row that was swept, in order of time. */
export interface SweepFollower {
  invoked(row: number): void
  /** An answer that says something about the stock or a limit came. */
  returned(row: number): void
  /** The sweep needs the row no more, once the advance that it is in has ended. */
  done(row: number): void
}

/** What the sweep reads of a history. */
export type WatchedColumns = Pick<
  SaleColumns,
  'sentAtNs' | 'completedAtNs' | 'kind' | 'outcome' | 'buy' | 'quantity' | 'shownStock' | 'operation'
>

/** A buy that may still turn out to have been answered earlier than is known. */
interface OpenBuy {
  readonly invokedAtNs: number
  /** Infinity while no `sold` answer is known. */
  deadlineNs: number
}

export class SaleWatch {
  lateOperations = 0
  readonly #columns: WatchedColumns
  readonly #sweep: LinearSweep
  readonly #marginNs: number
  readonly #lagNs: number
  readonly #stock: number
  readonly #readsAreLinearizable: boolean
  readonly #isLastWord: (row: number) => boolean
  readonly #mayHaveBegunEarlier: (buy: number) => boolean
  readonly #follower: SweepFollower | null
  readonly #waiting = new RowHeap()
  readonly #inFlight = new RowHeap()
  readonly #open = new Map<number, OpenBuy>()
  readonly #answered = new BitSet()
  #horizonNs = Number.NEGATIVE_INFINITY
  #violation: Evidence | null = null
  #originNs = Number.POSITIVE_INFINITY

  constructor(sale: SaleUnderJudgement, columns: WatchedColumns, options: SaleWatchOptions = {}) {
    this.#isLastWord = options.isLastWord ?? (() => true)
    this.#mayHaveBegunEarlier = options.mayHaveBegunEarlier ?? (() => false)
    this.#follower = options.follower ?? null
    this.#columns = columns
    this.#sweep = new LinearSweep(sale.initialStock, { live: true })
    this.#marginNs = sale.clockErrorMs * NS_PER_MS
    this.#lagNs = sale.timeoutMs * NS_PER_MS + 2 * this.#marginNs
    this.#stock = sale.initialStock
    this.#readsAreLinearizable = sale.promise.reads.kind === 'linearizable'
  }

  /** What was sent before is swept. */
  get horizonNs(): number {
    return this.#horizonNs
  }

  /** The row is complete: answered, or given up. False: it was not sent, or comes too late, and is not kept. */
  feedRow(row: number): boolean {
    if (!wasSent(this.#columns, row)) return false
    const sentAtNs = this.#columns.sentAtNs[row]!
    this.#originNs = Math.min(this.#originNs, sentAtNs)
    if (sentAtNs < this.#horizonNs) {
      this.lateOperations++
      return false
    }
    this.#waiting.push(sentAtNs, row)
    return true
  }

  /** Nothing more is asked about the buy, whose number may be given to another one. What it counts for stays counted. */
  forgetBuy(buy: number): void {
    this.#open.delete(buy)
    this.#answered.remove(buy)
  }

  /** See SaleJudge. */
  advance(watermarkNs: number): void {
    const horizonNs = watermarkNs - this.#lagNs
    if (horizonNs <= this.#horizonNs) return
    this.#horizonNs = horizonNs
    while (this.#waiting.leastKey < horizonNs) {
      const row = this.#waiting.pop()
      const atNs = this.#columns.sentAtNs[row]! - this.#marginNs
      this.#returnBefore(atNs)
      this.#invoke(row, atNs)
    }
    // What is sent from the horizon on may, by a wrong clock, have been sent a little before it.
    this.#returnBefore(horizonNs - this.#marginNs)
    this.#sweep.passTime(horizonNs - this.#marginNs)
    this.#explain()
  }

  violation(): Evidence | null {
    return this.lateOperations === 0 ? this.#violation : null
  }

  #invoke(row: number, atNs: number): void {
    if (this.#columns.kind[row] === BUY) this.#invokeBuy(row, atNs)
    else if (this.#readsAreLinearizable && this.#columns.outcome[row] === SHOWN) {
      this.#sweep.readInvoked(atNs, row, this.#shownSold(row))
    }
    this.#follower?.invoked(row)
    if (isTellingAnswer(this.#columns, row)) {
      this.#inFlight.push(this.#columns.completedAtNs[row]! + this.#marginNs, row)
    } else this.#follower?.done(row)
  }

  #invokeBuy(row: number, atNs: number): void {
    const buy = this.#columns.buy[row]!
    if (this.#answered.has(buy)) return
    if (isDefiniteRefusal(this.#columns.outcome[row]!) && this.#isLastWord(row)) return
    const completedAtNs = this.#columns.completedAtNs[row]!
    const isAnswered = this.#columns.outcome[row] === SOLD && !Number.isNaN(completedAtNs)
    const isSold = isAnswered && !this.#mayHaveBegunEarlier(buy)
    const deadlineNs = isSold ? completedAtNs + this.#marginNs : Number.POSITIVE_INFINITY
    const open = this.#open.get(buy)
    if (open === undefined) {
      const units = this.#columns.quantity[row]!
      this.#open.set(buy, { invokedAtNs: atNs, deadlineNs })
      this.#sweep.buyInvoked(atNs, isSold ? 'acknowledged' : 'possible', deadlineNs, units, units)
    } else if (deadlineNs < open.deadlineNs) {
      this.#sweep.hasten(open.invokedAtNs, open.deadlineNs, deadlineNs)
      open.deadlineNs = deadlineNs
    }
  }

  #returnBefore(atNs: number): void {
    while (this.#inFlight.leastKey < atNs) {
      const returnedAtNs = this.#inFlight.leastKey
      const row = this.#inFlight.pop()
      this.#return(row, returnedAtNs)
      this.#follower?.returned(row)
      this.#follower?.done(row)
    }
  }

  #return(row: number, atNs: number): void {
    const { kind, outcome, quantity, buy } = this.#columns
    if (outcome[row] === SOLD && kind[row] === BUY) this.#soldReturned(buy[row]!, quantity[row]!, atNs)
    else if (outcome[row] === SOLD_OUT && kind[row] === BUY) {
      this.#sweep.soldSeen(atNs, row, this.#stock - quantity[row]! + 1)
    } else if (outcome[row] === SHOWN && kind[row] === READ && this.#readsAreLinearizable) {
      this.#sweep.soldSeen(atNs, row, this.#shownSold(row))
    }
  }

  #soldReturned(buy: number, units: number, atNs: number): void {
    if (this.#answered.has(buy)) return
    this.#answered.add(buy)
    this.#open.delete(buy)
    this.#sweep.soldReturned(atNs, units)
  }

  #shownSold(row: number): number {
    return this.#stock - this.#columns.shownStock[row]!
  }

  #explain(): void {
    if (this.#violation !== null || this.#sweep.contradiction === null) return
    this.#violation = evidenceOf(this.#sweep.contradiction, this.#columns, this.#stock, this.#originNs)
  }
}

function isDefiniteRefusal(outcome: number): boolean {
  return outcome === SOLD_OUT || outcome === LIMIT_REACHED || outcome === REFUSED
}

function evidenceOf(contradiction: Contradiction, columns: WatchedColumns, stock: number, originNs: number): Evidence {
  const at = `+${((contradiction.atNs - originNs) / 1e9).toFixed(3)}s`
  const units = formatQuantity(stock, 'unit')
  if (contradiction.kind === 'beyond-stock') {
    return { sentence: `${formatCount(contradiction.sold)} of ${units} were sold by ${at}`, operations: [] }
  }
  const operation = columns.operation(contradiction.row)
  const told =
    operation.outcome.kind === 'shown'
      ? `${reading(operation)} showed ${formatCount(operation.outcome.stock)} left`
      : `${buyer(operation)} was told "sold out"`
  const because =
    contradiction.kind === 'shows-too-many-left'
      ? `${formatCount(contradiction.sold)} of ${units} had surely been sold`
      : `at most ${formatCount(contradiction.possiblySold)} of ${units} can have been sold`
  return { sentence: `${told} at ${at}, when ${because}`, operations: [operation] }
}
