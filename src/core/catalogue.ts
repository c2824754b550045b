/**
 * What the reference server says about its strategies (`--describe`, JSON). It is all that the harness knows of them:
 * the target is another process, and nothing of its code is imported.
 */
import type { CheckName } from './check.ts'
import type { TargetPromise } from './promise.ts'

export type StoreName = 'postgres' | 'redis'

/**
 * Where an auditor finds what was sold. Tables stand in the run's own schema, keys under its own prefix;
 * `<sku>` in a key is replaced by the SKU.
 */
export interface Books {
  /** Postgres table with columns order_id, request_id, user_id, sku, quantity. */
  readonly ordersTable: string
  /** The truth about the units left. */
  readonly stock: StockPlace
  /** Where else units left are counted: a cache, a first line of defence. Nothing is judged by it. Absent: nowhere. */
  readonly copy?: StockPlace
  /** Redis stream (XADD with the fields order_id, request_id, user_id, sku, quantity) of orders on their way to the table. */
  readonly stream: { readonly key: string; readonly group: string } | null
}

type StockPlace =
  /** Columns sku, initial, remaining. */
  | { readonly store: 'postgres'; readonly table: string }
  /** A string key that holds an integer. */
  | { readonly store: 'redis'; readonly key: string }

export interface StrategyDescription {
  readonly name: string
  readonly summary: string
  /** Built to be wrong: a check must convict it. */
  readonly control: boolean
  readonly promise: TargetPromise
  /** 'one-process': right with one instance only, and says so. */
  readonly rightWith: 'any-instances' | 'one-process' | 'never'
  readonly needs: readonly StoreName[]
  /** When an acknowledged order is durable, in words: "at COMMIT", "as Redis is (appendfsync)". */
  readonly durableWhen: string
  readonly books: Books
  /** The check that convicts it where it is built to fail; null for a right strategy. */
  readonly convictedBy: CheckName | null
  /** Options of `run smoke` under which that check convicts it; absent where none are needed, or there is no such check. */
  readonly shownBy?: readonly string[]
}

export interface Catalogue {
  readonly schema: 'doorbuster.catalogue/1'
  readonly strategies: readonly StrategyDescription[]
}
