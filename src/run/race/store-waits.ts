/**
 * Whether calls that have not come back wait for other ones, as their store itself says: Postgres is asked by the processes of
 * its backends; Redis, which does one thing at a time, has shelved what it has not answered when it answers others.
 */
import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'

export interface StoreWaits extends AsyncDisposable {
  /**
   * Whether each of the calls that were sent to the store and not answered waits for another one. `backends`: processes of
   * Postgres that work on them.
   */
  allWait(backends: readonly number[]): Promise<boolean>
}

const CONNECT_WITHIN_MS = 5_000
const BLOCKED = `
  SELECT count(*)::integer AS blocked FROM unnest($1::integer[]) AS pid WHERE cardinality(pg_blocking_pids(pid)) > 0`

/** By the store's own URL, past the gate. Throws HarnessError SERVICE_FAILED. */
export function askAfterWaits(store: StoreName, url: string): Promise<StoreWaits> {
  return store === 'postgres' ? askPostgres(url) : askRedis(url)
}

async function askPostgres(connectionString: string): Promise<StoreWaits> {
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    throw unreachable('postgres', cause)
  }
  return {
    async allWait(backends) {
      const { rows } = await client.query<{ blocked: number }>({ name: 'blocked', text: BLOCKED, values: [backends] })
      return rows[0]!.blocked === backends.length
    },
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  }
}

async function askRedis(url: string): Promise<StoreWaits> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: CONNECT_WITHIN_MS, retryStrategy: () => null })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    client.disconnect()
    throw unreachable('redis', cause)
  }
  return {
    async allWait() {
      // Twice: the first may have been read together with what was written before, and ahead of it.
      await client.ping()
      await client.ping()
      return true
    },
    async [Symbol.asyncDispose]() {
      client.disconnect()
    },
  }
}

function unreachable(store: StoreName, cause: unknown): HarnessError {
  return new HarnessError('SERVICE_FAILED', { message: `${store} can't be asked who waits for whom`, cause })
}
