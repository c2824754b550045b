/**
 * pg_stat_statements in a Postgres of our own, where its library came with the programs: a run reads there what an order
 * costs. Where it didn't, the server runs without, and nothing of that is counted.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Client } from 'pg'

const LIBRARY = 'pg_stat_statements'

/** Where libraries stand beside a `bin`: Debian's and Homebrew's way, the npm package's, Fedora's. */
const FOLDERS = ['lib', 'lib/postgresql', 'lib64/pgsql', 'lib/pgsql', 'lib64/postgresql']
const ENDINGS = ['.so', '.dylib']

/** Settings of a server that counts statements, those that functions run as well. */
export const COUNTING_STATEMENTS: Readonly<Record<string, string>> = {
  shared_preload_libraries: LIBRARY,
  'pg_stat_statements.track': 'all',
  'pg_stat_statements.max': '10000',
  // Nothing of it outlives the server.
  'pg_stat_statements.save': 'off',
}

/** For the server that `postgres`, a path, starts. Empty where the library isn't there. */
export function statementSettings(postgres: string): Readonly<Record<string, string>> {
  const home = dirname(dirname(postgres))
  const isThere = FOLDERS.some((folder) => ENDINGS.some((end) => existsSync(join(home, folder, LIBRARY + end))))
  return isThere ? COUNTING_STATEMENTS : {}
}

/** In the schema `public`, which outlives the run's own. Without effect where the server doesn't load the library. */
export async function exposeStatements(client: Client): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_available_extensions
     WHERE name = $1 AND current_setting('shared_preload_libraries') LIKE '%' || $1 || '%'`,
    [LIBRARY],
  )
  if (rowCount === 1) await client.query(`CREATE EXTENSION IF NOT EXISTS ${LIBRARY} SCHEMA public`)
}
