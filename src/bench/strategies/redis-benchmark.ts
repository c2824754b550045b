/** redis-benchmark, the peer of `redis-lua`: the same script on the same server, 16 commands in each write. */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { Redis } from 'ioredis'
import { unpackedRedis } from '../../services/embedded/redis-folder.ts'
import { findOnPath, isExecutable } from '../../services/local/search-path.ts'
import { libraryEnvironment } from '../../services/server/redis-server.ts'
import type { Environment, StartedRedis } from '../../services/service.ts'
import type { PeerRun } from './pgbench.ts'
import type { PeerTexts } from './target-child.ts'

export interface RedisBenchmark {
  readonly path: string
  readonly libraryFolders: readonly string[]
}

/** On the PATH, or beside the Redis that the set-up got; null where it is in neither place. */
export function findRedisBenchmark(env: Environment): RedisBenchmark | null {
  const path = findOnPath(['redis-benchmark', 'valkey-benchmark'], env)
  if (path !== null) return { path, libraryFolders: [] }
  const unpacked = unpackedRedis(env)
  if (unpacked === null) return null
  const beside = join(dirname(unpacked.server), 'redis-benchmark')
  return isExecutable(beside) ? { path: beside, libraryFolders: unpacked.libraryFolders } : null
}

const PIPELINE = 16
const CONNECTIONS = 50
/** Ids are random; of this many, few come twice in a run. */
const IDS = 2_000_000_000

export async function runRedisBenchmark(
  { path, libraryFolders }: RedisBenchmark,
  redis: StartedRedis,
  texts: PeerTexts['redis'],
  orders: number,
): Promise<PeerRun> {
  const digest = await withRedis(redis, async (client) => {
    for (const [command, ...args] of texts.open) await client.call(command!, ...args)
    return (await client.script('LOAD', texts.lua)) as string
  })
  const server = redis.url.startsWith('/') ? ['-s', redis.url] : ['-u', redis.url]
  const load = ['-n', orders, '-c', CONNECTIONS, '-P', PIPELINE, '-r', IDS, '--csv'].map(String)
  const { status, stdout, stderr } = spawnSync(path, [...server, ...load, 'EVALSHA', digest, ...texts.args], {
    encoding: 'utf8',
    timeout: 120_000,
    env: libraryEnvironment(libraryFolders),
  })
  const perSec = Number(/^"EVALSHA[^"]*","([\d.]+)"/m.exec(stdout)?.[1])
  if (status !== 0 || Number.isNaN(perSec)) throw new Error(`redis-benchmark: ${stderr}${stdout}`)
  return { perSec, orders }
}

/** Removes every key of the run. */
export async function clearRedis(redis: StartedRedis): Promise<void> {
  await withRedis(redis, async (client) => {
    for await (const keys of client.scanStream({ match: `${redis.keyPrefix}*`, count: 1_000 })) {
      if ((keys as string[]).length > 0) await client.unlink(...(keys as string[]))
    }
  })
}

async function withRedis<T>(redis: StartedRedis, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url)
  try {
    return await use(client)
  } finally {
    client.disconnect()
  }
}
