/** Short connections to a Redis, and what that server says of itself. */
import { Redis } from 'ioredis'
import type { ServiceRecord } from '../../core/run-record.ts'

const ANSWER_WITHIN_MS = 5_000

/** Any error of connecting or of a command is thrown at once; nothing is tried again. */
export async function withRedis<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
  })
  let connectionError: Error | null = null
  client.on('error', (error: Error) => {
    connectionError ??= error
  })
  try {
    await client.connect().catch((error: Error) => {
      // `connect` itself only says that the connection closed.
      throw connectionError ?? error
    })
    // A database that isn't there is an event only: the commands would go to database 0.
    await client.select(client.options.db ?? 0)
    return await use(client)
  } finally {
    client.disconnect()
  }
}

/** Unique as the run's name is. Holds no character that a SCAN pattern or a cluster's hash tag would read. */
export function keyPrefixOf(runId: string): string {
  return `doorbuster:${runId.replace(/[^\w.-]+/g, '_')}:`
}

const RECORDED_SETTINGS = ['appendonly', 'appendfsync', 'save', 'maxmemory', 'maxmemory-policy'] as const

export async function readRedisRecord(client: Redis, provider: string): Promise<ServiceRecord> {
  return {
    provider,
    version: parseServerVersion(await client.info('server')),
    settings: await readSettings(client),
  }
}

/** Valkey gives the Redis version that it is compatible with, beside its own. */
export function parseServerVersion(info: string): string {
  const field = (name: string) => new RegExp(`^${name}:(.+?)\\r?$`, 'm').exec(info)?.[1]
  const valkey = field('valkey_version')
  return valkey === undefined ? (field('redis_version') ?? 'unknown') : `valkey ${valkey}`
}

/** Hosted servers often refuse CONFIG: then nothing is claimed. */
async function readSettings(client: Redis): Promise<Record<string, string>> {
  const settings: Record<string, string> = {}
  for (const name of RECORDED_SETTINGS) {
    try {
      const reply = await client.config('GET', name)
      const value = settingValue(reply, name)
      if (value !== null) settings[name] = value
    } catch {
      settings[name] = 'unknown (CONFIG refused)'
    }
  }
  return settings
}

/** RESP2 answers with a flat list of names and values, RESP3 with a map. */
function settingValue(reply: unknown, name: string): string | null {
  if (Array.isArray(reply)) return typeof reply[1] === 'string' ? reply[1] : null
  if (reply instanceof Map) return settingValue([name, reply.get(name)], name)
  if (typeof reply !== 'object' || reply === null) return null
  const value = (reply as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : null
}
