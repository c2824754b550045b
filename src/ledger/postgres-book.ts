/**
 * What Postgres holds of one sale, read under one snapshot that lives no longer than the reading: an open snapshot keeps
 * dead versions of the hot stock row alive, and would slow the next step down. Rows come through a cursor.
 */
import { Client, escapeIdentifier } from 'pg'
import type { Books } from '../core/catalogue.ts'
import type { LedgerOrder } from '../core/ledger.ts'
import { unreadable } from './unreadable.ts'

export interface PostgresPlace {
  readonly url: string
  readonly schema: string
}

export interface PostgresBook {
  readonly orders: readonly LedgerOrder[]
  /** null when the stock doesn't stand here, or the table has no row of this sale. */
  readonly stock: { readonly initial: number; readonly remaining: number } | null
}

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 60_000
const ROWS_PER_FETCH = 20_000

/** Throws HarnessError SERVICE_FAILED. */
export async function readPostgresBook(place: PostgresPlace, books: Books, sku: string): Promise<PostgresBook> {
  const client = new Client({
    connectionString: place.url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  })
  // A connection that breaks fails the query under way; without a listener it would end the process as well.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const stock = books.stock.store === 'postgres' ? await readStock(client, place, books.stock.table, sku) : null
    const orders = await readOrders(client, place, books.ordersTable, sku)
    await client.query('COMMIT')
    return { orders, stock }
  } catch (cause) {
    throw unreadable('Postgres', `orders of ${sku}`, cause)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Several rows of one SKU are segments of one stock. */
async function readStock(
  client: Client,
  place: PostgresPlace,
  table: string,
  sku: string,
): Promise<PostgresBook['stock']> {
  const { rows } = await client.query<{ segments: string; initial: string; remaining: string }>(
    `SELECT count(*)::text AS segments, sum(initial)::text AS initial, sum(remaining)::text AS remaining
       FROM ${tableName(place, table)} WHERE sku = $1`,
    [sku],
  )
  const row = rows[0]!
  return row.segments === '0' ? null : { initial: Number(row.initial), remaining: Number(row.remaining) }
}

async function readOrders(client: Client, place: PostgresPlace, table: string, sku: string): Promise<LedgerOrder[]> {
  await client.query(
    `DECLARE audited CURSOR FOR
       SELECT order_id::text, request_id::text, user_id::text, quantity::text FROM ${tableName(place, table)} WHERE sku = $1`,
    [sku],
  )
  const orders: LedgerOrder[] = []
  for (;;) {
    const { rows } = await client.query<[string, string | null, string | null, string]>({
      text: `FETCH ${ROWS_PER_FETCH} FROM audited`,
      rowMode: 'array',
    })
    for (const [orderId, requestId, userId, quantity] of rows) {
      orders.push({ orderId, requestId, userId, quantity: Number(quantity), durable: true })
    }
    if (rows.length < ROWS_PER_FETCH) return orders
  }
}

function tableName(place: PostgresPlace, table: string): string {
  return `${escapeIdentifier(place.schema)}.${escapeIdentifier(table)}`
}
