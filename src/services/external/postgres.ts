/**
 * A Postgres that somebody else runs. Works in a schema of its own, which bears a token as its comment; what doesn't
 * bear it is never dropped. Settings of the server are left alone: each connection of the target asks for its own, and
 * the record shows them as such a connection has them.
 */
import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import { HarnessError } from '../../core/errors.ts'
import type { ServiceRecord } from '../../core/run-record.ts'
import type { ForeignEntry } from '../owned/owner-file.ts'
import type { Finding, Provider, ServiceRun } from '../provider.ts'
import { withClient } from '../server/postgres-server.ts'
import { createSchema, dropSchema, readPostgresRecord, schemaNameOf } from '../server/postgres-schema.ts'
import type { Environment, StartedPostgres } from '../service.ts'
import { versionProblem } from '../version.ts'
import { type ExternalUrl, externalUrl } from './url.ts'
import { unreachable } from './unreachable.ts'

export const externalPostgres: Provider<StartedPostgres> = {
  name: 'external',
  find: (env) => Promise.resolve(find(env)),
}

function find(env: Environment): Finding<StartedPostgres> {
  const named = externalUrl('postgres', env)
  if (!named) {
    return {
      found: false,
      missing: 'DATABASE_URL is not set',
      remedy: 'export DATABASE_URL=postgresql://user:password@host:5432/database',
    }
  }
  return {
    found: true,
    readVersion: async () => (await connected(named, (client) => readUsable(client, named))).version,
    where: named.where,
    start: (run) => start(named, run),
  }
}

/** Throws SERVICE_UNAVAILABLE when it is too old. */
async function readUsable(client: Client, named: ExternalUrl): Promise<ServiceRecord> {
  const record = await readPostgresRecord(client, 'external')
  const problem = versionProblem('postgres', record.version)
  if (problem === null) return record
  throw new HarnessError('SERVICE_UNAVAILABLE', { message: `Postgres at ${named.where}: ${problem}` })
}

async function start(named: ExternalUrl, run: ServiceRun): Promise<StartedPostgres> {
  const schema = schemaNameOf(run.runId)
  const entry: ForeignEntry = {
    store: 'postgres',
    urlDigest: named.digest,
    name: schema,
    token: `doorbuster ${randomUUID()}`,
  }
  const forget = run.folder.ownForeign(entry)
  try {
    const record = await connected(named, async (client) => {
      await client.query(`SET synchronous_commit = ${run.settings.synchronousCommit}`)
      const found = await readUsable(client, named)
      await createSchema(client, schema, entry.token)
      return found
    })
    return {
      url: named.url,
      schema,
      record,
      resources: () => Promise.resolve(null),
      [Symbol.asyncDispose]: async () => {
        await removeForeignSchema(named, entry)
        forget()
      },
    }
  } catch (error) {
    forget()
    throw error
  }
}

/** Also of a run that died. Leaves a schema that doesn't bear the entry's token. */
export async function removeForeignSchema(named: ExternalUrl, entry: ForeignEntry): Promise<void> {
  await connected(named, (client) => dropSchema(client, entry.name, entry.token))
}

async function connected<T>(named: ExternalUrl, use: Parameters<typeof withClient<T>>[1]): Promise<T> {
  try {
    return await withClient(named.url, use)
  } catch (cause) {
    throw unreachable('postgres', named.where, cause)
  }
}
