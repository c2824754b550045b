/**
 * Connections by which the harness looks at a store beside the load: quiet, soon given up, and never the end of the
 * process.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Client } from 'pg'

const GOODBYE_MS = 500
const ANSWER_WITHIN_MS = 2_000

/** Not connected yet. `name` is what pg_stat_activity shows. */
export function quietPostgres(url: string, name: string): Client {
  const client = new Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
  })
  // A connection that breaks fails the next reading; without a listener it would end the process as well.
  client.on('error', () => undefined)
  return client
}

/** A store that stands still doesn't say goodbye. */
export async function leavePostgres(client: Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), delay(GOODBYE_MS, undefined, { ref: false })])
}

/** Connects by the first command. */
export function quietRedis(url: string): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
  })
  client.on('error', () => undefined)
  return client
}
