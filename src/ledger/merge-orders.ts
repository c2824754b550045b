/** Joins what a table and a stream hold of one sale. Pure. */
import type { LedgerOrder } from '../core/ledger.ts'

/**
 * The orders of the table, and after them those that are only in the stream, not durable. An entry is in the table when
 * its request is there with the same order: a stream that names another order for that request holds a second one.
 */
export function mergeOrders(table: readonly LedgerOrder[], stream: readonly LedgerOrder[]): readonly LedgerOrder[] {
  if (stream.length === 0) return table
  const byRequest = new Set(table.map(identityOf))
  return [...table, ...stream.filter((order) => !byRequest.has(identityOf(order)))]
}

function identityOf({ requestId, orderId }: LedgerOrder): string {
  return requestId === null ? orderId : `${requestId} ${orderId}`
}
