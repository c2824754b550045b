/**
 * `doorbuster/strategy`: what somebody needs who writes a strategy of their own: the contract, and the tools with which
 * the reference strategies keep theirs. See docs/own-strategy.md.
 *
 * ```ts
 * import { PostgresPool, type Strategy } from 'doorbuster/strategy'
 * ```
 */
export type { Books, StoreName, StrategyDescription } from '../src/core/catalogue.ts'
export type { ReadsPromise, TargetPromise } from '../src/core/promise.ts'
export { createOrderIds } from './storage/order-ids.ts'
export { PostgresPool, type PostgresSettings, type Queries, type Row, type Statement } from './storage/postgres.ts'
export { connectRedis, type RedisConnection, type RedisSettings, type Script } from './storage/redis.ts'
export {
  answerFrom,
  answerFromEarlier,
  closeSale,
  look,
  openSale,
  type Picture,
  POSTGRES_BOOKS,
  probePostgres,
  readStock,
  resultFrom,
} from './storage/sale-books.ts'
export { BOOKING_FUNCTIONS } from './storage/selling-functions.ts'
export { StoreFailure } from './storage/store-failure.ts'
export { type Backlog, type Funnel, type Meter, SILENT_METER } from './strategies/meter.ts'
export { AS_LONG_AS_IT_SAYS, pause, type Span } from './strategies/pause.ts'
export { postgresOf, redisOf } from './strategies/stores.ts'
export type {
  Attempt,
  BuyRequest,
  BuyResult,
  SaleTerms,
  StartedStrategy,
  Stores,
  Strategy,
  StrategyContext,
} from './strategies/strategy.ts'
