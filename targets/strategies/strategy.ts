/**
 * The contract of every strategy: how one sale is kept when many buyers come at once.
 * The server knows nothing else of a strategy, and a strategy knows nothing of HTTP, so that the same conformance
 * suite runs over all of them. Ids are checked before they get here.
 */
import type { StrategyDescription } from '../../src/core/catalogue.ts'
import type { PostgresSettings } from '../storage/postgres.ts'
import type { RedisSettings } from '../storage/redis.ts'
import type { Attempt, BuyRequest, BuyResult, SaleTerms } from './buy.ts'
import type { Meter } from './meter.ts'
import type { Span } from './pause.ts'

export type { Attempt, BuyRequest, BuyResult, SaleTerms } from './buy.ts'

/** The stores of this run; null where none was handed over. A strategy gets those that it says it needs. */
export interface Stores {
  readonly postgres: PostgresSettings | null
  readonly redis: RedisSettings | null
}

export interface StrategyContext {
  readonly stores: Stores
  /** Server processes that share the stores; what is bounded for all together is divided by this. */
  readonly instances: number
  /** For what the strategy wants to tell Prometheus; it may leave that. */
  readonly meter: Meter
  /** Asked for each span that is part of how the strategy works (pause.ts), so that a race need not wait for it. */
  readonly span: Span
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
  /** A control: the server lets buyers in before the sale opens. */
  readonly sellsEarly?: boolean
  start(context: StrategyContext): Promise<StartedStrategy>
}
