/**
 * The auditor: reads what was really sold in the sales of one step from the stores themselves, by queries and connections of its own.
 * It shares no line with the targets it audits: an auditor that uses the cashier's own book finds nothing.
 */
import type { Books } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import { mergeOrders } from './merge-orders.ts'
import { type PostgresBook, type PostgresPlace, readPostgresBooks } from './postgres-book.ts'
import { type RedisBook, type RedisPlace, readRedisBooks } from './redis-book.ts'
import type { BySku } from './unreadable.ts'

/** One sale alone. */
export interface LedgerRequest extends Omit<LedgersRequest, 'skus' | 'shownAfterSettling'> {
  readonly sku: string
  readonly shownAfterSettling: number | null
}

export interface LedgersRequest {
  readonly postgres: PostgresPlace | null
  readonly redis: RedisPlace | null
  readonly books: Books
  readonly skus: readonly string[]
  readonly stepIndex: number
  /** Whether the target said that nothing is pending any more. */
  readonly settled: boolean
  /** What the target's own read showed of each SKU after that; null if it gave no answer. */
  readonly shownAfterSettling: readonly (number | null)[]
}

/**
 * Reads all of them, in the order of their SKUs. The stream is read before the table: an order that is drained in between is found in both and counts
 * once; the other way round it could be missed in both.
 * Throws HarnessError SERVICE_FAILED when a store that the books name can't be read.
 */
export async function readLedgers(request: LedgersRequest): Promise<LedgerSnapshot[]> {
  const { books, skus, stepIndex, settled, shownAfterSettling } = request
  const redisBooks = needsRedis(books) ? await readRedis(request) : null
  const postgresBooks = await readPostgres(request)
  const takenAt = new Date().toISOString()
  return skus.map((sku, index) => {
    const postgres = postgresBooks.get(sku)!
    const redis = redisBooks?.get(sku)
    return {
      source: describeSource(books),
      stepIndex,
      sku,
      initialStock: postgres.stock?.initial ?? null,
      remainingStock: books.stock.store === 'redis' ? (redis?.remaining ?? null) : (postgres.stock?.remaining ?? null),
      orders: mergeOrders(postgres.orders, redis?.orders ?? []),
      settled,
      shownAfterSettling: shownAfterSettling[index] ?? null,
      takenAt,
    }
  })
}

/** Likewise, for one sale. */
export async function readLedger({ sku, shownAfterSettling, ...request }: LedgerRequest): Promise<LedgerSnapshot> {
  const ledgers = await readLedgers({ ...request, skus: [sku], shownAfterSettling: [shownAfterSettling] })
  return ledgers[0]!
}

function needsRedis(books: Books): boolean {
  return books.stream !== null || books.stock.store === 'redis'
}

function readPostgres({ postgres, books, skus }: LedgersRequest): Promise<BySku<PostgresBook>> {
  if (postgres === null) throw missing('Postgres')
  return readPostgresBooks(postgres, books, skus)
}

function readRedis({ redis, books, skus }: LedgersRequest): Promise<BySku<RedisBook>> {
  if (redis === null) throw missing('Redis')
  return readRedisBooks(redis, books, skus)
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
