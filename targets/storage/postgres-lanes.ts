/**
 * A few Postgres connections, each of which carries several statements at once, one behind the other (pipelining). While
 * the server commits one, the next already lies in its socket: neither waits for the way there and back. Each statement
 * is a transaction of its own, so that one that fails takes no other with it.
 * Few connections: on a hot row they only stand in line for its lock. Few statements in each: what has been sent can't
 * be taken back, and if the connection breaks nobody knows what became of any of them.
 */
import type { Attempt } from '../strategies/buy.ts'
import { PostgresPool, type PostgresSettings, type Queries, type Row, type Statement } from './postgres.ts'
import { StoreFailure } from './store-failure.ts'

export interface LaneBounds {
  readonly connections: number
  /** Under way at once on each. */
  readonly statements: number
}

/** What is to be sent; null: nothing any more. */
export type Sending = readonly [statement: Statement, values: readonly unknown[]] | null

/** A connection for as long as statements are under way on it. */
interface Shared {
  readonly queries: Promise<Queries>
  readonly letGo: () => void
  underWay: number
}

export class PostgresLanes {
  readonly #pool: PostgresPool
  readonly #lanes: (Shared | null)[]
  readonly #bound: number
  #underWay = 0
  readonly #waiting: (() => void)[] = []
  readonly #waited: (ms: number) => void

  constructor({ waited, ...settings }: PostgresSettings, { connections, statements }: LaneBounds) {
    // The pool's own connections are held for many statements: what each of those waits is known here alone.
    this.#waited = waited ?? (() => {})
    this.#pool = new PostgresPool(settings, connections, { pipeline: true })
    this.#lanes = Array.from({ length: connections }, () => null)
    this.#bound = connections * statements
  }

  /** The first row of a statement that may sell; null if the attempt was given up before it was sent. */
  async sell(statement: Statement, values: readonly unknown[], attempt: Attempt): Promise<Row | null> {
    const rows = await this.query(() => (attempt.begin() ? [statement, values] : null))
    return rows[0] ?? null
  }

  /** `prepare` is asked right before the sending. No rows if there was nothing to send. */
  async query(prepare: () => Sending): Promise<readonly Row[]> {
    const askedAtMs = performance.now()
    // Whoever waits takes the place of one that ends, which is not given up in between.
    if (this.#underWay === this.#bound) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#underWay += 1
    const lane = this.#emptiest()
    const shared = (this.#lanes[lane] ??= this.#share())
    shared.underWay += 1
    try {
      const queries = await shared.queries
      this.#waited(performance.now() - askedAtMs)
      const sending = prepare()
      return sending === null ? [] : await queries.query(...sending)
    } catch (error) {
      // A connection that may be broken is for nobody else; those who share it learn of it by their own statements.
      const isSound = error instanceof StoreFailure && error.sqlState !== null && error.effect === 'none'
      if (!isSound && this.#lanes[lane] === shared) this.#lanes[lane] = null
      throw error
    } finally {
      shared.underWay -= 1
      if (shared.underWay === 0) {
        if (this.#lanes[lane] === shared) this.#lanes[lane] = null
        shared.letGo()
      }
      const next = this.#waiting.shift()
      if (next === undefined) this.#underWay -= 1
      else next()
    }
  }

  async stop(): Promise<void> {
    await this.#pool.stop()
  }

  #emptiest(): number {
    let best = 0
    for (let lane = 1; lane < this.#lanes.length; lane++) {
      if ((this.#lanes[lane]?.underWay ?? 0) < (this.#lanes[best]?.underWay ?? 0)) best = lane
    }
    return best
  }

  #share(): Shared {
    let letGo: () => void = () => {}
    const over = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const queries = new Promise<Queries>((resolve, reject) => {
      this.#pool
        .hold(async (connection) => {
          resolve(connection)
          await over
        })
        .catch(reject)
    })
    return { queries, letGo, underWay: 0 }
  }
}
