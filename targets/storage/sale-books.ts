/**
 * The books of a sale in Postgres, as every strategy keeps them that has its stock there: opening, closing, the stock,
 * and the one look at everything that decides a buy.
 */
import type { Books } from '../../src/core/catalogue.ts'
import type { BuyRequest, BuyResult, SaleTerms } from '../strategies/buy.ts'
import type { Queries, Row } from './postgres.ts'

export const POSTGRES_BOOKS: Books = {
  ordersTable: 'orders',
  stock: { store: 'postgres', table: 'stock' },
  stream: null,
}

const OPEN = {
  name: 'open',
  text: `INSERT INTO stock (sku, initial, remaining, per_user_limit) VALUES ($1, $2, $2, $3)
         ON CONFLICT (sku) DO NOTHING RETURNING sku`,
}
const CLOSE = { name: 'close', text: 'UPDATE stock SET closed = true WHERE sku = $1 RETURNING sku' }
const STOCK = { name: 'stock', text: 'SELECT remaining FROM stock WHERE sku = $1' }
const PROBE = { name: 'probe', text: 'SELECT 1' }

export async function openSale(postgres: Queries, terms: SaleTerms): Promise<'opened' | 'exists'> {
  const rows = await postgres.query(OPEN, [terms.sku, terms.stock, terms.perUserLimit])
  return rows.length === 1 ? 'opened' : 'exists'
}

export async function closeSale(postgres: Queries, sku: string): Promise<boolean> {
  return (await postgres.query(CLOSE, [sku])).length === 1
}

export async function readStock(postgres: Queries, sku: string): Promise<number | null> {
  const row = (await postgres.query(STOCK, [sku]))[0]
  return row === undefined ? null : (row[0] as number)
}

export async function probePostgres(postgres: Queries): Promise<void> {
  await postgres.query(PROBE, [])
}

/**
 * Everything that decides a buy, in one statement and so in one snapshot: a twin's commit that took the last unit is
 * seen together with the twin's order, and a retry is never told "sold out" of its own sale.
 * $1 request id, $2 user, $3 SKU. The columns are in the order of {@link Picture}.
 */
export const PICTURE_COLUMNS = `s.remaining, s.version, s.per_user_limit, s.closed,
  o.order_id, o.user_id, o.sku, o.quantity, coalesce(q.units, 0)`

export const PICTURE_TABLES = (request: string, user: string, sku: string): string => `
  (SELECT ${sku}::text COLLATE "C" AS sku) AS wanted
  LEFT JOIN stock s ON s.sku = wanted.sku
  LEFT JOIN orders o ON o.request_id = ${request}
  LEFT JOIN quotas q ON q.sku = wanted.sku AND q.user_id = ${user}`

const LOOK = { name: 'look', text: `SELECT ${PICTURE_COLUMNS} FROM ${PICTURE_TABLES('$1', '$2', '$3')}` }

export interface Picture {
  /** null: no such sale. */
  readonly sale: {
    readonly remaining: number
    readonly version: number
    readonly perUserLimit: number | null
    readonly closed: boolean
  } | null
  /** The order that this request id has already. */
  readonly earlier: {
    readonly orderId: string
    readonly userId: string
    readonly sku: string
    readonly quantity: number
  } | null
  /** Units that the user has in this sale. */
  readonly unitsOfUser: number
}

export async function look(postgres: Queries, request: BuyRequest): Promise<Picture> {
  const rows = await postgres.query(LOOK, [request.requestId, request.userId, request.sku])
  return pictureOf(rows[0]!)
}

function pictureOf(row: Row): Picture {
  const [remaining, version, perUserLimit, closed, orderId, userId, sku, quantity, units] = row as [
    number | null,
    number,
    number | null,
    boolean,
    string | null,
    string,
    string,
    number,
    number,
  ]
  return {
    sale: remaining === null ? null : { remaining, version, perUserLimit, closed },
    earlier: orderId === null ? null : { orderId, userId, sku, quantity },
    unitsOfUser: units,
  }
}

const EARLIER = {
  name: 'earlier',
  text: 'SELECT order_id, user_id, sku, quantity FROM orders WHERE request_id = $1',
}

/** The answer to a request that has its order already; null: it has none. */
export async function answerFromEarlier(postgres: Queries, request: BuyRequest): Promise<BuyResult | null> {
  const row = (await postgres.query(EARLIER, [request.requestId]))[0]
  if (row === undefined) return null
  const [orderId, userId, sku, quantity] = row as readonly [string, string, string, number]
  return replayOf({ orderId, userId, sku, quantity }, request)
}

function replayOf(earlier: NonNullable<Picture['earlier']>, request: BuyRequest): BuyResult {
  const same = earlier.userId === request.userId && earlier.sku === request.sku && earlier.quantity === request.quantity
  return same ? { kind: 'sold', orderId: earlier.orderId, replayed: true } : { kind: 'keyReused' }
}

/** The answer that the picture gives by itself; null: there is a unit to be sold, as far as the picture shows. */
export function answerFrom(picture: Picture, request: BuyRequest): BuyResult | null {
  const { sale, earlier } = picture
  if (earlier !== null) return replayOf(earlier, request)
  if (sale === null) return { kind: 'saleNotFound' }
  if (sale.closed) return { kind: 'saleClosed' }
  if (sale.remaining < request.quantity) return { kind: 'soldOut' }
  if (sale.perUserLimit !== null && picture.unitsOfUser + request.quantity > sale.perUserLimit) {
    return { kind: 'limitExceeded' }
  }
  return null
}

/** What the selling functions return as their code, beside the order id. */
type SaleCode =
  | 'sold'
  | 'replayed'
  | 'soldOut'
  | 'limitExceeded'
  | 'keyReused'
  | 'saleNotFound'
  | 'saleClosed'
  | 'conflict'

/** The row (code, order id) of a selling function as a result; `conflict` becomes null. */
export function resultFrom(row: Row): BuyResult | null {
  const code = row[0] as SaleCode
  switch (code) {
    case 'sold':
      return { kind: 'sold', orderId: row[1] as string, replayed: false }
    case 'replayed':
      return { kind: 'sold', orderId: row[1] as string, replayed: true }
    case 'soldOut':
    case 'limitExceeded':
    case 'keyReused':
    case 'saleNotFound':
    case 'saleClosed':
      return { kind: code }
    case 'conflict':
      return null
  }
}
