/**
 * A small pool of Postgres connections in the schema of the run, and prepared statements over them.
 * Small on purpose: on a hot row two to four connections sell most, and 64 half as much, since every commit wakes all
 * who wait for its lock. A statement must not raise for an expected outcome: the pool throws such a connection away.
 */
import { DatabaseError, Pool, type PoolClient } from 'pg'
import type { Attempt } from '../strategies/buy.ts'
import { withSessionSettings } from './connection-url.ts'
import { StoreFailure } from './store-failure.ts'

export interface PostgresSettings {
  readonly url: string
  /** A checked identifier: lower-case letters, digits, underscores. */
  readonly schema: string
  readonly synchronousCommit: 'on' | 'off'
  /** Told what each query waited for a connection, ms. */
  readonly waited?: (ms: number) => void
}

/** A prepared statement; `text` is constant and never holds input. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export type Row = readonly unknown[]

export interface Queries {
  query(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>
}

/** How long a request may wait for a connection, ms; by then the server has long given it up. */
const CONNECTION_WAIT_MS = 5_000

export class PostgresPool implements Queries {
  readonly #pool: Pool
  readonly #waited: (ms: number) => void

  /** `pipeline`: a connection takes a statement while another is under way on it. */
  constructor(settings: PostgresSettings, maxConnections: number, { pipeline = false } = {}) {
    this.#waited = settings.waited ?? (() => {})
    this.#pool = new Pool({
      pipeline,
      connectionString: withSessionSettings(settings.url, {
        search_path: settings.schema,
        synchronous_commit: settings.synchronousCommit,
      }),
      max: maxConnections,
      min: maxConnections,
      connectionTimeoutMillis: CONNECTION_WAIT_MS,
      idleTimeoutMillis: 0,
      keepAlive: true,
      application_name: 'doorbuster-target',
    })
    // A connection that dies is replaced when next needed, and whoever used it learns of it by the query. Without these
    // listeners, of the idle ones and of those in use, it would end the process.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** Rows as arrays. For statements that sell nothing. */
  query(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.hold((connection) => connection.query(statement, values))
  }

  /** The first row of a statement that may sell; null if the attempt was given up while it waited for a connection. */
  sell(statement: Statement, values: readonly unknown[], attempt: Attempt): Promise<Row | null> {
    return this.hold(async (connection) =>
      attempt.begin() ? ((await connection.query(statement, values))[0] ?? null) : null,
    )
  }

  /** Several statements on one connection. */
  async hold<Value>(work: (connection: Queries) => Promise<Value>): Promise<Value> {
    const client = await this.#connect()
    const connection = new Connection(client)
    try {
      return await work(connection)
    } finally {
      client.release(connection.broken)
    }
  }

  async stop(): Promise<void> {
    await this.#pool.end()
  }

  async #connect(): Promise<PoolClient> {
    const askedAtMs = performance.now()
    try {
      const client = await this.#pool.connect()
      this.#waited(performance.now() - askedAtMs)
      return client
    } catch (error) {
      throw new StoreFailure('postgres', 'none', error)
    }
  }
}

class Connection implements Queries {
  readonly #client: PoolClient
  /** Its state is not known: it is not to be used again. */
  broken = false

  constructor(client: PoolClient) {
    this.#client = client
  }

  async query(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return (await this.#client.query({ ...statement, values: values as unknown[], rowMode: 'array' })).rows
    } catch (error) {
      const sqlState = error instanceof DatabaseError ? (error.code ?? null) : null
      const rolledBack = isRolledBack(sqlState)
      this.broken ||= !rolledBack
      throw new StoreFailure('postgres', rolledBack ? 'none' : 'unknown', error, sqlState)
    }
  }
}

/**
 * An error that the server reports with a SQLSTATE has rolled its transaction back, but for those that end the
 * connection (class 57P: shutdown, crash; class 08), which may come after the commit record was written.
 */
function isRolledBack(sqlState: string | null): boolean {
  return sqlState !== null && !sqlState.startsWith('57P') && !sqlState.startsWith('08')
}
