/**
 * `redis-lua`: Redis is the truth. One script decides and writes idempotency, limit, stock and the order, and a drain
 * carries the orders to Postgres afterwards. As durable as Redis is.
 * A counter that is missing is not a stock of zero: a sale that Postgres knows and Redis doesn't is refused, not sold.
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool } from '../../storage/postgres.ts'
import { connectRedis, type RedisConnection, type Script } from '../../storage/redis.ts'
import { closeSale, openSale, probePostgres, readStock } from '../../storage/sale-books.ts'
import { StoreFailure } from '../../storage/store-failure.ts'
import { pause } from '../pause.ts'
import type { BuyResult, SaleTerms, StartedStrategy, Strategy, StrategyContext } from '../strategy.ts'
import { postgresOf, redisOf } from '../stores.ts'
import { Drain, DRAIN_GROUP } from './drain.ts'
import { BUY, CLOSE, OPEN, STREAM_BOUND } from './scripts.ts'

/** One drains, one opens, closes and probes. */
const CONNECTIONS = 2
const SETTLE_POLL_MS = 20
const SALES = { name: 'sales', text: 'SELECT sku FROM stock' }

const REFUSALS: Readonly<Record<number, BuyResult>> = {
  [-1]: { kind: 'keyReused' },
  [-3]: { kind: 'saleClosed' },
  [-4]: { kind: 'soldOut' },
  [-5]: { kind: 'limitExceeded' },
  [-6]: { kind: 'busy' },
}

export const redisLua = {
  description: {
    name: 'redis-lua',
    summary: 'one Lua script decides in Redis; a drain writes the orders to Postgres',
    control: false,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
    rightWith: 'any-instances',
    needs: ['postgres', 'redis'],
    durableWhen: 'as Redis is (appendfsync); in Postgres when drained',
    books: {
      ordersTable: 'orders',
      stock: { store: 'redis', key: '{<sku>}:stock' },
      stream: { key: '{<sku>}:orders', group: DRAIN_GROUP },
    },
    convictedBy: null,
  },
  functions: [],
  /** `buy` takes the keys and arguments of BUY, and answers as it does. */
  async start(context: StrategyContext, buy: Script = BUY): Promise<StartedStrategy> {
    const redis = await connectRedis(redisOf(context), [buy, OPEN, CLOSE])
    const pool = new PostgresPool(postgresOf(context), CONNECTIONS)
    const { meter } = context
    const funnel = meter.funnel()
    const drain = new Drain(redis, pool, meter, funnel, context.span)
    meter.backlog({ isShared: true, read: () => drain.backlog() })
    for (const row of await pool.query(SALES, [])) await drain.learn(row[0] as string)

    const nextOrderId = createOrderIds()
    const requestsKey = redis.sharedKey('requests')
    const keysOf = keyCache(redis)

    return {
      open: (terms) => open(redis, pool, terms),
      learn: (sku) => drain.learn(sku),
      async buy(request, attempt) {
        const { sku, userId, requestId, quantity } = request
        const keys = keysOf(sku)
        if (!attempt.begin()) return { kind: 'busy' }
        const orderId = nextOrderId()
        const { stock, terms, units, orders } = keys
        let reply: unknown
        try {
          reply = await redis.run(
            buy,
            requestsKey,
            stock,
            terms,
            units,
            orders,
            requestId,
            orderId,
            userId,
            sku,
            quantity,
            STREAM_BOUND,
          )
        } catch (error) {
          meter.redisDidNotDeduct('failed')
          throw error
        }
        if (reply === 1) {
          funnel.deducted(sku, quantity)
          return { kind: 'sold', orderId, replayed: false }
        }
        if (typeof reply === 'string') return { kind: 'sold', orderId: reply, replayed: true }
        meter.redisDidNotDeduct('refused')
        if (reply === -2) return notInRedis(pool, sku)
        return REFUSALS[reply as number]!
      },
      async stock(sku) {
        const value = await redis.command((client) => client.get(keysOf(sku).stock))
        if (value !== null) return Number(value)
        await notInRedis(pool, sku)
        return null
      },
      async close(sku) {
        await redis.run(CLOSE, keysOf(sku).terms)
        drain.close(sku)
        return closeSale(pool, sku)
      },
      async settle(signal) {
        while ((await drain.backlog()) > 0) await pause(context.span(SETTLE_POLL_MS), signal)
      },
      async probe() {
        await Promise.all([probePostgres(pool), redis.command((client) => client.ping())])
      },
      counters: () => ({ ...drain.figures }),
      async stop() {
        await drain.stop()
        redis.stop()
        await pool.stop()
      },
    }
  },
} satisfies Strategy

/** Postgres first: a sale that stands there alone is not sold from, one that stood in Redis alone would not be drained. */
async function open(redis: RedisConnection, pool: PostgresPool, terms: SaleTerms): Promise<'opened' | 'exists'> {
  const { sku, stock, perUserLimit } = terms
  if ((await openSale(pool, terms)) === 'exists') return 'exists'
  const keys = [redis.key(sku, 'stock'), redis.key(sku, 'terms'), redis.key(sku, 'orders')]
  const opened = await redis.run(OPEN, ...keys, stock, perUserLimit ?? 0, DRAIN_GROUP)
  return opened === 1 ? 'opened' : 'exists'
}

/** Nothing was done by the script that did not find the sale: so this fails with `none`, whatever it finds. */
async function notInRedis(pool: PostgresPool, sku: string): Promise<BuyResult> {
  if ((await readStock(pool, sku)) === null) return { kind: 'saleNotFound' }
  throw new StoreFailure('redis', 'none', new Error(`the stock of sale ${sku} is gone; it can't be sold from`))
}

interface SaleKeys {
  readonly stock: string
  readonly terms: string
  readonly units: string
  readonly orders: string
}

/** Names put together once a sale. Bounded: a SKU is what the client says, before it is known to exist. */
function keyCache(redis: RedisConnection): (sku: string) => SaleKeys {
  const known = new Map<string, SaleKeys>()
  return (sku) => {
    const found = known.get(sku)
    if (found !== undefined) return found
    const key = (part: string): string => redis.key(sku, part)
    const keys = { stock: key('stock'), terms: key('terms'), units: key('units'), orders: key('orders') }
    if (known.size >= 1_000) known.clear()
    known.set(sku, keys)
    return keys
  }
}
