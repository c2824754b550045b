/**
 * The descriptor of a reference server that was started to be sold from by others: `run --target` and `verify
 * --ledger-from` take it. What came from the environment is named in it, never written. Pure.
 */
import { stringify } from 'yaml'
import type { Books, StrategyDescription } from '../core/catalogue.ts'
import { formatReadsPromise } from '../core/promise.ts'
import { ADMIN_TOKEN_ENV, IDEMPOTENCY_KEY_HEADER, ROUTES, TARGET_ENV } from '../core/wire.ts'

/** By this a file is known as one of ours, which may be written anew. */
export const DESCRIPTOR_HEADING = '# The sale that `doorbuster serve` serves, for `doorbuster run --target`.'

export interface ServedPlaces {
  readonly strategy: StrategyDescription
  /** As whoever reads the descriptor reaches it. */
  readonly url: string
  /** null: whoever reads it has it in the environment. */
  readonly adminToken: string | null
  /** `url` null: whoever reads it has it in the environment. */
  readonly postgres: { readonly url: string | null; readonly schema: string } | null
  readonly redis: { readonly url: string | null; readonly keyPrefix: string } | null
  /** The sale that is open; null: whoever reads it opens sales of its own. */
  readonly sale: ServedSale | null
}

export interface ServedSale {
  readonly sku: string
  readonly stock: number
  /** null: no limit. */
  readonly perUserLimit: number | null
}

/** As YAML. */
export function servedDescriptor(places: ServedPlaces): string {
  return `${DESCRIPTOR_HEADING}\n${stringify(documentOf(places), { lineWidth: 0, aliasDuplicateObjects: false })}`
}

function documentOf({ strategy, url, adminToken, sale, ...stores }: ServedPlaces): object {
  const token = adminToken === null ? `{{env.${ADMIN_TOKEN_ENV}}}` : literal(adminToken)
  const headers = { authorization: `Bearer ${token}` }
  return {
    name: strategy.name,
    description: strategy.summary,
    url: literal(url),
    promise: {
      reads: formatReadsPromise(strategy.promise.reads),
      sellsThrough: strategy.promise.sellsThrough,
      ...(sale !== null && sale.perUserLimit !== null && { perUserLimit: sale.perUserLimit }),
    },
    ...(sale === null ? opening(headers) : { sku: sale.sku, stock: sale.stock }),
    settle: { method: 'POST', path: ROUTES.settle, headers },
    buy: {
      path: ROUTES.orders('{{sku}}'),
      headers: { [IDEMPOTENCY_KEY_HEADER]: '{{requestId}}' },
      json: { userId: '{{userId}}', quantity: '{{quantity}}' },
    },
    outcomes: OUTCOMES,
    read: { path: ROUTES.sale('{{sku}}'), status: 200, stock: '/stock' },
    ...(stores.postgres !== null && { ledger: ledgerOf(strategy.books, stores.postgres, stores.redis) }),
  }
}

function opening(headers: object): object {
  return {
    open: {
      method: 'PUT',
      path: ROUTES.sale('{{sku}}'),
      headers,
      json: { stock: '{{stock}}', perUserLimit: '{{limit}}' },
    },
    close: { method: 'POST', path: ROUTES.close('{{sku}}'), headers },
  }
}

/** What core/reference-protocol.ts makes of answers. */
const OUTCOMES = [
  { status: '200-201', json: { '/orderId': { exists: true } }, then: 'sold', orderId: '/orderId' },
  { status: '4xx', json: { '/effect': 'unknown' }, then: 'unknown', code: '/code' },
  { status: 409, json: { '/code': 'SOLD_OUT' }, then: 'soldOut' },
  { status: 409, json: { '/code': 'LIMIT_EXCEEDED' }, then: 'limitReached' },
  { status: '4xx', then: 'refused', code: '/code' },
  { status: '5xx', json: { '/effect': 'none' }, then: 'refused', code: '/code' },
  { status: '3xx', then: 'unknown' },
  { status: '5xx', then: 'unknown', code: '/code' },
]

function ledgerOf(
  books: Books,
  postgres: NonNullable<ServedPlaces['postgres']>,
  redis: ServedPlaces['redis'],
): Readonly<Record<string, unknown>> {
  const orders = `${identifier(postgres.schema)}.${identifier(books.ordersTable)}`
  const columns = 'order_id AS "orderId", request_id AS "requestId", user_id AS "userId", quantity'
  const remaining = remainingOf(books, postgres.schema, redis)
  return {
    postgres: placeOf(postgres.url, TARGET_ENV.databaseUrl),
    orders: `SELECT ${columns} FROM ${orders} WHERE sku = {{sku}}`,
    ...(remaining !== null && { remaining }),
  }
}

function remainingOf({ stock }: Books, schema: string, redis: ServedPlaces['redis']): string | object | null {
  if (stock.store === 'postgres') {
    // Several rows of one SKU are segments of one stock.
    return `SELECT sum(remaining) FROM ${identifier(schema)}.${identifier(stock.table)} WHERE sku = {{sku}}`
  }
  if (redis === null) return null
  // A brace before a placeholder can't be written, and keys have one there: so the key is put together in Lua.
  const key = (redis.keyPrefix + stock.key).split('<sku>').map(luaText).join(' .. ARGV[1] .. ')
  return {
    redis: placeOf(redis.url, TARGET_ENV.redisUrl),
    command: ['EVAL', literal(`return redis.call('GET', ${key})`), 0, '{{sku}}'],
  }
}

function placeOf(url: string | null, variable: string): string {
  return url === null ? `{{env.${variable}}}` : literal(url)
}

/** As a text without placeholders is written in a descriptor. */
function literal(text: string): string {
  return text.replaceAll('{{', '{{{{')
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function luaText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
