/**
 * What was really sold in one sale, read after it from the stores themselves.
 */

export interface LedgerOrder {
  readonly orderId: string
  /** null when the ledger doesn't hold it: then it settles nothing. */
  readonly requestId: string | null
  readonly userId: string | null
  readonly quantity: number
  /** Where the ledger doesn't say how many units: it is of `quantity` at least and of so many at most. Else absent. */
  readonly mostQuantity?: number
  /** False for an order that is only in a queue or stream after settling: it counts as sold, not as kept. */
  readonly durable: boolean
}

export interface LedgerSnapshot {
  /** Where this was read, for people: "postgres orders, redis stream". */
  readonly source: string
  readonly stepIndex: number
  readonly sku: string
  /** Units at the opening, as the store holds it; null if the store doesn't say. */
  readonly initialStock: number | null
  /** Units left, from the store that is the truth for this target; null if unknown. */
  readonly remainingStock: number | null
  readonly orders: readonly LedgerOrder[]
  /** Nothing was in flight any more and all queues and delayed work were drained when this was read. */
  readonly settled: boolean
  /** What the target's own read showed after settling; null if it was not asked or gave no answer. */
  readonly shownAfterSettling: number | null
  /** ISO 8601. */
  readonly takenAt: string
}
