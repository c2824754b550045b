/**
 * A Postgres of our own: fresh data folder, the settings that runs are measured with, reachable only through a Unix
 * socket in a folder that its user (and root) alone can enter. That is why it asks for no password.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { HarnessError } from '../../core/errors.ts'
import { LONGEST_SOCKET_PATH } from '../folders.ts'
import { POSTGRES_DATA } from '../owned/owner-file.ts'
import type { RunFolder } from '../owned/run-folder.ts'
import type { Environment, ProviderName, ServiceSettings, StartedPostgres } from '../service.ts'
import { postgresArgs } from './benchmark-settings.ts'
import { makeDataFolder, type PostgresPrograms } from './postgres-template.ts'
import { createSchema, readPostgresRecord } from './postgres-schema.ts'
import { giveToServerUser, otherServerUser } from './server-user.ts'
import { exposeStatements, statementSettings } from './statement-statistics.ts'
import { type RunningServer, spawnServer, untilReady } from './spawn-server.ts'

/** For the socket's name only; nothing listens on a port. */
const PORT = 5432

function onSocketIn(folder: string): Readonly<Record<string, string>> {
  return { listen_addresses: '', unix_socket_directories: folder, port: String(PORT) }
}

export interface PostgresRequest {
  readonly provider: ProviderName
  readonly programs: PostgresPrograms
  readonly folder: RunFolder
  readonly settings: ServiceSettings
  readonly schema: string
  readonly env: Environment
}

export async function startPostgresServer(request: PostgresRequest): Promise<StartedPostgres> {
  const own = request.folder.subfolder('postgres')
  const dataFolder = join(request.folder.path, POSTGRES_DATA)
  const socketFolder = join(own, 'socket')
  makeDataFolder(request.programs, dataFolder, request.env)
  mkdirSync(socketFolder, { mode: 0o700 })
  giveToServerUser(socketFolder)
  checkSocketPath(socketFolder)
  const settings = { ...onSocketIn(socketFolder), ...statementSettings(request.programs.postgres) }
  const server = await spawnServer(
    {
      name: 'postgres',
      file: request.programs.postgres,
      args: ['-D', dataFolder, ...postgresArgs(request.settings, settings)],
      folder: dataFolder,
      user: otherServerUser(),
      logFile: join(own, 'log'),
      // Immediate: the data is thrown away, so nothing needs a checkpoint.
      stopSignal: 'SIGQUIT',
    },
    request.folder,
  )
  const reach = { url: urlOf(socketFolder), schema: request.schema, provider: request.provider }
  return await readyPostgres(server, reach)
}

/** Says all that a shell's PGPORT or PGSSLMODE would say otherwise. */
function urlOf(socketFolder: string): string {
  const parameters = { host: socketFolder, port: String(PORT), user: 'postgres', sslmode: 'disable' }
  return `postgresql:///postgres?${new URLSearchParams(parameters).toString()}`
}

/** Waits until it answers and makes the run's schema; stops the server where that fails. */
export async function readyPostgres(
  server: RunningServer,
  { url, schema, provider }: { readonly url: string; readonly schema: string; readonly provider: ProviderName },
): Promise<StartedPostgres> {
  try {
    await untilReady('postgres', server, () => withClient(url, async (client) => void (await client.query('SELECT 1'))))
    const record = await withClient(url, async (client) => {
      await createSchema(client, schema)
      await exposeStatements(client)
      return readPostgresRecord(client, provider)
    })
    return {
      url,
      schema,
      record,
      resources: server.resources,
      [Symbol.asyncDispose]: server.stop,
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

function checkSocketPath(folder: string): void {
  const path = join(folder, `.s.PGSQL.${PORT}`)
  if (path.length <= LONGEST_SOCKET_PATH) return
  throw new HarnessError('SERVICE_FAILED', {
    message: `${path} is too long for a Unix socket (${path.length} of ${LONGEST_SOCKET_PATH} bytes)`,
    hint: 'Point TMPDIR at a shorter path.',
  })
}

const CONNECT_WITHIN_MS = 5_000

export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  // A connection that breaks while idle is reported by the next query; without a listener it would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await use(client)
  } finally {
    await client.end()
  }
}
