/**
 * The auditor: reads what was really sold in one sale from the stores themselves, by queries and connections of its own.
 * It shares no line with the targets it audits: an auditor that uses the cashier's own book finds nothing.
 */
import type { Books } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import { mergeOrders } from './merge-orders.ts'
import { type PostgresBook, type PostgresPlace, readPostgresBook } from './postgres-book.ts'
import { type RedisBook, type RedisPlace, readRedisBook } from './redis-book.ts'

export interface LedgerRequest {
  readonly postgres: PostgresPlace | null
  readonly redis: RedisPlace | null
  readonly books: Books
  readonly sku: string
  readonly stepIndex: number
  /** Whether the target said that nothing is pending any more. */
  readonly settled: boolean
  /** What the target's own read showed after that; null if it gave no answer. */
  readonly shownAfterSettling: number | null
}

/**
 * Reads one sale. The stream is read before the table: an order that is drained in between is found in both and counts
 * once; the other way round it could be missed in both.
 * Throws HarnessError SERVICE_FAILED when a store that the books name can't be read.
 */
export async function readLedger(request: LedgerRequest): Promise<LedgerSnapshot> {
  const { books, sku, stepIndex, settled, shownAfterSettling } = request
  const redis = needsRedis(books) ? await readRedis(request) : null
  const postgres = await readPostgres(request)
  return {
    source: describeSource(books),
    stepIndex,
    sku,
    initialStock: postgres.stock?.initial ?? null,
    remainingStock: books.stock.store === 'redis' ? (redis?.remaining ?? null) : (postgres.stock?.remaining ?? null),
    orders: mergeOrders(postgres.orders, redis?.orders ?? []),
    settled,
    shownAfterSettling,
    takenAt: new Date().toISOString(),
  }
}

function needsRedis(books: Books): boolean {
  return books.stream !== null || books.stock.store === 'redis'
}

function readPostgres({ postgres, books, sku }: LedgerRequest): Promise<PostgresBook> {
  if (postgres === null) throw missing('Postgres')
  return readPostgresBook(postgres, books, sku)
}

function readRedis({ redis, books, sku }: LedgerRequest): Promise<RedisBook> {
  if (redis === null) throw missing('Redis')
  return readRedisBook(redis, books, sku)
}

function missing(store: string): HarnessError {
  return new HarnessError('BUG', { message: `the books name ${store}, but the run has none` })
}

/** "postgres orders, redis stream orders, redis stock" */
function describeSource({ ordersTable, stream, stock }: Books): string {
  const parts = [`postgres table ${ordersTable}`]
  if (stream) parts.push(`redis stream ${stream.key}`)
  parts.push(stock.store === 'redis' ? `stock in redis key ${stock.key}` : `stock in postgres table ${stock.table}`)
  return parts.join(', ')
}
