/**
 * What can be said of a sale while it is on, from what buyers saw alone: more units promised than there are, units sold
 * outside the hours, and answers that contradict one another ({@link SaleWatch}). It reads the columns that the load
 * engine fills, copies nothing, and never says what the whole history, judged afterwards, would not confirm.
 */
import type { CheckName } from '../core/check.ts'
import type { HistoryColumns } from '../core/history.ts'
import { formatQuantity } from '../core/units.ts'
import { BitSet } from './bit-set.ts'
import { edgesOf, type HourEdges, isSoldEarly } from './opening-hours.ts'
import type { SaleUnderJudgement } from './sale.ts'
import { BUY, type SaleColumns, saleColumnsOf, SOLD } from './sale-columns.ts'
import { SaleWatch } from './sale-watch.ts'
import { wasSent } from './timeline.ts'

export interface LiveFinding {
  /** The check that convicts such a sale. */
  readonly check: CheckName
  /** "OVERSOLD by 3 units so far, by what buyers were told". */
  readonly sentence: string
}

export interface LiveWatch {
  /** The row is complete: answered, given up, or dropped. Each is fed once, in any order. */
  feed(row: number): void
  /** See SaleJudge. */
  advance(watermarkNs: number): void
  /** null: right so far. */
  finding(): LiveFinding | null
}

export interface LiveWatchOptions {
  /** Whether no later attempt of the row's buy will come, so that its refusal is the buy's end. */
  readonly isLastWord: (row: number) => boolean
}

/** `history`: of one sale, or of several; whoever feeds it knows which row is whose. Buys are numbered below `buyCount`. */
export function watchSale(
  sale: SaleUnderJudgement,
  history: HistoryColumns,
  options: LiveWatchOptions & { readonly buyCount: number },
): LiveWatch {
  return watchColumns(sale, saleColumnsOf(history, { buyCount: options.buyCount, userCount: 0 }), options)
}

export function watchColumns(sale: SaleUnderJudgement, columns: SaleColumns, options: LiveWatchOptions): LiveWatch {
  return new Watch(sale, columns, options)
}

class Watch implements LiveWatch {
  readonly #columns: SaleColumns
  readonly #stock: number
  readonly #edges: HourEdges | null
  readonly #sweep: SaleWatch
  readonly #counted = new BitSet()
  #promisedUnits = 0
  #early = 0

  constructor(sale: SaleUnderJudgement, columns: SaleColumns, { isLastWord }: LiveWatchOptions) {
    this.#columns = columns
    this.#stock = sale.initialStock
    const edges = edgesOf(sale)
    this.#edges = edges !== null && edges.surelyClosedUntilNs > Number.NEGATIVE_INFINITY ? edges : null
    this.#sweep = new SaleWatch(sale, columns, { isLastWord })
  }

  feed(row: number): void {
    if (this.#columns.outcome[row] === SOLD && this.#columns.kind[row] === BUY && wasSent(this.#columns, row)) {
      this.#countSold(row)
    }
    this.#sweep.feedRow(row)
  }

  advance(watermarkNs: number): void {
    this.#sweep.advance(watermarkNs)
  }

  finding(): LiveFinding | null {
    const over = this.#promisedUnits - this.#stock
    if (over > 0) {
      const units = formatQuantity(over, 'unit')
      return { check: 'no-oversell', sentence: `OVERSOLD by ${units} so far, by what buyers were told` }
    }
    if (this.#early > 0) {
      const buyers = formatQuantity(this.#early, 'buyer')
      const were = this.#early === 1 ? 'was' : 'were'
      return { check: 'nothing-early', sentence: `SOLD EARLY: ${buyers} ${were} sold to before the opening so far` }
    }
    const violation = this.#sweep.violation()
    if (violation === null) return null
    return { check: 'linearizable', sentence: `NOT LINEARIZABLE so far: ${violation.sentence}` }
  }

  /** Attempts of one buy were sold one order: only the first counts. */
  #countSold(row: number): void {
    if (this.#edges !== null && isSoldEarly(this.#columns, row, this.#edges)) this.#early++
    const buy = this.#columns.buy[row]!
    if (this.#counted.has(buy)) return
    this.#counted.add(buy)
    this.#promisedUnits += this.#columns.quantity[row]!
  }
}
