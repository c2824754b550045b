/**
 * `article-literal`, a control: the design of the source article as printed. A script deducts in Redis and the buyer is
 * answered; the SQL update with the version follows by itself, and gives the unit back to Redis if it fails; the cache
 * key is deleted, and again after 150 ms. A key that is gone is loaded from the database, which does not know yet of the
 * sales that are still on their way.
 * It sells no unit too many: the database sees to that. It promises orders that never come to be: two updates of one
 * version at once, and one of them fails, after its buyer was told "sold".
 */
import { createOrderIds } from '../storage/order-ids.ts'
import { PostgresPool } from '../storage/postgres.ts'
import { connectRedis, type RedisConnection, type Script } from '../storage/redis.ts'
import {
  answerFrom,
  closeSale,
  look,
  openSale,
  POSTGRES_BOOKS,
  probePostgres,
  resultFrom,
} from '../storage/sale-books.ts'
import { SELL_AT_VERSION_STATEMENT, VERSION_FUNCTIONS } from '../storage/selling-functions.ts'
import type { Funnel, Meter } from './meter.ts'
import { pause, type Span } from './pause.ts'
import { postgresOf, redisOf } from './stores.ts'
import type { BuyRequest, BuyResult, Strategy } from './strategy.ts'

const CONNECTIONS = 8
const SECOND_DELETE_MS = 150
const SETTLE_POLL_MS = 20
const MAX_LOADS = 10
const SALE = { name: 'sale', text: 'SELECT remaining, coalesce(per_user_limit, 0), closed FROM stock WHERE sku = $1' }

/**
 * KEYS: requests, stock, terms, units of users. ARGV: request id, order id, user, SKU, quantity.
 * `terms` holds the limit per user (0: none), or `closed`.
 * A request keeps its order id also when its update failed: whoever asks again is told the same.
 */
const DEDUCT: Script = {
  name: 'articleDeduct',
  numberOfKeys: 4,
  lua: `
local earlier = redis.call('HGET', KEYS[1], ARGV[1])
if earlier then
  local order, payload = string.match(earlier, '^(%S+) (.*)$')
  if payload == ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5] then return order end
  return -1
end
local sale = redis.call('MGET', KEYS[2], KEYS[3])
if not sale[1] or not sale[2] then return -2 end
if sale[2] == 'closed' then return -3 end
local quantity, limit = tonumber(ARGV[5]), tonumber(sale[2])
if tonumber(sale[1]) < quantity then return -4 end
if limit > 0 and tonumber(redis.call('HGET', KEYS[4], ARGV[3]) or 0) + quantity > limit then return -5 end
redis.call('DECRBY', KEYS[2], quantity)
redis.call('HINCRBY', KEYS[4], ARGV[3], quantity)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5])
return 1
`,
}

/** KEYS: stock. ARGV: quantity. A stock that is gone is not brought back as the quantity alone: it will be loaded. */
const GIVE_BACK: Script = {
  name: 'articleGiveBack',
  numberOfKeys: 1,
  lua: `return redis.call('EXISTS', KEYS[1]) == 1 and redis.call('INCRBY', KEYS[1], ARGV[1])`,
}

const REFUSALS: Readonly<Record<number, BuyResult>> = {
  [-1]: { kind: 'keyReused' },
  // The key was gone again after each load.
  [-2]: { kind: 'busy' },
  [-3]: { kind: 'saleClosed' },
  [-4]: { kind: 'soldOut' },
  [-5]: { kind: 'limitExceeded' },
}

export const articleLiteral: Strategy = {
  description: {
    name: 'article-literal',
    summary: 'deduct in Redis, answer, update the database afterwards: the control that a tally clears',
    control: true,
    promise: { reads: { kind: 'advisory' }, sellsThrough: false },
    rightWith: 'never',
    needs: ['postgres', 'redis'],
    durableWhen: 'never promised: the update follows the answer',
    books: { ...POSTGRES_BOOKS, copy: { store: 'redis', key: '{<sku>}:stock' } },
    convictedBy: 'acknowledged-kept',
  },
  functions: VERSION_FUNCTIONS,
  async start(context) {
    const redis = await connectRedis(redisOf(context), [DEDUCT, GIVE_BACK])
    const pool = new PostgresPool(postgresOf(context), CONNECTIONS)
    await probePostgres(pool)
    const nextOrderId = createOrderIds()
    const { meter } = context
    const funnel = meter.funnel()
    const afterwards = new Afterwards(redis, pool, meter, funnel, context.span)
    meter.backlog({ isShared: false, read: () => afterwards.pending })

    /** Loads a sale whose keys are gone, with the stock as the database shows it now. */
    async function load(sku: string): Promise<number | null> {
      const row = (await pool.query(SALE, [sku]))[0]
      if (row === undefined) return null
      const [units, limit, closed] = row as readonly [number, number, boolean]
      await redis.command((client) => client.set(termsKey(redis, sku), closed ? 'closed' : limit))
      await redis.command((client) => client.set(stockKey(redis, sku), units, 'NX'))
      return units
    }

    return {
      open: (terms) => openSale(pool, terms),
      learn: async () => {},
      async buy(request, attempt) {
        const { sku, userId, requestId, quantity } = request
        if (!attempt.begin()) return { kind: 'busy' }
        const orderId = nextOrderId()
        const keys = [redis.sharedKey('requests'), stockKey(redis, sku), termsKey(redis, sku), unitsKey(redis, sku)]
        const deduct = (): Promise<unknown> =>
          redis.run(DEDUCT, ...keys, requestId, orderId, userId, sku, quantity).catch((error: unknown) => {
            meter.redisDidNotDeduct('failed')
            throw error
          })
        let reply = await deduct()
        for (let loads = 0; reply === -2 && loads < MAX_LOADS; loads++) {
          if ((await load(sku)) === null) return { kind: 'saleNotFound' }
          meter.retried()
          reply = await deduct()
        }
        if (typeof reply === 'string') return { kind: 'sold', orderId: reply, replayed: true }
        if (reply !== 1) {
          meter.redisDidNotDeduct('refused')
          return REFUSALS[reply as number]!
        }
        funnel.deducted(sku, quantity)
        afterwards.start(request, orderId)
        return { kind: 'sold', orderId, replayed: false }
      },
      async stock(sku) {
        const units = await redis.command((client) => client.get(stockKey(redis, sku)))
        return units === null ? load(sku) : Number(units)
      },
      async close(sku) {
        const found = await closeSale(pool, sku)
        if (found) await redis.command((client) => client.set(termsKey(redis, sku), 'closed'))
        return found
      },
      async settle(signal) {
        while (afterwards.pending > 0) await pause(context.span(SETTLE_POLL_MS), signal)
      },
      async probe() {
        await Promise.all([probePostgres(pool), redis.command((client) => client.ping())])
      },
      counters: () => ({ ...afterwards.figures }),
      async stop() {
        redis.stop()
        await pool.stop()
      },
    }
  },
}

/** What follows the answer; in the memory of this process alone, as printed. */
class Afterwards {
  readonly figures = { updates: 0, versionConflicts: 0, updateFailures: 0 }
  readonly #redis: RedisConnection
  readonly #pool: PostgresPool
  readonly #meter: Meter
  readonly #funnel: Funnel
  readonly #span: Span
  pending = 0

  constructor(redis: RedisConnection, pool: PostgresPool, meter: Meter, funnel: Funnel, span: Span) {
    this.#redis = redis
    this.#pool = pool
    this.#meter = meter
    this.#funnel = funnel
    this.#span = span
  }

  start(request: BuyRequest, orderId: string): void {
    this.pending += 1
    void this.#follow(request, orderId)
      .catch(() => {
        this.figures.updateFailures += 1
      })
      .finally(() => {
        this.pending -= 1
      })
  }

  async #follow(request: BuyRequest, orderId: string): Promise<void> {
    const { sku, quantity } = request
    const kept = await this.#update(request, orderId).catch(() => {
      this.figures.updateFailures += 1
      return false
    })
    if (!kept) {
      await this.#redis.run(GIVE_BACK, stockKey(this.#redis, sku), quantity)
    }
    await this.#deleteStock(sku)
    await pause(this.#span(SECOND_DELETE_MS))
    await this.#deleteStock(sku)
  }

  /** One try, as printed. */
  async #update(request: BuyRequest, orderId: string): Promise<boolean> {
    const { sku, userId, requestId, quantity } = request
    const picture = await look(this.#pool, request)
    if (answerFrom(picture, request) !== null) return false
    const { version, perUserLimit } = picture.sale!
    const values = [orderId, requestId, userId, sku, quantity, perUserLimit, version, null]
    const result = resultFrom((await this.#pool.query(SELL_AT_VERSION_STATEMENT, values))[0]!)
    if (result === null) this.figures.versionConflicts += 1
    else this.figures.updates += 1
    const isNew = result?.kind === 'sold' && !result.replayed
    if (isNew) {
      this.#funnel.ordered(sku, quantity)
      this.#meter.batchWritten(1)
    }
    return result?.kind === 'sold'
  }

  async #deleteStock(sku: string): Promise<void> {
    await this.#redis.command((client) => client.del(stockKey(this.#redis, sku)))
  }
}

function stockKey(redis: RedisConnection, sku: string): string {
  return redis.key(sku, 'stock')
}

function termsKey(redis: RedisConnection, sku: string): string {
  return redis.key(sku, 'terms')
}

function unitsKey(redis: RedisConnection, sku: string): string {
  return redis.key(sku, 'units')
}
