/**
 * What Redis holds of one sale: the units left, where it is the truth about them, and the orders in the stream, whether
 * or not they have reached the table already.
 */
import { Redis } from 'ioredis'
import type { Books } from '../core/catalogue.ts'
import type { LedgerOrder } from '../core/ledger.ts'
import { unreadable } from './unreadable.ts'

export interface RedisPlace {
  readonly url: string
  readonly keyPrefix: string
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
export async function readRedisBook(place: RedisPlace, books: Books, sku: string): Promise<RedisBook> {
  const redis = new Redis(place.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  })
  let connectionError: Error | null = null
  redis.on('error', (error: Error) => {
    connectionError ??= error
  })
  const keyOf = (key: string): string => place.keyPrefix + key.replaceAll('<sku>', sku)
  try {
    await redis.connect()
    const orders = books.stream ? await readStream(redis, keyOf(books.stream.key), sku) : []
    const remaining = books.stock.store === 'redis' ? await readInteger(redis, keyOf(books.stock.key)) : null
    return { orders, remaining }
  } catch (cause) {
    // A command that fails with its connection only says that it closed.
    throw unreadable('Redis', `orders of ${sku}`, connectionError ?? cause)
  } finally {
    redis.disconnect()
  }
}

async function readInteger(redis: Redis, key: string): Promise<number | null> {
  const text = await redis.get(key)
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null
}

async function readStream(redis: Redis, key: string, sku: string): Promise<LedgerOrder[]> {
  const orders = new Map<string, LedgerOrder>()
  let after = '-'
  for (;;) {
    const entries = await redis.xrange(key, after, '+', 'COUNT', ENTRIES_PER_READ)
    for (const [id, fields] of entries) {
      const order = orderOf(id, fields, sku)
      // An entry that was added twice is one order; two orders of one request are two.
      if (order) orders.set(`${order.requestId} ${order.orderId}`, order)
    }
    if (entries.length < ENTRIES_PER_READ) return [...orders.values()]
    after = `(${entries.at(-1)![0]}`
  }
}

/** null for another SKU's entry, where several share a stream. Throws when it is not an order. */
function orderOf(id: string, fields: readonly string[], sku: string): LedgerOrder | null {
  const entry = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) entry.set(fields[i]!, fields[i + 1]!)
  if (entry.has('sku') && entry.get('sku') !== sku) return null
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
