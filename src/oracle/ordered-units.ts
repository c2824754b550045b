/**
 * How many units an order is of whose line doesn't say: as many as its buy asked for. Taking it for one unit would hide
 * an oversell, or accuse a right sale, wherever buyers may ask for more; where it can't be told, it is an interval.
 */
import type { WrittenOrder } from './ledger-line.ts'
import { BUY, type SaleColumns, SOLD } from './sale-columns.ts'
import { wasSent } from './timeline.ts'

export interface UnitRange {
  readonly least: number
  readonly most: number
}

export class OrderedUnits {
  readonly #columns: SaleColumns
  /** Of all buys together. */
  readonly #ofAny: UnitRange
  #ofBuy: { readonly least: Uint32Array; readonly most: Uint32Array } | null = null
  /** By order id: the buy that was told it; null: several were. */
  #buyByOrderId: Map<string, number | null> | null = null

  constructor(columns: SaleColumns) {
    this.#columns = columns
    this.#ofAny = rangeOfAny(columns)
  }

  unitsOf({ requestId, orderId }: WrittenOrder): UnitRange {
    if (this.#ofAny.least === this.#ofAny.most) return this.#ofAny
    const buy = (requestId === null ? undefined : this.#columns.buyOf(requestId)) ?? this.#buyToldOf(orderId)
    if (buy === undefined || buy === null) return this.#ofAny
    this.#ofBuy ??= rangesOfBuys(this.#columns)
    return { least: this.#ofBuy.least[buy]!, most: this.#ofBuy.most[buy]! }
  }

  #buyToldOf(orderId: string): number | null | undefined {
    this.#buyByOrderId ??= buysByToldOrder(this.#columns)
    return this.#buyByOrderId.get(orderId)
  }
}

/** One unit where nobody asked for any. */
function rangeOfAny(columns: SaleColumns): UnitRange {
  let least = Number.POSITIVE_INFINITY
  let most = 0
  for (let row = 0; row < columns.length; row++) {
    if (columns.kind[row] !== BUY || !wasSent(columns, row)) continue
    least = Math.min(least, columns.quantity[row]!)
    most = Math.max(most, columns.quantity[row]!)
  }
  return most === 0 ? { least: 1, most: 1 } : { least, most }
}

/** Of attempts that ask for different quantities, those that were answered `sold` count. */
function rangesOfBuys(columns: SaleColumns): { least: Uint32Array; most: Uint32Array } {
  const { length, kind, buy, quantity, outcome, buyCount } = columns
  const least = new Uint32Array(buyCount)
  const most = new Uint32Array(buyCount)
  const isSold = new Uint8Array(buyCount)
  for (let row = 0; row < length; row++) {
    if (kind[row] !== BUY || !wasSent(columns, row)) continue
    const number = buy[row]!
    const units = quantity[row]!
    const startsAnew = most[number] === 0 || (outcome[row] === SOLD && isSold[number] === 0)
    if (outcome[row] === SOLD) isSold[number] = 1
    else if (isSold[number] === 1) continue
    least[number] = startsAnew ? units : Math.min(least[number]!, units)
    most[number] = startsAnew ? units : Math.max(most[number]!, units)
  }
  return { least, most }
}

function buysByToldOrder(columns: SaleColumns): Map<string, number | null> {
  const { length, outcome, buy } = columns
  const buys = new Map<string, number | null>()
  for (let row = 0; row < length; row++) {
    const orderId = outcome[row] === SOLD ? columns.orderId(row) : null
    if (orderId === null) continue
    const other = buys.get(orderId)
    buys.set(orderId, other === undefined || other === buy[row] ? buy[row]! : null)
  }
  return buys
}
