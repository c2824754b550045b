/** The stores of a context, for strategies whose description says that they need them: the server has seen to it. */
import type { PostgresSettings } from '../storage/postgres.ts'
import type { RedisSettings } from '../storage/redis.ts'
import type { StrategyContext } from './strategy.ts'

/** Pools that are made with these tell the context's meter what their queries wait for a connection. */
export function postgresOf({ stores, meter }: StrategyContext): PostgresSettings {
  if (stores.postgres === null) throw new Error('this strategy needs Postgres')
  return { ...stores.postgres, waited: (ms) => meter.poolWaited('postgres', ms) }
}

export function redisOf(context: StrategyContext): RedisSettings {
  if (context.stores.redis === null) throw new Error('this strategy needs Redis')
  return context.stores.redis
}
