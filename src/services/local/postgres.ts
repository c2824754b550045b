/**
 * PostgreSQL as it is installed on this machine: on the PATH, or in the folder in which Debian keeps each version and
 * puts none of it on the PATH. The newest is taken.
 */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Finding, Provider } from '../provider.ts'
import { startPostgresServer } from '../server/postgres-server.ts'
import { schemaNameOf } from '../server/postgres-schema.ts'
import type { PostgresPrograms } from '../server/postgres-template.ts'
import { runAsServerUser } from '../server/server-user.ts'
import type { Environment, StartedPostgres } from '../service.ts'
import { compareVersions, parseVersion, versionNumber, versionProblem } from '../version.ts'
import { findOnPath, isExecutable, resolved } from './search-path.ts'

export const localPostgres: Provider<StartedPostgres> = {
  name: 'local',
  find: (env) => Promise.resolve(find(env)),
}

const DEBIAN_FOLDER = '/usr/lib/postgresql'
const REMEDY = 'Install PostgreSQL (Debian, Ubuntu: apt-get install postgresql), or use --services embedded.'

function find(env: Environment): Finding<StartedPostgres> {
  const candidates = candidateFolders(env).map(tryFolder)
  const usable = candidates.filter((candidate) => typeof candidate !== 'string').sort(newestFirst)
  const programs = usable[0]
  if (!programs)
    return { found: false, missing: missing(candidates.filter((c) => typeof c === 'string')), remedy: REMEDY }
  return {
    found: true,
    readVersion: () => Promise.resolve(versionNumber(programs.version)),
    where: programs.postgres,
    start: ({ folder, settings, runId, env }) =>
      startPostgresServer({ provider: 'local', programs, folder, settings, schema: schemaNameOf(runId), env }),
  }
}

function missing(problems: readonly string[]): string {
  return problems.length === 0 ? `no postgres on the PATH or in ${DEBIAN_FOLDER}` : problems.join('; ')
}

/** Programs are started from where they really stand: Postgres finds its libraries from there. */
function candidateFolders(env: Environment): string[] {
  const onPath = findOnPath(['postgres'], env)
  const folders = [...(onPath === null ? [] : [dirname(resolved(onPath))]), ...debianFolders()]
  return [...new Set(folders)].filter((folder) => isExecutable(join(folder, 'postgres')))
}

function debianFolders(): string[] {
  try {
    return readdirSync(DEBIAN_FOLDER).map((version) => join(DEBIAN_FOLDER, version, 'bin'))
  } catch {
    return []
  }
}

/** A sentence when it can't be used. */
function tryFolder(folder: string): PostgresPrograms | string {
  const postgres = join(folder, 'postgres')
  const initdb = join(folder, 'initdb')
  if (!isExecutable(initdb)) return `${folder} holds no initdb`
  const tried = runAsServerUser(postgres, ['--version'])
  if (!tried.ok) return `${postgres} does not run: ${tried.output}`
  const problem = versionProblem('postgres', tried.output)
  return problem === null ? { postgres, initdb, version: tried.output } : `${postgres}: ${problem}`
}

function newestFirst(a: PostgresPrograms, b: PostgresPrograms): number {
  return compareVersions(parseVersion(b.version) ?? [0, 0], parseVersion(a.version) ?? [0, 0])
}
