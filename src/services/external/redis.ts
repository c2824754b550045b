/**
 * A Redis that somebody else runs. Works under a key prefix of its own and removes such keys only. Its settings are
 * left alone: durability is what that server has, and the record says which.
 */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { HarnessError } from '../../core/errors.ts'
import type { ServiceRecord } from '../../core/run-record.ts'
import type { ForeignEntry } from '../owned/owner-file.ts'
import type { Finding, Provider, ServiceRun } from '../provider.ts'
import { keyPrefixOf, readRedisRecord, withRedis } from '../server/redis-connection.ts'
import type { Environment, StartedRedis } from '../service.ts'
import { versionProblem } from '../version.ts'
import { unreachable } from './unreachable.ts'
import { type ExternalUrl, externalUrl } from './url.ts'

export const externalRedis: Provider<StartedRedis> = {
  name: 'external',
  find: (env) => Promise.resolve(find(env)),
}

function find(env: Environment): Finding<StartedRedis> {
  const named = externalUrl('redis', env)
  if (!named) {
    return { found: false, missing: 'REDIS_URL is not set', remedy: 'export REDIS_URL=redis://:password@host:6379/0' }
  }
  return {
    found: true,
    readVersion: async () => (await connected(named, (client) => readUsable(client, named))).version,
    where: named.where,
    start: (run) => start(named, run),
  }
}

/** Throws SERVICE_UNAVAILABLE when it is too old. Valkey's first release, 7.2, is newer than the oldest Redis we take. */
async function readUsable(client: Redis, named: ExternalUrl): Promise<ServiceRecord> {
  const record = await readRedisRecord(client, 'external')
  const problem = versionProblem('redis', record.version)
  if (problem === null) return record
  throw new HarnessError('SERVICE_UNAVAILABLE', { message: `Redis at ${named.where}: ${problem}` })
}

async function start(named: ExternalUrl, run: ServiceRun): Promise<StartedRedis> {
  const keyPrefix = keyPrefixOf(run.runId)
  const record = await connected(named, async (client) => {
    const found = await readUsable(client, named)
    await refuseUsedPrefix(client, keyPrefix)
    return found
  })
  // Written down only now: the prefix was seen to be free, so every key under it is this run's.
  const entry: ForeignEntry = { store: 'redis', urlDigest: named.digest, name: keyPrefix, token: randomUUID() }
  const forget = run.folder.ownForeign(entry)
  return {
    url: named.url,
    keyPrefix,
    record,
    resources: () => Promise.resolve(null),
    [Symbol.asyncDispose]: async () => {
      await removeForeignKeys(named, entry)
      forget()
    },
  }
}

export async function removeForeignKeys(named: ExternalUrl, entry: ForeignEntry): Promise<void> {
  await connected(named, async (client) => {
    for await (const keys of keysUnder(client, entry.name)) await client.unlink(...keys)
  })
}

async function refuseUsedPrefix(client: Redis, keyPrefix: string): Promise<void> {
  for await (const keys of keysUnder(client, keyPrefix)) {
    throw new HarnessError('SERVICE_FAILED', {
      message: `there are keys under ${keyPrefix} already (${keys[0]}), so the prefix is not this run's to use`,
      hint: 'Give the run another name.',
    })
  }
}

const KEYS_A_SCAN = 1_000

async function* keysUnder(client: Redis, keyPrefix: string): AsyncGenerator<string[]> {
  let cursor = '0'
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${keyPrefix}*`, 'COUNT', KEYS_A_SCAN)
    if (keys.length > 0) yield keys
    cursor = next
  } while (cursor !== '0')
}

async function connected<T>(named: ExternalUrl, use: (client: Redis) => Promise<T>): Promise<T> {
  try {
    return await withRedis(named.url, use)
  } catch (cause) {
    throw unreachable('redis', named.where, cause)
  }
}
