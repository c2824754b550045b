/**
 * Files the lines of a ledger under the sales of a history: by SKU, by there being one sale only, or by the request.
 */
import type { LedgerOrder } from '../core/ledger.ts'
import { invalid } from './json-line.ts'
import type { WrittenOrder } from './ledger-line.ts'
import { OrderedUnits, type UnitRange } from './ordered-units.ts'
import type { SaleColumns } from './sale-columns.ts'

/** The lines of a ledger in columns: half a million objects more would cost more than the orders. */
export interface OrderLines {
  readonly order: WrittenOrder[]
  readonly sku: (string | null)[]
  readonly lineNumber: number[]
}

/**
 * Orders by SKU; those of a SKU that the history doesn't name are there too.
 * @param columnsOf the history of each sale
 * @param unnamed how the only sale is called if it has no name: every order is its
 * Throws HarnessError HISTORY_INVALID when the sale of an order can't be told.
 */
export function fileOrders(
  lines: OrderLines,
  columnsOf: ReadonlyMap<string, SaleColumns>,
  unnamed: string,
): ReadonlyMap<string, readonly LedgerOrder[]> {
  const filed = new Map<string, LedgerOrder[]>([...columnsOf.keys()].map((sku) => [sku, []]))
  const skuOf = new SkuOfOrder(columnsOf, unnamed)
  const units = new UnitsOfOrder(columnsOf)
  for (const [i, written] of lines.order.entries()) {
    const lineNumber = lines.lineNumber[i]!
    const sku = skuOf.find(written, lines.sku[i]!, lineNumber)
    if (!filed.has(sku)) filed.set(sku, [])
    filed.get(sku)!.push(units.fillIn(written, sku))
  }
  return filed
}

/** What nobody asked for is of one unit, as anything is by default. */
const ONE_UNIT: UnitRange = { least: 1, most: 1 }

class UnitsOfOrder {
  readonly #columnsOf: ReadonlyMap<string, SaleColumns>
  readonly #units = new Map<string, OrderedUnits>()

  constructor(columnsOf: ReadonlyMap<string, SaleColumns>) {
    this.#columnsOf = columnsOf
  }

  fillIn(written: WrittenOrder, sku: string): LedgerOrder {
    if (written.quantity !== null) return written as LedgerOrder
    const { least, most } = this.#ofSale(sku)?.unitsOf(written) ?? ONE_UNIT
    return least === most ? { ...written, quantity: least } : { ...written, quantity: least, mostQuantity: most }
  }

  /** undefined: the history has nothing of this sale. */
  #ofSale(sku: string): OrderedUnits | undefined {
    const columns = this.#columnsOf.get(sku)
    if (columns !== undefined && !this.#units.has(sku)) this.#units.set(sku, new OrderedUnits(columns))
    return this.#units.get(sku)
  }
}

class SkuOfOrder {
  readonly #columnsOf: ReadonlyMap<string, SaleColumns>
  readonly #only: string | null
  readonly #unnamed: string
  /** By request id: its SKU, null if several have it. */
  #skuOfRequest: Map<string, string | null> | null = null

  constructor(columnsOf: ReadonlyMap<string, SaleColumns>, unnamed: string) {
    this.#columnsOf = columnsOf
    this.#only = columnsOf.size === 1 ? columnsOf.keys().next().value! : null
    this.#unnamed = unnamed
  }

  find({ requestId, orderId }: WrittenOrder, sku: string | null, lineNumber: number): string {
    if (this.#only !== null && (sku === null || this.#only === this.#unnamed)) return this.#only
    if (sku !== null) return sku
    this.#skuOfRequest ??= skusByRequest(this.#columnsOf)
    const found = requestId === null ? undefined : this.#skuOfRequest.get(requestId)
    if (found !== undefined && found !== null) return found
    throw invalid({ file: 'ledger', lineNumber }, `"sku" is missing, and order ${orderId} may be of several sales`)
  }
}

function skusByRequest(columnsOf: ReadonlyMap<string, SaleColumns>): Map<string, string | null> {
  const skus = new Map<string, string | null>()
  for (const [sku, columns] of columnsOf) {
    for (let buy = 0; buy < columns.buyCount; buy++) {
      const requestId = columns.requestIdOf(buy)
      if (requestId !== null) skus.set(requestId, skus.has(requestId) ? null : sku)
    }
  }
  return skus
}
