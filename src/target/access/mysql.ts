/** A MySQL or MariaDB of the user's own. Large integers, decimals and dates come as text: nothing is rounded. */
import { isUtf8 } from 'node:buffer'
import { type Connection, createConnection, type FieldPacket } from 'mysql2'
import { bindStatement, type BoundStatement } from '../../core/bind-statement.ts'
import { HarnessError } from '../../core/errors.ts'
import type { SqlCell, SqlRows, SqlSession } from '../../core/target-access.ts'
import { displayUrl } from './display-url.ts'
import { storeFailed } from './failure.ts'
import type { SqlAccess } from './sql-access.ts'

const CONNECT_TIMEOUT_MS = 10_000
/** Without a byte from the server. */
const STATEMENT_TIMEOUT_MS = 120_000
const ROWS_PER_PART = 10_000
const ROWS_READ_AHEAD = 1_000

const READ_ONLY = [
  'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
]

export async function openMysql({ url, mode, valuesOf, redact }: SqlAccess): Promise<SqlSession> {
  const where = displayUrl(url)
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      throw storeFailed(where, cause, redact)
    }
  }
  const connection = await guarded(() => connect(url))
  try {
    if (mode === 'read') for (const text of READ_ONLY) await guarded(() => ask(connection, { text, parameters: [] }))
  } catch (error) {
    connection.destroy()
    throw error
  }
  return {
    query: (statement, values) => guarded(() => ask(connection, bindStatement(statement, 'mysql', valuesOf(values)))),
    stream: (query, values, onRows) =>
      guarded(() => stream(connection, bindStatement(query, 'mysql', valuesOf(values)), onRows)),
    [Symbol.asyncDispose]: () => close(connection),
  }
}

async function connect(url: string): Promise<Connection> {
  const connection = createConnection({
    uri: url.replace(/^mariadb:/, 'mysql:'),
    connectTimeout: CONNECT_TIMEOUT_MS,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    multipleStatements: false,
  })
  // As with Postgres: what breaks fails the query under way.
  connection.on('error', () => undefined)
  try {
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()))
    })
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  }
}

function close(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    connection.end(() => {
      connection.destroy()
      resolve()
    })
  })
}

/** Only what has parameters is prepared: not every statement can be. */
function begin(connection: Connection, { text, parameters }: BoundStatement) {
  const options = { sql: text, rowsAsArray: true, timeout: STATEMENT_TIMEOUT_MS }
  return parameters.length === 0
    ? connection.query(options)
    : connection.execute({ ...options, values: [...parameters] })
}

async function ask(connection: Connection, statement: BoundStatement): Promise<SqlRows> {
  const parts: SqlRows[] = []
  await stream(connection, statement, (part) => parts.push(part))
  return { columns: parts[0]?.columns ?? [], rows: parts.flatMap(({ rows }) => rows) }
}

function stream(connection: Connection, statement: BoundStatement, onRows: (part: SqlRows) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let columns: readonly string[] = []
    let rows: (readonly SqlCell[])[] = []
    let count = 0
    const hand = (): void => {
      onRows({ columns, rows })
      rows = []
    }
    const packets = begin(connection, statement)
    // Tells the names of the columns before the first row, also when there is none; of no rows at all (an UPDATE) nothing.
    packets.on('fields', (fields: readonly FieldPacket[] | undefined) => {
      columns = (fields ?? []).map(({ name }) => name)
    })
    const source = packets.stream({ highWaterMark: ROWS_READ_AHEAD })
    source.on('data', (row: unknown) => {
      // What a statement without a result set answers.
      if (!Array.isArray(row)) return
      try {
        rows.push(row.map((value, index) => cellOf(value, columns[index] ?? String(index))))
        count++
        if (rows.length === ROWS_PER_PART) hand()
      } catch (error) {
        source.destroy()
        reject(error)
      }
    })
    source.once('error', reject)
    source.once('end', () => {
      try {
        if (rows.length > 0 || count === 0) hand()
        resolve(count)
      } catch (error) {
        reject(error)
      }
    })
  })
}

function cellOf(value: unknown, column: string): SqlCell {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (Buffer.isBuffer(value) && isUtf8(value)) return value.toString()
  throw new HarnessError('SERVICE_FAILED', {
    message: `column "${column}" is binary`,
    hint: `Select it as a text: HEX(${column}), or BIN_TO_UUID(${column}).`,
  })
}
