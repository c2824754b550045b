/**
 * How old was each read? The stock that a read shows was the true one until, at the latest, the moment when more units
 * than that had surely been sold; the read's lag is the time from that moment to its sending. A read of more sold than
 * can have been by its return was true at no time.
 */
import { keepFew } from './refusal-watch.ts'
import type { SaleColumns } from './sale-columns.ts'

export interface JudgedRead {
  readonly row: number
  readonly lagNs: number
}

export class ReadWatch {
  reads = 0
  /** Reads of a stock that was true at no time up to their return. */
  impossible = 0
  /** Reads that were older than promised. */
  tooOld = 0
  negative = 0
  /** Infinity when there were none. */
  lowestShown = Number.POSITIVE_INFINITY
  readonly impossibleExamples: { readonly row: number; readonly possiblySold: number }[] = []
  readonly tooOldExamples: JudgedRead[] = []
  readonly negativeRows: number[] = []
  /** Only what lagged at all; the others are zeros. */
  readonly #lagsNs: number[] = []
  readonly #columns: SaleColumns
  readonly #stock: number
  readonly #promisedNs: number
  #possibleUnits: number
  readonly #surelySold = new StepFunction()

  /** `promisedNs`: lag that is allowed; Infinity where none was promised. */
  constructor(columns: SaleColumns, stock: number, promisedNs: number, unclaimedUnits: number) {
    this.#columns = columns
    this.#stock = stock
    this.#promisedNs = promisedNs
    this.#possibleUnits = unclaimedUnits
  }

  mayHaveSold(units: number): void {
    this.#possibleUnits += units
  }

  surelySold(atNs: number, units: number): void {
    this.#surelySold.add(atNs, units)
  }

  readInvoked(row: number, atNs: number): void {
    this.reads++
    const shownSold = this.#shownSold(row)
    // Shows more than there ever was: true at no time, whatever is sold.
    const lagNs = shownSold < 0 ? 0 : Math.max(0, atNs - this.#surelySold.firstBeyond(shownSold))
    if (lagNs === 0) return
    this.#lagsNs.push(lagNs)
    if (lagNs <= this.#promisedNs) return
    this.tooOld++
    keepFew(this.tooOldExamples, { row, lagNs })
  }

  readReturned(row: number): void {
    const shown = this.#columns.shownStock[row]!
    if (shown < this.lowestShown) this.lowestShown = shown
    if (shown < 0) {
      this.negative++
      keepFew(this.negativeRows, row)
    }
    const shownSold = this.#shownSold(row)
    if (shownSold >= 0 && shownSold <= this.#possibleUnits) return
    this.impossible++
    keepFew(this.impossibleExamples, { row, possiblySold: this.#possibleUnits })
  }

  /** Quantile of the lag over all reads, ms; 0 when there were none. */
  lagMs(quantile: number): number {
    this.#lagsNs.sort((a, b) => a - b)
    const rank = Math.max(1, Math.ceil(quantile * this.reads))
    const zeros = this.reads - this.#lagsNs.length
    return rank <= zeros ? 0 : this.#lagsNs[rank - zeros - 1]! / 1e6
  }

  #shownSold(row: number): number {
    return this.#stock - this.#columns.shownStock[row]!
  }
}

/** Units surely sold, by time. */
class StepFunction {
  readonly #atNs: number[] = []
  readonly #total: number[] = []

  add(atNs: number, units: number): void {
    this.#atNs.push(atNs)
    this.#total.push((this.#total.at(-1) ?? 0) + units)
  }

  /** The moment since when the total is above `units`; Infinity if it isn't yet. */
  firstBeyond(units: number): number {
    let low = 0
    let high = this.#total.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#total[middle]! > units) high = middle
      else low = middle + 1
    }
    return this.#atNs[low] ?? Number.POSITIVE_INFINITY
  }
}
