/**
 * `double-delete`: the cached design of the source article, repaired. The cache is asked first, but the database is the
 * truth: a compare-and-set on the stock's version, committed before the buyer is answered. Then the cache key is deleted,
 * and once more 150 ms later.
 *
 * A cached stock is only a hint. It can be too old, and stock only falls while a sale is open: so "too few left" is true
 * for certain, and "enough left" is asked of the database. (With restocks or released units this would not hold.)
 */
import { setTimeout as delay } from 'node:timers/promises'
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool } from '../../storage/postgres.ts'
import { connectRedis } from '../../storage/redis.ts'
import {
  answerFrom,
  answerFromEarlier,
  closeSale,
  look,
  openSale,
  POSTGRES_BOOKS,
  probePostgres,
  readStock,
  resultFrom,
} from '../../storage/sale-books.ts'
import { SELL_AT_VERSION_STATEMENT, VERSION_FUNCTIONS } from '../../storage/selling-functions.ts'
import { postgresOf, redisOf } from '../stores.ts'
import type { Attempt, BuyRequest, BuyResult, Strategy } from '../strategy.ts'
import { SecondDeletes } from './second-deletes.ts'
import { StockCache } from './stock-cache.ts'

const SECOND_DELETE_MS = 150
/** Entries live so long after their value was true at the latest: this bounds the age of a read, deletions or not. */
const CACHE_LIFETIME_MS = 500
/** What clocks of the two stores' machines may differ by. */
const CLOCK_MARGIN_MS = 100

/** Sellers at once, of one instance: of so many that look at one version, one wins. */
const SELLING_CONNECTIONS = 2
const READING_CONNECTIONS = 2
const MAX_TRIES = 12
const FIRST_BACKOFF_MS = 1
const MAX_BACKOFF_MS = 32
const SETTLE_POLL_MS = 20

export const doubleDelete: Strategy = {
  description: {
    name: 'double-delete',
    summary: 'cache first, compare-and-set in the database, delete the cache key, and again 150 ms later',
    control: false,
    promise: { reads: { kind: 'stale', maxAgeMs: CACHE_LIFETIME_MS + CLOCK_MARGIN_MS }, sellsThrough: false },
    rightWith: 'any-instances',
    needs: ['postgres', 'redis'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: null,
  },
  functions: VERSION_FUNCTIONS,
  async start(context) {
    const redis = await connectRedis(redisOf(context), [])
    const selling = new PostgresPool(postgresOf(context), SELLING_CONNECTIONS)
    const reading = new PostgresPool(postgresOf(context), READING_CONNECTIONS)
    await probePostgres(reading)
    const cache = new StockCache(redis, CACHE_LIFETIME_MS)
    const secondDeletes = new SecondDeletes(reading, cache)
    const nextOrderId = createOrderIds()
    const figures = { versionConflicts: 0, gaveUp: 0, cacheFailures: 0 }

    /** What befalls the cache never changes an answer: its entries expire. */
    const quietly = (work: Promise<void>): Promise<void> =>
      work.catch(() => {
        figures.cacheFailures += 1
      })
    const cached = (sku: string): Promise<number | null> =>
      cache.get(sku).catch(() => {
        figures.cacheFailures += 1
        return null
      })

    /** One look and one compare-and-set, on one connection, so that no queue lies between them. Null: conflict. */
    function tryOnce(request: BuyRequest, attempt: Attempt): Promise<BuyResult | null> {
      return selling.hold(async (connection) => {
        const readAtMs = Date.now()
        const picture = await look(connection, request)
        const answer = answerFrom(picture, request)
        if (answer?.kind === 'soldOut') await quietly(cache.fill(request.sku, picture.sale!.remaining, readAtMs))
        if (answer !== null) return answer
        if (!attempt.begin()) return { kind: 'busy' }
        const { version, perUserLimit } = picture.sale!
        const { requestId, userId, sku, quantity } = request
        const order = [nextOrderId(), requestId, userId, sku, quantity]
        const values = [...order, perUserLimit, version, SECOND_DELETE_MS]
        return resultFrom((await connection.query(SELL_AT_VERSION_STATEMENT, values))[0]!)
      })
    }

    async function tryOften(request: BuyRequest, attempt: Attempt): Promise<BuyResult> {
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const result = await tryOnce(request, attempt)
        if (result !== null) return result
        figures.versionConflicts += 1
        await delay(backoffMs(tries))
      }
      figures.gaveUp += 1
      return { kind: 'busy' }
    }

    return {
      open: (terms) => openSale(reading, terms),
      learn: async () => {},
      async buy(request, attempt) {
        const hint = await cached(request.sku)
        if (hint !== null && hint < request.quantity) {
          // Surely too few are left. What is still to be known: is this a retry of a buy that has its order?
          return (await answerFromEarlier(reading, request)) ?? { kind: 'soldOut' }
        }
        const result = await tryOften(request, attempt)
        if (result.kind === 'sold' && !result.replayed) await quietly(cache.delete(request.sku))
        return result
      },
      async stock(sku) {
        const hint = await cached(sku)
        if (hint !== null) return hint
        const readAtMs = Date.now()
        const units = await readStock(reading, sku)
        if (units !== null) await quietly(cache.fill(sku, units, readAtMs))
        return units
      },
      close: (sku) => closeSale(reading, sku),
      async settle(signal) {
        while ((await secondDeletes.pending()) > 0) await delay(SETTLE_POLL_MS, undefined, { signal })
      },
      async probe() {
        await Promise.all([probePostgres(reading), redis.command((client) => client.ping())])
      },
      counters: () => ({ ...figures, ...cache.figures, ...secondDeletes.figures }),
      async stop() {
        await secondDeletes.stop()
        redis.stop()
        await Promise.all([selling.stop(), reading.stop()])
      },
    }
  },
}

/** Full jitter: a random span up to an exponentially growing bound, so that losers of one race don't meet again. */
function backoffMs(tries: number): number {
  return Math.random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1))
}
