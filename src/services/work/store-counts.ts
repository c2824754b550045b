/** What the stores of a run have counted so far: two readings make the work of what lies between. */
import type { StartedServices } from '../service.ts'
import { readRedisCounts } from './redis-counts.ts'
import { readSqlCounts } from './sql-counts.ts'
import type { StoreCounts } from './work-between.ts'

/** Doesn't throw: a store that can't be read is a sentence. */
export async function readStoreCounts({
  postgres,
  redis,
}: Pick<StartedServices, 'postgres' | 'redis'>): Promise<StoreCounts> {
  const [sql, commands] = await Promise.all([
    postgres === null ? null : readSqlCounts(postgres),
    redis === null ? null : readRedisCounts(redis),
  ])
  const shared = [
    ...(postgres?.record.provider === 'external' ? [SHARED_POSTGRES] : []),
    ...(redis?.record.provider === 'external' ? [SHARED_REDIS] : []),
  ]
  return { postgres: sql, redis: commands, notes: shared }
}

const SHARED_POSTGRES =
  "apart from others: the Postgres is not the run's own, so WAL is all that it wrote, and SQL all of this user in this database"
const SHARED_REDIS =
  "apart from others: the Redis is not the run's own, so commands and bytes are those of all its clients"
