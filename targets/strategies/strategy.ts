/**
 * The contract of every strategy: how one sale is kept when many buyers come at once.
 * The server knows nothing else of a strategy, and a strategy knows nothing of HTTP, so that the same conformance
 * suite runs over all of them. Ids are checked before they get here.
 */
import type { StrategyDescription } from '../../src/core/catalogue.ts'
import type { PostgresSettings } from '../storage/postgres.ts'
import type { RedisSettings } from '../storage/redis.ts'

/** The stores of this run; null where none was handed over. A strategy gets those that it says it needs. */
export interface Stores {
  readonly postgres: PostgresSettings | null
  readonly redis: RedisSettings | null
}

export interface StrategyContext {
  readonly stores: Stores
  /** Server processes that share the stores; what is bounded for all together is divided by this. */
  readonly instances: number
}

export interface SaleTerms {
  readonly sku: string
  /** Units at the opening. */
  readonly stock: number
  /** Units per user; null: no limit. */
  readonly perUserLimit: number | null
}

export interface BuyRequest {
  readonly sku: string
  readonly userId: string
  /** The idempotency key: attempts that share it are one buy. */
  readonly requestId: string
  readonly quantity: number
}

/** Every answer that was to be expected. Only a store that fails throws (StoreFailure). */
export type BuyResult =
  /** `replayed`: this request had its order before; it is answered with that one, also when all is sold out. */
  | { readonly kind: 'sold'; readonly orderId: string; readonly replayed: boolean }
  | { readonly kind: 'soldOut' }
  | { readonly kind: 'limitExceeded' }
  /** The request id was used before, for another user, SKU or quantity. */
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'saleNotFound' }
  | { readonly kind: 'saleClosed' }
  /** Given up without any effect: try again. */
  | { readonly kind: 'busy' }

/**
 * One request on its way. The server may give it up at any time (its time is over); what the buyer is then told
 * depends on whether the strategy had begun what may sell.
 */
export interface Attempt {
  /**
   * To be called right before the first step that may sell. False: the buyer was told that nothing was sold, so
   * nothing may be; return `busy`, which nobody reads any more.
   */
  begin(): boolean
}

export interface StartedStrategy {
  /** Called on one instance. A sale that exists is left as it is. */
  open(terms: SaleTerms): Promise<'opened' | 'exists'>
  /** Called on every instance before the opening is answered. */
  learn(sku: string): Promise<void>
  buy(request: BuyRequest, attempt: Attempt): Promise<BuyResult>
  /** Units left as this strategy shows them; null: no such sale. */
  stock(sku: string): Promise<number | null>
  /** No more sales; replays are still answered. Called on one instance. False: no such sale. */
  close(sku: string): Promise<boolean>
  /**
   * Resolves when no queue and no delayed work is left; called on every instance, when no buy is in flight any more.
   * Rejects with the signal's reason when it aborts.
   */
  settle(signal: AbortSignal): Promise<void>
  /** Rejects when a store doesn't answer. */
  probe(): Promise<void>
  /** Counters since the start: retries, cacheHits, ... The same keys from the first call on. */
  counters(): Readonly<Record<string, number>>
  /** Lets go of everything; what is durable elsewhere may be left undone. */
  stop(): Promise<void>
}

export interface Strategy {
  readonly description: StrategyDescription
  /** SQL that makes this strategy's own functions; constant, and harmless when run again. */
  readonly functions: readonly string[]
  start(context: StrategyContext): Promise<StartedStrategy>
}
