/**
 * Two requests that were told the same order. Without a ledger, or where its order ids may be of another kind, nothing
 * else would show it; a ledger with each order id once shows it better: one of the two has no order, or another one.
 */
import type { LedgerOrder } from '../core/ledger.ts'
import { NO_ROW } from './buys.ts'
import { hashOf } from './name-table.ts'
import type { SaleCase } from './sale-case.ts'

/**
 * By buy: row of another request's `sold` answer that names the same order. An answer to a request that nobody recorded
 * may be to the same one.
 */
export function sharedOrders(saleCase: SaleCase): ReadonlyMap<number, number> {
  const shared = new Map<number, number>()
  if (isShownByLedger(saleCase)) return shared
  const { columns, buys } = saleCase
  const rows = new Map<string, number>()
  for (let buy = 0; buy < buys.count; buy++) {
    const row = buys.firstSoldRow(buy)
    const orderId = row === NO_ROW || columns.requestIdOf(buy) === null ? null : columns.orderId(row)
    if (orderId === null) continue
    const other = rows.get(orderId)
    if (other === undefined) rows.set(orderId, row)
    else shared.set(buy, other)
  }
  return shared
}

function isShownByLedger({ ledger, settlement }: SaleCase): boolean {
  if (ledger === null || repeatsAnOrderId(ledger.orders)) return false
  for (const { isCertain } of settlement.deviant.values()) if (!isCertain) return false
  return true
}

/** Most ledgers don't: a number an order tells, where a set of five million strings would not fit beside the rest. */
function repeatsAnOrderId(orders: readonly LedgerOrder[]): boolean {
  const hashes = new Uint32Array(orders.length)
  for (let i = 0; i < orders.length; i++) hashes[i] = hashOf(orders[i]!.orderId)
  const repeated = repeatedIn(hashes.slice().sort())
  if (repeated.size === 0) return false
  const seen = new Set<string>()
  for (let i = 0; i < orders.length; i++) {
    if (!repeated.has(hashes[i]!)) continue
    const { orderId } = orders[i]!
    if (seen.has(orderId)) return true
    seen.add(orderId)
  }
  return false
}

function repeatedIn(sorted: Uint32Array): ReadonlySet<number> {
  const repeated = new Set<number>()
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) repeated.add(sorted[i]!)
  return repeated
}
