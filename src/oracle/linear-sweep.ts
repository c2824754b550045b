/**
 * Is there an order of sales and answers that respects real time and explains what everybody saw?
 *
 * Deciding that is NP-hard for histories in general. A sale of single units is special: its state is one number that
 * only falls, so it is enough to walk the history by time and take each sale as late as can be:
 * a sale is taken when its `sold` answer returns, or when an observation needs it, and then the one whose answer
 * returns first (a later deadline can stand in for it, never the other way round). What is known to have sold, but not
 * when, goes before what may not have sold at all; the former is taken at the end of the input, the latter never.
 * So the number of units taken is at every moment the least possible; a read that shows fewer sold is impossible, and so
 * is an observation of more than all the buys that were sent by its return.
 *
 * With quantities above one this would be a knapsack. From the first such buy on, bounds take its place: they may miss
 * a contradiction, and never invent one.
 *
 * Events are given in order of time, requests before answers at the same moment. It needs no future: a live sale may
 * learn of a deadline late ({@link LinearSweep.hasten}).
 */
import { NumberHeap } from './min-heaps.ts'

export type Contradiction =
  /** More units are sold than there were. */
  | { readonly kind: 'beyond-stock'; readonly atNs: number; readonly sold: number }
  /** A read was sent when more units were surely sold than it shows. `row` is the read. */
  | {
      readonly kind: 'shows-too-many-left'
      readonly row: number
      readonly atNs: number
      readonly sold: number
      readonly shownSold: number
    }
  /** An answer says that so many were sold, when fewer can have been. `row` is the answer. */
  | {
      readonly kind: 'shows-too-few-left'
      readonly row: number
      readonly atNs: number
      readonly possiblySold: number
      readonly neededSold: number
    }

/** How much is known of a buy that may have sold. */
export type Certainty = 'acknowledged' | 'in-ledger' | 'possible'

export class LinearSweep {
  contradiction: Contradiction | null = null
  /** False once a quantity above one was seen: bounds only. */
  exact = true
  readonly #stock: number
  /** Least units sold by now. */
  #sold = 0
  /** Deadlines of open buys with a `sold` answer: the moment of that answer. */
  readonly #due = new NumberHeap()
  /** Open buys without a deadline: those that surely sold, and those that may have. */
  #openCertain = 0
  #openPossible = 0
  /** Units of buys that may have sold by now; of buys answered `sold` by now. */
  #possibleUnits: number
  #answeredUnits = 0
  /** Units that surely sold at a moment that nobody knows. */
  #undatedUnits = 0
  readonly #early: EarlyTakes | null

  /**
   * `unclaimedUnits`: sales that no buy accounts for and that may have happened at any time. `live`: deadlines may be
   * learnt late, so that what was taken early is remembered.
   */
  constructor(stock: number, options: { readonly unclaimedUnits?: number; readonly live?: boolean } = {}) {
    this.#stock = stock
    this.#possibleUnits = options.unclaimedUnits ?? 0
    this.#openPossible = this.#possibleUnits
    this.#early = options.live ? new EarlyTakes() : null
  }

  /** `deadlineNs`: return of the first `sold` answer, Infinity if there is none with a time. */
  buyInvoked(atNs: number, certainty: Certainty, deadlineNs: number, leastUnits: number, mostUnits: number): void {
    this.passTime(atNs)
    this.#possibleUnits += mostUnits
    if (certainty !== 'possible' && deadlineNs === Number.POSITIVE_INFINITY) this.#undatedUnits += leastUnits
    if (leastUnits !== 1 || mostUnits !== 1) this.#fallBack()
    if (!this.exact) return
    if (deadlineNs !== Number.POSITIVE_INFINITY) this.#due.push(deadlineNs)
    else if (certainty === 'possible') this.#openPossible++
    else this.#openCertain++
  }

  /** The first `sold` answer of a buy returned. */
  soldReturned(atNs: number, leastUnits: number): void {
    this.passTime(atNs)
    this.#answeredUnits += leastUnits
    if (!this.exact) this.#checkBounds(atNs)
  }

  readInvoked(atNs: number, row: number, shownSold: number): void {
    this.passTime(atNs)
    const sold = this.#leastSold()
    if (sold > shownSold) this.#report({ kind: 'shows-too-many-left', row, atNs, sold, shownSold })
  }

  /** An answer returned that says that at least `neededSold` units were sold: a read, or `soldOut`. */
  soldSeen(atNs: number, row: number, neededSold: number): void {
    this.passTime(atNs)
    // Beyond the stock is nothing to take: the answer itself is wrong then.
    if (this.exact) this.#takeUntil(atNs, Math.min(neededSold, this.#stock))
    const possiblySold = this.exact ? this.#sold : Math.min(this.#possibleUnits, this.#stock)
    if (possiblySold < neededSold) {
      this.#report({ kind: 'shows-too-few-left', row, atNs, possiblySold, neededSold })
    } else if (!this.exact) {
      this.#sold = Math.max(this.#sold, neededSold)
      this.#checkBounds(atNs)
    }
  }

  /** Everything before `atNs` has been told: open buys whose answer returned before are taken. */
  passTime(atNs: number): void {
    while (this.#due.least < atNs) this.#count(this.#due.pop())
  }

  /** No more events: what surely sold is taken. */
  finish(): void {
    this.passTime(Number.POSITIVE_INFINITY)
    const sold = this.exact ? this.#sold + this.#openCertain : this.#answeredUnits + this.#undatedUnits
    if (sold > this.#stock) this.#report({ kind: 'beyond-stock', atNs: Number.POSITIVE_INFINITY, sold })
  }

  /**
   * A buy that was invoked at `invokedAtNs` turns out to have been answered `sold` at `deadlineNs`, before
   * `formerDeadlineNs`. Brings the sweep to where it would be had it been known from the start. Live sweeps only;
   * `deadlineNs` is not before the moment that was swept last.
   */
  hasten(invokedAtNs: number, formerDeadlineNs: number, deadlineNs: number): void {
    if (!this.exact || this.#early === null) return
    const { carriedNs, metFormer } = this.#early.insert(invokedAtNs, formerDeadlineNs, deadlineNs)
    if (metFormer) return
    if (formerDeadlineNs === Number.POSITIVE_INFINITY) this.#openPossible--
    else this.#due.remove(formerDeadlineNs)
    if (carriedNs === Number.POSITIVE_INFINITY) this.#openPossible++
    else this.#due.push(carriedNs)
  }

  #leastSold(): number {
    return this.exact ? this.#sold : Math.max(this.#sold, this.#answeredUnits)
  }

  #takeUntil(atNs: number, neededSold: number): void {
    while (this.#sold < neededSold) {
      const deadlineNs = this.#takeOpen()
      if (deadlineNs === null) return
      this.#early?.add(atNs, deadlineNs)
      this.#count(atNs)
    }
  }

  /** The deadline of the open buy that is to be taken next; null if none is open. */
  #takeOpen(): number | null {
    if (this.#due.size > 0) return this.#due.pop()
    if (this.#openCertain > 0) this.#openCertain--
    else if (this.#openPossible > 0) this.#openPossible--
    else return null
    return Number.POSITIVE_INFINITY
  }

  #count(atNs: number): void {
    this.#sold++
    if (this.#sold > this.#stock) this.#report({ kind: 'beyond-stock', atNs, sold: this.#sold })
  }

  /** What is taken by now is the least that can have been sold: as good a bound as any. */
  #fallBack(): void {
    this.exact = false
    while (this.#due.size > 0) this.#due.pop()
  }

  #checkBounds(atNs: number): void {
    const sold = this.#leastSold()
    if (sold > this.#stock) this.#report({ kind: 'beyond-stock', atNs, sold })
  }

  /** Only the first is kept: what follows it may follow from it. */
  #report(contradiction: Contradiction): void {
    this.contradiction ??= contradiction
  }
}

/** Buys that were taken before their deadline because an observation needed them, in order of the taking. */
class EarlyTakes {
  #atNs: number[] = []
  #deadlineNs: number[] = []
  #compactAt = 1_024

  add(atNs: number, deadlineNs: number): void {
    if (this.#atNs.length >= this.#compactAt) this.#compact(atNs)
    this.#atNs.push(atNs)
    this.#deadlineNs.push(deadlineNs)
  }

  /**
   * Lets a buy with a nearer deadline have been taken in its turn: it takes the first place that a later deadline has,
   * whose holder moves on likewise. Ends with the place that the buy held itself under its former deadline (any holder
   * of that deadline may stand for it), or with one that is left without a place.
   */
  insert(
    invokedAtNs: number,
    formerDeadlineNs: number,
    deadlineNs: number,
  ): { readonly carriedNs: number; readonly metFormer: boolean } {
    let carriedNs = deadlineNs
    for (let i = 0; i < this.#atNs.length; i++) {
      const holderNs = this.#deadlineNs[i]!
      if (this.#atNs[i]! < invokedAtNs || holderNs <= carriedNs) continue
      this.#deadlineNs[i] = carriedNs
      if (holderNs === formerDeadlineNs) return { carriedNs: holderNs, metFormer: true }
      carriedNs = holderNs
    }
    return { carriedNs, metFormer: false }
  }

  /** A holder whose deadline has passed can't move any more. */
  #compact(nowNs: number): void {
    const kept = this.#deadlineNs.map((deadlineNs, i) => [this.#atNs[i]!, deadlineNs] as const)
    const live = kept.filter(([, deadlineNs]) => deadlineNs >= nowNs)
    this.#atNs = live.map(([atNs]) => atNs)
    this.#deadlineNs = live.map(([, deadlineNs]) => deadlineNs)
    this.#compactAt = Math.max(1_024, live.length * 2)
  }
}
