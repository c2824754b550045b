/**
 * Whether a call that has not come back waits for another one, as the store itself says: asked of Postgres by the process of
 * its backend, and known of Redis, which does one thing at a time, when it answers others in the meantime.
 */
import { Client } from 'pg'
import { Redis } from 'ioredis'
import { HarnessError } from '../../core/errors.ts'

export interface StoreWaits extends AsyncDisposable {
  /** Whether each of these waits for a lock that another connection holds; false: at least one is still at work. */
  allWaitForLocks(backends: readonly number[]): Promise<boolean>
  /** Resolves when Redis has begun with all that was written to it before, and answered or shelved it. */
  redisIsThrough(): Promise<void>
}

export interface WaitPlaces {
  readonly postgres: string | null
  readonly redis: string | null
}

const CONNECT_WITHIN_MS = 5_000
const BLOCKED = 'SELECT count(*)::integer AS blocked FROM unnest($1::integer[]) AS pid WHERE cardinality(pg_blocking_pids(pid)) > 0'

/** Throws HarnessError SERVICE_FAILED. */
export async function askAfterWaits({ postgres, redis }: WaitPlaces): Promise<StoreWaits> {
  const client = postgres === null ? null : await connectPostgres(postgres)
  const lookout = redis === null ? null : await connectRedis(redis)
  return {
    async allWaitForLocks(backends) {
      if (client === null || backends.length === 0) return backends.length === 0
      const { rows } = await client.query<{ blocked: number }>({ name: 'blocked', text: BLOCKED, values: [backends] })
      return rows[0]!.blocked === backends.length
    },
    async redisIsThrough() {
      // Twice: the first may have been read together with what was written before, and ahead of it.
      await lookout?.ping()
      await lookout?.ping()
    },
    async [Symbol.asyncDispose]() {
      lookout?.disconnect()
      await client?.end().catch(() => undefined)
    },
  }
}

async function connectPostgres(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (cause) {
    throw unreachable('postgres', cause)
  }
}

async function connectRedis(url: string): Promise<Redis> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: CONNECT_WITHIN_MS, retryStrategy: () => null })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (cause) {
    client.disconnect()
    throw unreachable('redis', cause)
  }
}

function unreachable(store: string, cause: unknown): HarnessError {
  return new HarnessError('SERVICE_FAILED', { message: `${store} can't be asked who waits for whom`, cause })
}
