/** PostgreSQL in a container: the official image, or one that takes the same variables and arguments. */
import { randomBytes } from 'node:crypto'
import type { Provider, ServiceRun } from '../provider.ts'
import { INITDB_SETTINGS, postgresArgs } from '../server/benchmark-settings.ts'
import { schemaNameOf } from '../server/postgres-schema.ts'
import { readyPostgres } from '../server/postgres-server.ts'
import { COUNTING_STATEMENTS } from '../server/statement-statistics.ts'
import type { StartedPostgres } from '../service.ts'
import { startContainer } from './container.ts'
import type { Engine } from './engine.ts'
import { findInDocker } from './find-store.ts'
import { inContainer } from './record.ts'

export const dockerPostgres: Provider<StartedPostgres> = {
  name: 'docker',
  find: (env) => findInDocker('postgres', env, start),
}

const PORT = 5432
/** Not where an image has a volume, of which each release has another: a volume would be on disk, and stay. */
const TMPFS = '/doorbuster'
const PASSWORD_BYTES = 24

async function start(run: ServiceRun, engine: Engine, image: string): Promise<StartedPostgres> {
  const password = randomBytes(PASSWORD_BYTES).toString('hex')
  const server = await startContainer(
    {
      store: 'postgres',
      image,
      command: ['postgres', ...postgresArgs(run.settings, isOfficial(image) ? COUNTING_STATEMENTS : {})],
      environment: {
        POSTGRES_PASSWORD: password,
        POSTGRES_INITDB_ARGS: INITDB_SETTINGS.join(' '),
        PGDATA: `${TMPFS}/data`,
      },
      port: PORT,
      dataFolder: TMPFS,
    },
    engine,
    run,
  )
  // As on a socket of ours, whatever a shell's PGSSLMODE says.
  const url = `postgresql://postgres:${password}@127.0.0.1:${server.publishedPort}/postgres?sslmode=disable`
  const ready = await readyPostgres(server, { url, schema: schemaNameOf(run.runId), provider: 'docker' })
  return { ...ready, record: inContainer(ready.record, image) }
}

/** By its name, whatever registry it is from: others may lack the library, without which the server would not start. */
function isOfficial(image: string): boolean {
  return /(^|\/)postgres(:|@|$)/.test(image)
}
