/** The run's own schema in a Postgres, and what that server says of itself. */
import type { Client } from 'pg'
import { HarnessError } from '../../core/errors.ts'
import type { ServiceRecord } from '../../core/run-record.ts'

/** What a reader of a run has to know to judge its figures. */
const RECORDED_SETTINGS = [
  'synchronous_commit',
  'fsync',
  'full_page_writes',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
  'checkpoint_timeout',
  'jit',
  'max_connections',
  'data_checksums',
  'default_transaction_isolation',
  'shared_preload_libraries',
] as const

const DUPLICATE_SCHEMA = '42P06'

/** PostgreSQL cuts names after 63 bytes; two runs must not meet there. */
const LONGEST_NAME = 63

/** Unique as the run's name is: letters, digits and underscores of it, the end kept if it is too long. */
export function schemaNameOf(runId: string): string {
  const prefix = 'doorbuster_'
  const tail = runId.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  return prefix + tail.slice(-(LONGEST_NAME - prefix.length))
}

/** Refuses a schema that is there already: it is somebody else's. `token` is left on it as its comment. */
export async function createSchema(client: Client, schema: string, token?: string): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(`CREATE SCHEMA ${client.escapeIdentifier(schema)}`)
    if (token !== undefined) {
      await client.query(`COMMENT ON SCHEMA ${client.escapeIdentifier(schema)} IS ${client.escapeLiteral(token)}`)
    }
    await client.query('COMMIT')
  } catch (cause) {
    const taken = (cause as { code?: string }).code === DUPLICATE_SCHEMA
    throw new HarnessError('SERVICE_FAILED', {
      message: taken
        ? `the schema ${schema} is there already, so it is not this run's to use`
        : `the schema ${schema} can't be made: ${(cause as Error).message}`,
      hint: taken ? 'Give the run another name.' : 'The user of DATABASE_URL needs CREATE on the database.',
      cause,
    })
  }
}

/** Drops the schema only if it bears the token; false if it is there and doesn't. */
export async function dropSchema(client: Client, schema: string, token: string): Promise<boolean> {
  const found = await client.query<{ comment: string | null }>(
    `SELECT obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = $1`,
    [schema],
  )
  const row = found.rows[0]
  if (!row) return true
  if (row.comment !== token) return false
  await client.query(`DROP SCHEMA ${client.escapeIdentifier(schema)} CASCADE`)
  return true
}

export async function readPostgresRecord(client: Client, provider: string): Promise<ServiceRecord> {
  const rows = await client.query<{ name: string; value: string }>(
    `SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1)`,
    [['server_version', ...RECORDED_SETTINGS]],
  )
  const values = new Map(rows.rows.map((row) => [row.name, row.value]))
  const settings = RECORDED_SETTINGS.map((name) => [name, values.get(name)] as const)
  return {
    provider,
    version: values.get('server_version') ?? 'unknown',
    settings: Object.fromEntries(
      settings.filter((pair): pair is readonly [(typeof pair)[0], string] => pair[1] !== undefined),
    ),
  }
}
