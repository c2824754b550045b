/**
 * The operations of one sale that the sweep has still to do with, in columns whose rows are used again: memory grows with
 * the open window, never with the history.
 */
import { KIND_CODES, OUTCOME_CODES } from '../core/history.ts'
import type { Operation } from '../core/operation.ts'
import { grown } from './grown.ts'
import type { RecordedRow } from './operation-recorder.ts'
import type { WatchedColumns } from './sale-watch.ts'

/** Small, since a stream may be of thousands of sales. */
const FIRST_CAPACITY = 32

export class WindowRows implements WatchedColumns {
  sentAtNs = new Float64Array(FIRST_CAPACITY)
  completedAtNs = new Float64Array(FIRST_CAPACITY)
  kind = new Uint8Array(FIRST_CAPACITY)
  outcome = new Uint8Array(FIRST_CAPACITY)
  buy = new Uint32Array(FIRST_CAPACITY)
  quantity = new Uint32Array(FIRST_CAPACITY)
  shownStock = new Int32Array(FIRST_CAPACITY)
  readonly #sku: string
  readonly #rows: (RecordedRow | null)[] = []
  readonly #free: number[] = []

  constructor(sku: string) {
    this.#sku = sku
  }

  /** Rows in use. */
  get size(): number {
    return this.#rows.length - this.#free.length
  }

  /** Rows that there is room for. */
  get capacity(): number {
    return this.sentAtNs.length
  }

  /** Returns the number of the row, which is another one's after its release. */
  add(row: RecordedRow, buy: number): number {
    const at = this.#free.pop() ?? this.#rows.length
    if (at === this.sentAtNs.length) this.#grow()
    const { outcome } = row
    this.#rows[at] = row
    this.sentAtNs[at] = row.sentAtNs ?? Number.NaN
    this.completedAtNs[at] = row.completedAtNs ?? Number.NaN
    this.kind[at] = KIND_CODES.indexOf(row.kind)
    this.outcome[at] = OUTCOME_CODES.indexOf(outcome.kind)
    this.buy[at] = buy
    this.quantity[at] = row.quantity
    this.shownStock[at] = outcome.kind === 'shown' ? outcome.stock : 0
    return at
  }

  release(row: number): void {
    this.#rows[row] = null
    this.#free.push(row)
  }

  /** Of a row that was not released. */
  recorded(row: number): RecordedRow {
    return this.#rows[row]!
  }

  operation(row: number): Operation {
    return { ...this.recorded(row), stepIndex: 0, sku: this.#sku }
  }

  #grow(): void {
    const capacity = this.sentAtNs.length * 2
    this.sentAtNs = grown(this.sentAtNs, new Float64Array(capacity))
    this.completedAtNs = grown(this.completedAtNs, new Float64Array(capacity))
    this.kind = grown(this.kind, new Uint8Array(capacity))
    this.outcome = grown(this.outcome, new Uint8Array(capacity))
    this.buy = grown(this.buy, new Uint32Array(capacity))
    this.quantity = grown(this.quantity, new Uint32Array(capacity))
    this.shownStock = grown(this.shownStock, new Int32Array(capacity))
  }
}
