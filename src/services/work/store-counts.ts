/** What the stores of a run have counted so far: two readings make the work of what lies between. */
import type { OwnRedisWork } from '../../core/own-redis-work.ts'
import type { StartedServices } from '../service.ts'
import { withoutOwn } from './own-redis.ts'
import { type RedisCounts, readRedisCounts } from './redis-counts.ts'
import { readSqlCounts } from './sql-counts.ts'
import type { StoreCounts } from './work-between.ts'

const WAL_OF_ALL = 'WAL is all that the server wrote'
const REDIS_OF_ALL =
  "apart from others: the Redis is not the run's own, so commands and bytes are those of all its clients"

/** Doesn't throw: a store that can't be read is a sentence. */
export async function readStoreCounts({
  postgres,
  redis,
}: Pick<StartedServices, 'postgres' | 'redis'>): Promise<StoreCounts> {
  const [sql, commands] = await Promise.all([
    postgres === null ? null : readSqlCounts({ ...postgres, ofAllUsers: false }),
    redis === null ? null : readRedisCounts(redis.url),
  ])
  const sharedPostgres = `apart from others: the Postgres is not the run's own, so SQL is all of its user there, and ${WAL_OF_ALL}`
  return {
    postgres: sql,
    redis: commands,
    notes: [
      ...(postgres?.record.provider === 'external' ? [sharedPostgres] : []),
      ...(redis?.record.provider === 'external' ? [REDIS_OF_ALL] : []),
    ],
  }
}

export interface ForeignStores {
  /** URLs; null: nobody named one. */
  readonly postgres: string | null
  readonly redis: string | null
}

/**
 * Of stores in which others work: what is counted is all that is done there.
 * @param ownWork what the run itself has made the Redis of a URL do
 * Doesn't throw.
 */
export async function readForeignCounts(
  { postgres, redis }: ForeignStores,
  ownWork: (redis: string) => OwnRedisWork,
): Promise<StoreCounts> {
  const [sql, commands] = await Promise.all([
    postgres === null ? NO_POSTGRES : readSqlCounts({ url: postgres, schema: null, ofAllUsers: true }),
    redis === null ? NO_REDIS : readOthersCounts(redis, ownWork),
  ])
  return {
    postgres: sql,
    redis: commands,
    notes: [
      ...(typeof sql === 'string'
        ? []
        : [`apart from others: SQL is all that is done in the database, and ${WAL_OF_ALL}`]),
      ...(typeof commands === 'string' ? [] : [REDIS_OF_ALL]),
    ],
  }
}

async function readOthersCounts(url: string, ownWork: (redis: string) => OwnRedisWork): Promise<RedisCounts | string> {
  const counts = await readRedisCounts(url)
  return typeof counts === 'string' ? counts : withoutOwn(counts, ownWork(url))
}

const NO_POSTGRES = 'SQL is not counted: the ledger of the descriptor names no Postgres'
const NO_REDIS = 'Redis commands are not counted: the ledger of the descriptor names no Redis'
