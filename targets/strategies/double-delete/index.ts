/**
 * `double-delete`: the cached design of the source article, repaired. The cache is asked first, but the database is the
 * truth: a compare-and-set on the stock's version, committed before the buyer is answered. Then the cache key is deleted,
 * and once more 150 ms later.
 *
 * A cached stock is only a hint. It can be too old, and stock only falls while a sale is open: so "too few left" is true
 * for certain, and "enough left" is asked of the database. (With restocks or released units this would not hold.)
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool, type Queries } from '../../storage/postgres.ts'
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
import { backoffMs } from '../backoff.ts'
import { pause } from '../pause.ts'
import { postgresOf, redisOf } from '../stores.ts'
import type { Attempt, BuyRequest, BuyResult, Strategy } from '../strategy.ts'
import { SecondDeletes } from './second-deletes.ts'
import { StockCache } from './stock-cache.ts'

const SECOND_DELETE_MS = 150
/** Entries live so long after their value was true at the latest: this bounds the age of a read, deletions or not. */
const CACHE_LIFETIME_MS = 500
/** What clocks of the two stores' machines may differ by. */
const CLOCK_MARGIN_MS = 100

/** Two sellers of one instance would try with the same version, and one of them would fail for certain. */
const SELLING_CONNECTIONS = 1
const READING_CONNECTIONS = 2
const MAX_TRIES = 12
const BACKOFF = { firstMs: 1, maxMs: 32 }
const SETTLE_POLL_MS = 20

interface KnownVersion {
  readonly version: number
  readonly perUserLimit: number | null
}

export const doubleDelete: Strategy = {
  description: {
    name: 'double-delete',
    summary: 'cache first, compare-and-set in the database, delete the cache key, and again 150 ms later',
    control: false,
    promise: { reads: { kind: 'stale', maxAgeMs: CACHE_LIFETIME_MS + CLOCK_MARGIN_MS }, sellsThrough: false },
    rightWith: 'any-instances',
    needs: ['postgres', 'redis'],
    durableWhen: 'at COMMIT',
    books: { ...POSTGRES_BOOKS, copy: { store: 'redis', key: '{<sku>}:cached-stock' } },
    convictedBy: null,
  },
  functions: VERSION_FUNCTIONS,
  async start(context) {
    const redis = await connectRedis(redisOf(context), [])
    const selling = new PostgresPool(postgresOf(context), SELLING_CONNECTIONS)
    const reading = new PostgresPool(postgresOf(context), READING_CONNECTIONS)
    await probePostgres(reading)
    const cache = new StockCache(redis, CACHE_LIFETIME_MS)
    const secondDeletes = new SecondDeletes(reading, cache, context.span)
    const nextOrderId = createOrderIds()
    /** Of each sale after this instance's last buy: spares a look, and is only a guess, which the database checks. */
    const versions = new Map<string, KnownVersion>()
    const figures = { versionConflicts: 0, gaveUp: 0, cacheFailures: 0 }

    /** What befalls the cache never changes an answer: its entries expire. */
    const quietly = (work: Promise<void>): Promise<void> =>
      work.catch(() => {
        figures.cacheFailures += 1
      })
    async function cached(sku: string): Promise<number | null> {
      try {
        const units = await cache.get(sku)
        context.meter.cacheRead(units !== null)
        return units
      } catch {
        figures.cacheFailures += 1
        return null
      }
    }

    /** One compare-and-set, after a look at the sale if its version is not known. Null: conflict. */
    function tryOnce(request: BuyRequest, attempt: Attempt): Promise<BuyResult | null> {
      return selling.hold(async (connection) => {
        const known = versions.get(request.sku)
        if (known === undefined || exceeds(request, known)) {
          const readAtMs = Date.now()
          const picture = await look(connection, request)
          const answer = answerFrom(picture, request)
          if (answer?.kind === 'soldOut') await quietly(cache.fill(request.sku, picture.sale!.remaining, readAtMs))
          if (answer !== null) return answer
          return compareAndSet(connection, request, picture.sale!, attempt)
        }
        return compareAndSet(connection, request, known, attempt)
      })
    }

    async function compareAndSet(
      connection: Queries,
      request: BuyRequest,
      { version, perUserLimit }: KnownVersion,
      attempt: Attempt,
    ): Promise<BuyResult | null> {
      if (!attempt.begin()) return { kind: 'busy' }
      const { requestId, userId, sku, quantity } = request
      // Not known until the answer is here: it may be lost.
      versions.delete(sku)
      const order = [nextOrderId(), requestId, userId, sku, quantity]
      const values = [...order, perUserLimit, version, context.span(SECOND_DELETE_MS)]
      const result = resultFrom((await connection.query(SELL_AT_VERSION_STATEMENT, values))[0]!)
      if (result !== null) {
        const isNew = result.kind === 'sold' && !result.replayed
        versions.set(sku, { version: isNew ? version + 1 : version, perUserLimit })
      }
      return result
    }

    async function tryOften(request: BuyRequest, attempt: Attempt): Promise<BuyResult> {
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        if (tries > 1) context.meter.retried()
        const result = await tryOnce(request, attempt)
        if (result !== null) return result
        figures.versionConflicts += 1
        await pause(context.span(backoffMs(BACKOFF, tries)))
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
        while ((await secondDeletes.pending()) > 0) await pause(context.span(SETTLE_POLL_MS), signal)
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

/** More at once than the limit allows: that is told from a look, which may also show that it is a retry. */
function exceeds(request: BuyRequest, { perUserLimit }: KnownVersion): boolean {
  return perUserLimit !== null && request.quantity > perUserLimit
}
