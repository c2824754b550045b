/** A Postgres of the user's own. All values come as text, as the server writes them: bigint and numeric are exact. */
import { Client, type QueryArrayResult } from 'pg'
import { bindStatement } from '../../core/bind-statement.ts'
import type { TextTemplate } from '../../core/buyer-protocol.ts'
import type { TemplateValue } from '../../core/fill-template.ts'
import { OWN_NAME, OWN_QUERY, ownQuery } from '../../core/own-query.ts'
import type { SqlRows, SqlSession } from '../../core/target-access.ts'
import { displayUrl } from './display-url.ts'
import { storeFailed } from './failure.ts'
import type { SqlAccess } from './sql-access.ts'

const CONNECT_TIMEOUT_MS = 10_000
const STATEMENT_TIMEOUT_MS = 120_000
const ROWS_PER_FETCH = 10_000
/** NOT DEFERRABLE changes nothing: hardly anybody else writes it, and so it is counted apart from what others begin. */
const BEGIN_READING = `${OWN_QUERY} BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY, NOT DEFERRABLE`

const AS_TEXT = { getTypeParser: () => (text: string) => text }

export async function openPostgres({ url, mode, valuesOf, redact }: SqlAccess): Promise<SqlSession> {
  const where = displayUrl(url)
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      throw storeFailed(where, cause, redact)
    }
  }
  const client = await guarded(async () => {
    const made = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      application_name: 'doorbuster',
    })
    // A connection that breaks fails the query under way; without a listener it would end the process as well.
    made.on('error', () => undefined)
    await made.connect()
    return made
  })
  const ask = async (text: string, parameters: readonly TemplateValue[] = []): Promise<SqlRows> => {
    const query = { text, values: [...parameters], rowMode: 'array' as const, types: AS_TEXT }
    return rowsOf(await client.query<string[]>(query))
  }
  const close = async (): Promise<void> => {
    await client.end().catch(() => undefined)
  }
  try {
    if (mode === 'read') await guarded(() => ask(BEGIN_READING))
  } catch (error) {
    await close()
    throw error
  }
  const bind = (statement: TextTemplate, values: Parameters<typeof valuesOf>[0]) =>
    bindStatement(statement, 'postgres', valuesOf(values))
  return {
    query: (statement, values) =>
      guarded(() => {
        const { text, parameters } = bind(statement, values)
        return ask(ownQuery(text), parameters)
      }),
    stream: (query, values, onRows) =>
      guarded(async () => {
        const { text, parameters } = bind(query, values)
        await ask(`DECLARE ${OWN_NAME} NO SCROLL CURSOR FOR ${ownQuery(text)}`, parameters)
        let count = 0
        for (;;) {
          const part = await ask(`FETCH ${ROWS_PER_FETCH} FROM ${OWN_NAME}`)
          if (part.rows.length > 0 || count === 0) onRows(part)
          count += part.rows.length
          if (part.rows.length < ROWS_PER_FETCH) break
        }
        await ask(`CLOSE ${OWN_NAME}`)
        return count
      }),
    [Symbol.asyncDispose]: close,
  }
}

/** Several statements in one text have several results: the last one counts. */
function rowsOf(answer: QueryArrayResult<string[]> | readonly QueryArrayResult<string[]>[]): SqlRows {
  const last = Array.isArray(answer) ? (answer as readonly QueryArrayResult<string[]>[]).at(-1) : answer
  const { fields, rows } = last as QueryArrayResult<string[]>
  return { columns: fields.map(({ name }) => name), rows }
}
