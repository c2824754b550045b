/** Redis in a container: the official image, or one that takes the same arguments. */
import { randomBytes } from 'node:crypto'
import type { Provider, ServiceRun } from '../provider.ts'
import { redisArgs } from '../server/benchmark-settings.ts'
import { keyPrefixOf } from '../server/redis-connection.ts'
import { readyRedis } from '../server/redis-server.ts'
import type { StartedRedis } from '../service.ts'
import { startContainer } from './container.ts'
import type { Engine } from './engine.ts'
import { findInDocker } from './find-store.ts'
import { inContainer } from './record.ts'

export const dockerRedis: Provider<StartedRedis> = {
  name: 'docker',
  find: (env) => findInDocker('redis', env, start),
}

const PORT = 6379
/** The official image's own folder, which it works in and gives to its user. */
const TMPFS = '/data'
const PASSWORD_BYTES = 24

async function start(run: ServiceRun, engine: Engine, image: string): Promise<StartedRedis> {
  const password = randomBytes(PASSWORD_BYTES).toString('hex')
  const server = await startContainer(
    {
      store: 'redis',
      image,
      command: ['redis-server', ...redisArgs(run.settings, { requirepass: password })],
      environment: {},
      port: PORT,
      dataFolder: TMPFS,
    },
    engine,
    run,
  )
  const url = `redis://:${password}@127.0.0.1:${server.publishedPort}/0`
  const ready = await readyRedis(server, { url, keyPrefix: keyPrefixOf(run.runId), provider: 'docker' })
  return { ...ready, record: inContainer(ready.record, image) }
}
