/**
 * What a Postgres has counted of its work, since it counts: by pg_stat_statements, which is exact at once, where
 * pg_stat_database and pg_stat_wal hear of a session's work up to ten seconds after it. Read over a connection that is
 * opened for it and closed. It makes nothing in the database: where the extension isn't there, nothing is counted.
 */
import { isOwnQuery, OWN_QUERY } from '../../core/own-query.ts'
import { leavePostgres, quietPostgres } from './store-connections.ts'

export interface SqlCounts {
  readonly statements: readonly CountedStatement[]
  /** Of the whole server. */
  readonly walBytes: number
  /** How often statements were thrown out for want of room. */
  readonly forgotten: number
  /** When somebody set everything to zero last. */
  readonly resetAt: string
  /** Whether it counts what functions run. */
  readonly countsNested: boolean
}

export interface CountedStatement {
  readonly text: string
  readonly isNested: boolean
  readonly calls: number
  readonly rows: number
  readonly walRecords: number
}

const ABOUT = `${OWN_QUERY}
  SELECT current_setting('pg_stat_statements.track', true) AS track, (
    SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements') AS schema`

/** Where a Postgres is, and what of its work is meant. */
export interface SqlSource {
  readonly url: string
  /** Of the run, to be left out of the texts; null: it has none there. */
  readonly schema: string | null
  /** Statements of all users of the database, not of the URL's alone. */
  readonly ofAllUsers: boolean
}

/** Of this database alone. */
const statementsIn = (schema: string, ofAllUsers: boolean): string => `${OWN_QUERY}
  SELECT query AS text, NOT toplevel AS "isNested", calls::float8, rows::float8, wal_records::float8 AS "walRecords"
  FROM ${schema}.pg_stat_statements
  WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (${ofAllUsers} OR userid = (SELECT oid FROM pg_roles WHERE rolname = current_user))`

const wholeIn = (schema: string): string => `${OWN_QUERY}
  SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS "walBytes",
    dealloc::float8 AS forgotten, stats_reset::text AS "resetAt"
  FROM ${schema}.pg_stat_statements_info`

interface Whole {
  readonly walBytes: number
  readonly forgotten: number
  readonly resetAt: string
}

/** Or why there are none, in a sentence. Doesn't throw. */
export async function readSqlCounts({ url, schema: runSchema, ofAllUsers }: SqlSource): Promise<SqlCounts | string> {
  const client = quietPostgres(url, 'doorbuster-work')
  try {
    await client.connect()
    const { track, schema } = (await client.query<{ track: string | null; schema: string | null }>(ABOUT)).rows[0]!
    if (schema === null) return 'SQL is not counted: the database has no extension pg_stat_statements'
    if (track === 'none') return 'SQL is not counted: pg_stat_statements.track is none'
    const [whole] = (await client.query<Whole>(wholeIn(schema))).rows
    const { rows } = await client.query<CountedStatement>(statementsIn(schema, ofAllUsers))
    const statements = rows
      .filter(({ text }) => text !== null && !isOwnQuery(text))
      .map((row) => ({ ...row, text: statementText(row.text, runSchema) }))
    return { ...whole!, statements, countsNested: track === 'all' }
  } catch (error) {
    return `SQL is not counted: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    await leavePostgres(client)
  }
}

/** On one line, without the name of the run's schema, which is another one each time. */
export function statementText(text: string, schema: string | null): string {
  const named = schema === null ? text : text.replaceAll(`"${schema}".`, '').replaceAll(`${schema}.`, '')
  return named
    .replaceAll(/\s+/g, ' ')
    .replace(/[ ;]+$/, '')
    .trimStart()
}
