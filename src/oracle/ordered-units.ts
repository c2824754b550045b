/**
 * How many units an order is of whose line doesn't say: as many as its buy asked for. Taking it for one unit would hide
 * an oversell, or accuse a right sale, wherever buyers may ask for more.
 */
import { BUY, type SaleColumns, SOLD } from './sale-columns.ts'
import type { WrittenOrder } from './ledger-line.ts'

export class OrderedUnits {
  readonly #columns: SaleColumns
  /** By buy; null while every buy is of one unit. */
  readonly #asked: Uint32Array | null
  #buyByOrderId: Map<string, number> | null = null

  constructor(columns: SaleColumns) {
    this.#columns = columns
    this.#asked = askedFor(columns)
  }

  /** null when it can't be told: buys ask for different quantities, and the order is of none that is known. */
  unitsOf({ quantity, requestId, orderId }: WrittenOrder): number | null {
    if (quantity !== null) return quantity
    if (this.#asked === null) return 1
    const buy = (requestId === null ? undefined : this.#columns.buyOf(requestId)) ?? this.#buyToldOf(orderId)
    return buy === undefined ? null : this.#asked[buy]!
  }

  #buyToldOf(orderId: string): number | undefined {
    this.#buyByOrderId ??= buysByToldOrder(this.#columns)
    return this.#buyByOrderId.get(orderId)
  }
}

/** Of attempts that ask for different quantities the one that was sold counts. */
function askedFor({ length, kind, buy, quantity, outcome, buyCount }: SaleColumns): Uint32Array | null {
  const asked = new Uint32Array(buyCount)
  let isAlwaysOne = true
  for (let row = 0; row < length; row++) {
    if (kind[row] !== BUY) continue
    if (quantity[row] !== 1) isAlwaysOne = false
    if (outcome[row] === SOLD || asked[buy[row]!] === 0) asked[buy[row]!] = quantity[row]!
  }
  return isAlwaysOne ? null : asked
}

function buysByToldOrder(columns: SaleColumns): Map<string, number> {
  const buys = new Map<string, number>()
  for (let row = 0; row < columns.length; row++) {
    const orderId = columns.outcome[row] === SOLD ? columns.orderId(row) : null
    if (orderId !== null) buys.set(orderId, columns.buy[row]!)
  }
  return buys
}
