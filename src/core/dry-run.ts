/** What one read and one buy on a described target came to: enough to see whether its descriptor is right. */
import type { LedgerOrder } from './ledger.ts'

export interface DryRunReport {
  readonly schema: 'doorbuster.dry-run/1'
  readonly target: string
  readonly url: string
  readonly sku: string
  /** In the order of sending: a read, a buy, the polls of it. */
  readonly exchanges: readonly DryRunExchange[]
  /** null: the descriptor has none. */
  readonly ledger: DryRunLedger | null
  /** Orders that stand there now and did not before; null where they can't be known. */
  readonly newOrders: readonly LedgerOrder[] | null
  /** Why the descriptor can't be right, or can't be known to be; empty: all fits together. */
  readonly problems: readonly string[]
  readonly notes: readonly string[]
}

export interface DryRunExchange {
  readonly kind: 'read' | 'buy' | 'poll'
  /** Secrets and the columns of the pool are masked. */
  readonly request: { readonly line: string; readonly headers: readonly string[]; readonly body: string | null }
  /** null: none came; `failure` says why. */
  readonly answer: DryRunAnswer | null
  readonly failure: string | null
  /** The rule that held: `outcomes[2]`; null: none did. */
  readonly rule: string | null
  /** What it means to the run: `sold, order o-17`. */
  readonly meaning: string
}

interface DryRunAnswer {
  readonly status: number
  /** Those at which the descriptor looks, as `location: /thanks`. */
  readonly headers: readonly string[]
  readonly body: string
}

/** A book that is null could not be read; a problem says why. */
interface DryRunLedger {
  readonly before: DryRunBook | null
  readonly after: DryRunBook | null
  readonly settled: boolean
}

export interface DryRunBook {
  readonly orders: number
  readonly remaining: number | null
}
