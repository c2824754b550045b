/**
 * The second deletion of a sale's cache key, some time after each sale, for the reader that was held up between its
 * database read and its cache fill. The queue is a column of the stock row: its entry is committed with the sale itself,
 * and so is neither lost with a process nor made for a sale that was rolled back. A later sale puts the entry off, which
 * is right, since it deletes the key as well.
 * Every instance works the queue; deleting twice is harmless.
 */
import type { PostgresPool } from '../../storage/postgres.ts'
import { pause, type Span } from '../pause.ts'
import type { StockCache } from './stock-cache.ts'

const DUE = {
  name: 'second_deletes_due',
  text: `SELECT sku, second_delete_due_at::text FROM stock WHERE second_delete_due_at <= clock_timestamp()`,
}
const DONE = {
  name: 'second_delete_done',
  text: `UPDATE stock SET second_delete_due_at = NULL WHERE sku = $1 AND second_delete_due_at = $2::timestamptz`,
}
const PENDING = {
  name: 'second_deletes_pending',
  text: 'SELECT count(*)::integer FROM stock WHERE second_delete_due_at IS NOT NULL',
}

const POLL_MS = 50

export class SecondDeletes {
  readonly figures = { secondDeletes: 0, secondDeleteFailures: 0 }
  readonly #pool: PostgresPool
  readonly #cache: StockCache
  readonly #span: Span
  readonly #stopping = new AbortController()
  readonly #finished: Promise<void>

  constructor(pool: PostgresPool, cache: StockCache, span: Span) {
    this.#pool = pool
    this.#cache = cache
    this.#span = span
    this.#finished = this.#work()
  }

  async pending(): Promise<number> {
    return (await this.#pool.query(PENDING, []))[0]![0] as number
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#finished
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await this.#round().catch(() => {
        // A store is down: the entries stay where they are.
        this.figures.secondDeleteFailures += 1
      })
      await pause(this.#span(POLL_MS), signal).catch(() => {})
    }
  }

  async #round(): Promise<void> {
    for (const [sku, dueAt] of await this.#pool.query(DUE, [])) {
      await this.#cache.delete(sku as string)
      await this.#pool.query(DONE, [sku, dueAt])
      this.figures.secondDeletes += 1
    }
  }
}
