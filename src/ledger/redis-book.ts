/**
 * What Redis holds of the sales of one step: the units left, where it is the truth about them, and the orders in the stream, whether
 * or not they have reached the table already.
 */
import { Redis } from 'ioredis'
import type { Books } from '../core/catalogue.ts'
import type { LedgerOrder } from '../core/ledger.ts'
import { type BySku, ordersOf, unreadable } from './unreadable.ts'

export interface RedisPlace {
  readonly url: string
  readonly keyPrefix: string
  /** A connection that is open, and stays so; absent: one is made for the reading. */
  readonly kept?: Redis
}

export interface RedisBook {
  /** Of the stream; each of its orders once. */
  readonly orders: readonly LedgerOrder[]
  /** null when the stock doesn't stand here, or its key is missing or no integer: a missing key is not zero stock. */
  readonly remaining: number | null
}

const CONNECT_TIMEOUT_MS = 5_000
const COMMAND_TIMEOUT_MS = 60_000
const ENTRIES_PER_READ = 10_000

/** Throws HarnessError SERVICE_FAILED. */
export async function readRedisBooks(
  place: RedisPlace,
  books: Books,
  skus: readonly string[],
): Promise<BySku<RedisBook>> {
  const redis = place.kept ?? createLedgerRedis(place.url)
  let connectionError: Error | null = null
  const onError = (error: Error): void => {
    connectionError ??= error
  }
  redis.on('error', onError)
  const keyOf = (key: string, sku: string): string => place.keyPrefix + key.replaceAll('<sku>', sku)
  try {
    if (place.kept === undefined) await redis.connect()
    const { stream, stock } = books
    const orders = new Map<string, Map<string, LedgerOrder>>(skus.map((sku) => [sku, new Map()]))
    // SKUs that share a stream are read in one pass over it.
    for (const [key, its] of stream ? grouped(skus, (sku) => keyOf(stream.key, sku)) : []) {
      await readStream(redis, key, new Map(its.map((sku) => [sku, orders.get(sku)!])))
    }
    const remaining =
      stock.store === 'redis'
        ? await readIntegers(
            redis,
            skus.map((sku) => keyOf(stock.key, sku)),
          )
        : []
    return new Map(
      skus.map((sku, index) => [sku, { orders: [...orders.get(sku)!.values()], remaining: remaining[index] ?? null }]),
    )
  } catch (cause) {
    // A command that fails with its connection only says that it closed.
    throw unreadable('Redis', ordersOf(skus), connectionError ?? cause)
  } finally {
    redis.off('error', onError)
    if (place.kept === undefined) redis.on('error', () => undefined).disconnect()
  }
}

/** Not connected yet. */
export function createLedgerRedis(url: string): Redis {
  return new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  })
}

function grouped(skus: readonly string[], keyOf: (sku: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const sku of skus) {
    const key = keyOf(sku)
    groups.set(key, [...(groups.get(key) ?? []), sku])
  }
  return groups
}

async function readIntegers(redis: Redis, keys: readonly string[]): Promise<(number | null)[]> {
  const texts = await redis.mget(...keys)
  return texts.map((text) => (text !== null && /^-?\d+$/.test(text) ? Number(text) : null))
}

/** `ordersOf`: of each SKU that is read from this stream, filled in; entries of others are passed over. */
async function readStream(
  redis: Redis,
  key: string,
  ordersOf: ReadonlyMap<string, Map<string, LedgerOrder>>,
): Promise<void> {
  let after = '-'
  for (;;) {
    const entries = await redis.xrange(key, after, '+', 'COUNT', ENTRIES_PER_READ)
    for (const [id, fields] of entries) {
      const entry = fieldsOf(fields)
      const sku = entry.get('sku')
      const orders = sku === undefined && ordersOf.size === 1 ? [...ordersOf.values()][0] : ordersOf.get(sku ?? '')
      if (sku === undefined && orders === undefined)
        throw new Error(`stream entry ${id} has no sku, in a stream of several`)
      if (orders === undefined) continue
      const order = orderOf(id, entry)
      // An entry that was added twice is one order; two orders of one request are two.
      orders.set(`${order.requestId} ${order.orderId}`, order)
    }
    if (entries.length < ENTRIES_PER_READ) return
    after = `(${entries.at(-1)![0]}`
  }
}

function fieldsOf(fields: readonly string[]): Map<string, string> {
  const entry = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) entry.set(fields[i]!, fields[i + 1]!)
  return entry
}

/** Throws when it is not an order. */
function orderOf(id: string, entry: ReadonlyMap<string, string>): LedgerOrder {
  const orderId = entry.get('order_id')
  const quantity = entry.get('quantity')
  if (orderId === undefined || quantity === undefined || !/^\d+$/.test(quantity)) {
    throw new Error(`stream entry ${id} has no order_id and quantity`)
  }
  return {
    orderId,
    requestId: entry.get('request_id') ?? null,
    userId: entry.get('user_id') ?? null,
    quantity: Number(quantity),
    durable: false,
  }
}
