/** The Redis that the set-up unpacked into our cache folder. */
import { tryRedis } from '../local/redis.ts'
import type { Finding, Provider } from '../provider.ts'
import { waysToARedis } from '../remedies.ts'
import { keyPrefixOf } from '../server/redis-connection.ts'
import { startRedisServer } from '../server/redis-server.ts'
import type { Environment, StartedRedis } from '../service.ts'
import { versionNumber } from '../version.ts'
import { unpackedRedis, unpackedRedisFolder } from './redis-folder.ts'

export const embeddedRedis: Provider<StartedRedis> = {
  name: 'embedded',
  find: (env) => Promise.resolve(find(env)),
}

function find(env: Environment): Finding<StartedRedis> {
  const unpacked = unpackedRedis(env)
  if (!unpacked) {
    return {
      found: false,
      missing: `none was unpacked into ${unpackedRedisFolder(env)}; the set-up does that on Debian and Ubuntu`,
      remedy: waysToARedis(env),
    }
  }
  const tried = tryRedis(unpacked)
  if ('problem' in tried) {
    return { found: false, missing: `${unpacked.server}: ${tried.problem}`, remedy: waysToARedis(env) }
  }
  const { programs } = tried
  return {
    found: true,
    readVersion: () => Promise.resolve(versionNumber(programs.version)),
    where: programs.server,
    start: ({ folder, settings, runId }) =>
      startRedisServer({ provider: 'embedded', programs, folder, settings, keyPrefix: keyPrefixOf(runId) }),
  }
}
