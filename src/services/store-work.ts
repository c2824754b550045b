/**
 * What the stores count of their own work, asked over one quiet connection to each while a sale is on. Counts are those of
 * the whole server, since it started: where it is somebody else's, others' work is in them.
 */
import { OWN_QUERY } from '../core/own-query.ts'
import type { StartedServices } from './service.ts'
import { leavePostgres, quietPostgres, quietRedis } from './work/store-connections.ts'

/** By store and name. */
type StoreWork = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface StoreWorkReader extends AsyncDisposable {
  /** A store that doesn't answer is left out, from then on. */
  read(): Promise<StoreWork>
}

interface Reader extends AsyncDisposable {
  readonly store: string
  read(): Promise<Record<string, number>>
}

/** Connects at the first reading. */
export function readStoreWork({ postgres, redis }: Pick<StartedServices, 'postgres' | 'redis'>): StoreWorkReader {
  const readers = new Set<Reader>()
  if (postgres !== null) readers.add(readPostgres(postgres.url))
  if (redis !== null) readers.add(readRedis(redis.url))
  return {
    async read() {
      const work = await Promise.all(
        [...readers].map(async (reader) => {
          try {
            return [reader.store, await reader.read()] as const
          } catch {
            readers.delete(reader)
            await reader[Symbol.asyncDispose]()
            return null
          }
        }),
      )
      return Object.fromEntries(work.filter((one) => one !== null))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...readers].map((reader) => reader[Symbol.asyncDispose]()))
    },
  }
}

/** `lock_waiters_seen`: sessions that stood waiting for a lock, added up over the readings. */
const POSTGRES_WORK = `${OWN_QUERY}
  SELECT (SELECT wal_bytes FROM pg_stat_wal)::float8 AS wal_bytes,
         (SELECT wal_records FROM pg_stat_wal)::float8 AS wal_records,
         sum(xact_commit)::float8 AS commits,
         sum(xact_rollback)::float8 AS rollbacks,
         sum(deadlocks)::float8 AS deadlocks,
         (SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted)::float8 AS waiters
  FROM pg_stat_database`

interface PostgresRow {
  readonly wal_bytes: number
  readonly wal_records: number
  readonly commits: number
  readonly rollbacks: number
  readonly deadlocks: number
  readonly waiters: number
}

function readPostgres(url: string): Reader {
  const client = quietPostgres(url, 'doorbuster-telemetry')
  let connected: Promise<unknown> | null = null
  let waitersSeen = 0
  return {
    store: 'postgres',
    async read() {
      connected ??= client.connect()
      await connected
      const { rows } = await client.query<PostgresRow>(POSTGRES_WORK)
      const { wal_bytes, wal_records, commits, rollbacks, deadlocks, waiters } = rows[0]!
      waitersSeen += waiters
      return { wal_bytes, wal_records, commits, rollbacks, deadlocks, lock_waiters_seen: waitersSeen }
    },
    async [Symbol.asyncDispose]() {
      if (connected !== null) await leavePostgres(client)
    },
  }
}

const REDIS_WORK = {
  commands: 'total_commands_processed',
  connections: 'total_connections_received',
  received_bytes: 'total_net_input_bytes',
  sent_bytes: 'total_net_output_bytes',
} as const

function readRedis(url: string): Reader {
  const client = quietRedis(url)
  return {
    store: 'redis',
    async read() {
      return redisWorkIn(await client.info('stats'))
    },
    async [Symbol.asyncDispose]() {
      client.disconnect()
    },
  }
}

/** Fields that the server doesn't have are left out. */
function redisWorkIn(info: string): Record<string, number> {
  const fields = Object.entries(REDIS_WORK).map(([name, field]) => {
    const value = new RegExp(`^${field}:(\\d+)\\r?$`, 'm').exec(info)?.[1]
    return [name, value === undefined ? null : Number(value)] as const
  })
  return Object.fromEntries(fields.filter(([, value]) => value !== null)) as Record<string, number>
}
