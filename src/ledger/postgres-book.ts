/**
 * What Postgres holds of the sales of one step, read under one snapshot that lives no longer than the reading: an open snapshot keeps
 * dead versions of the hot stock row alive, and would slow the next step down. Rows come through a cursor.
 */
import { Client, escapeIdentifier } from 'pg'
import type { Books } from '../core/catalogue.ts'
import type { LedgerOrder } from '../core/ledger.ts'
import { type BySku, ordersOf, unreadable } from './unreadable.ts'

export interface PostgresPlace {
  readonly url: string
  readonly schema: string
  /** A connection that is open, and stays so; absent: one is made for the reading. */
  readonly kept?: Client
}

export interface PostgresBook {
  readonly orders: readonly LedgerOrder[]
  /** null when the stock doesn't stand here, or the table has no row of this sale. */
  readonly stock: Stock | null
}

interface Stock {
  readonly initial: number
  readonly remaining: number
}

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 60_000
const ROWS_PER_FETCH = 20_000

/** Throws HarnessError SERVICE_FAILED. */
export async function readPostgresBooks(
  place: PostgresPlace,
  books: Books,
  skus: readonly string[],
): Promise<BySku<PostgresBook>> {
  const client = place.kept ?? createLedgerClient(place.url)
  try {
    if (place.kept === undefined) await client.connect()
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const stock =
      books.stock.store === 'postgres'
        ? await readStock(client, place, books.stock.table, skus)
        : new Map<string, never>()
    const orders = await readOrders(client, place, books.ordersTable, skus)
    await client.query('COMMIT')
    return new Map(skus.map((sku) => [sku, { orders: orders.get(sku) ?? [], stock: stock.get(sku) ?? null }]))
  } catch (cause) {
    throw unreadable('Postgres', ordersOf(skus), cause)
  } finally {
    if (place.kept === undefined) await client.end().catch(() => undefined)
  }
}

/** Not connected yet. */
export function createLedgerClient(url: string): Client {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  })
  // A connection that breaks fails the query under way; without a listener it would end the process as well.
  client.on('error', () => undefined)
  return client
}

/** Several rows of one SKU are segments of one stock. */
async function readStock(
  client: Client,
  place: PostgresPlace,
  table: string,
  skus: readonly string[],
): Promise<BySku<Stock>> {
  const { rows } = await client.query<{ sku: string; initial: string; remaining: string }>(
    `SELECT sku, sum(initial)::text AS initial, sum(remaining)::text AS remaining
       FROM ${tableName(place, table)} WHERE sku = ANY($1::text[]) GROUP BY sku`,
    [skus],
  )
  return new Map(
    rows.map(({ sku, initial, remaining }) => [sku, { initial: Number(initial), remaining: Number(remaining) }]),
  )
}

/** One pass over the table, however many SKUs. */
async function readOrders(
  client: Client,
  place: PostgresPlace,
  table: string,
  skus: readonly string[],
): Promise<BySku<LedgerOrder[]>> {
  await client.query(
    `DECLARE audited CURSOR FOR
       SELECT sku, order_id::text, request_id::text, user_id::text, quantity::text
         FROM ${tableName(place, table)} WHERE sku = ANY($1::text[])`,
    [skus],
  )
  const orders = new Map<string, LedgerOrder[]>(skus.map((sku) => [sku, []]))
  for (;;) {
    const { rows } = await client.query<[string, string, string | null, string | null, string]>({
      text: `FETCH ${ROWS_PER_FETCH} FROM audited`,
      rowMode: 'array',
    })
    for (const [sku, orderId, requestId, userId, quantity] of rows) {
      orders.get(sku)!.push({ orderId, requestId, userId, quantity: Number(quantity), durable: true })
    }
    if (rows.length < ROWS_PER_FETCH) return orders
  }
}

function tableName(place: PostgresPlace, table: string): string {
  return `${escapeIdentifier(place.schema)}.${escapeIdentifier(table)}`
}
