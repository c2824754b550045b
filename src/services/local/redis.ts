/** Redis or Valkey as it is installed on this machine. A server of its own is started, whatever runs there already. */
import { spawnSync } from 'node:child_process'
import type { Finding, Provider } from '../provider.ts'
import { keyPrefixOf } from '../server/redis-connection.ts'
import { libraryEnvironment, type RedisPrograms, startRedisServer } from '../server/redis-server.ts'
import type { Environment, StartedRedis } from '../service.ts'
import { versionNumber, versionProblem } from '../version.ts'
import { findOnPath } from './search-path.ts'
import { IN_OWN_SESSION } from '../own-session.ts'

export const localRedis: Provider<StartedRedis> = {
  name: 'local',
  find: (env) => Promise.resolve(find(env)),
}

const REMEDY = 'Install Redis or Valkey (Debian, Ubuntu: apt-get install redis-server), or name a server in REDIS_URL.'

function find(env: Environment): Finding<StartedRedis> {
  const server = findOnPath(['redis-server', 'valkey-server'], env)
  if (server === null) return { found: false, missing: 'no redis-server or valkey-server on the PATH', remedy: REMEDY }
  const tried = tryRedis({ server, libraryFolders: [] })
  if ('problem' in tried) return { found: false, missing: `${server}: ${tried.problem}`, remedy: REMEDY }
  const { programs } = tried
  return {
    found: true,
    readVersion: () => Promise.resolve(versionNumber(programs.version)),
    where: server,
    start: ({ folder, settings, runId }) =>
      startRedisServer({ provider: 'local', programs, folder, settings, keyPrefix: keyPrefixOf(runId) }),
  }
}

const TRY_FOR_MS = 10_000

export type RedisTried = { readonly programs: RedisPrograms } | { readonly problem: string }

/** Runs it with `--version`: a server whose libraries are missing is found out here. */
export function tryRedis(candidate: Omit<RedisPrograms, 'version'>): RedisTried {
  const result = spawnSync(candidate.server, ['--version'], {
    ...IN_OWN_SESSION,
    env: libraryEnvironment(candidate.libraryFolders),
    encoding: 'utf8',
    timeout: TRY_FOR_MS,
    killSignal: 'SIGKILL',
  })
  if (result.error) return { problem: result.error.message }
  const output = `${result.stdout}${result.stderr}`.trim()
  const problem = result.status === 0 ? versionProblem('redis', output) : `it does not run: ${output}`
  return problem === null ? { programs: { ...candidate, version: output } } : { problem }
}
