/** The stores of a context, for strategies whose description says that they need them: the server has seen to it. */
import type { PostgresSettings } from '../storage/postgres.ts'
import type { RedisSettings } from '../storage/redis.ts'
import type { StrategyContext } from './strategy.ts'

export function postgresOf(context: StrategyContext): PostgresSettings {
  if (context.stores.postgres === null) throw new Error('this strategy needs Postgres')
  return context.stores.postgres
}

export function redisOf(context: StrategyContext): RedisSettings {
  if (context.stores.redis === null) throw new Error('this strategy needs Redis')
  return context.stores.redis
}
