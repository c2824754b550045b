/**
 * `optimistic`: look, decide in the application, write only if the version of the stock row is still the one that was
 * seen. Nobody waits for a lock; whoever lost the race tries again after a random pause, so many times and no more.
 * Out of tries is not sold out: the buyer is told to try again.
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool } from '../../storage/postgres.ts'
import { answerFrom, look, POSTGRES_BOOKS, probePostgres, resultFrom } from '../../storage/sale-books.ts'
import { SELL_AT_VERSION_STATEMENT, VERSION_FUNCTIONS } from '../../storage/selling-functions.ts'
import { plainPostgresSale } from '../absolute-write.ts'
import { backoffMs } from '../backoff.ts'
import { pause } from '../pause.ts'
import type { Attempt, BuyRequest, BuyResult, Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'

/** Connections of all instances together: so many sell with the same version at once, and all but one of them lose. */
const CONNECTIONS = 4
const MAX_TRIES = 10
/** No try begins later: the buyer is to be told while somebody still listens. */
const TRY_FOR_MS = 400
/** A round of look and write takes about the first. */
const BACKOFF = { firstMs: 1, maxMs: 64 }

export const optimistic: Strategy = {
  description: {
    name: 'optimistic',
    summary: `version compare-and-set, ${MAX_TRIES} tries with backoff and jitter in the application`,
    control: false,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: false },
    rightWith: 'any-instances',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: null,
  },
  functions: VERSION_FUNCTIONS,
  async start(context) {
    const { meter } = context
    const pool = new PostgresPool(postgresOf(context), Math.max(2, Math.floor(CONNECTIONS / context.instances)))
    await probePostgres(pool)
    const nextOrderId = createOrderIds()
    const figures = { versionConflicts: 0, gaveUp: 0 }

    /**
     * Null: somebody else sold between the look and the write. One connection for both: what was seen while others
     * stand in the queue for a connection would be old before its turn came.
     */
    function tryOnce(request: BuyRequest, attempt: Attempt, latestAtMs: number): Promise<BuyResult | null> {
      return pool.hold(async (connection) => {
        if (performance.now() > latestAtMs) return { kind: 'busy' }
        const picture = await look(connection, request)
        const answer = answerFrom(picture, request)
        if (answer !== null) return answer
        if (!attempt.begin()) return { kind: 'busy' }
        const { version, perUserLimit } = picture.sale!
        const { requestId, userId, sku, quantity } = request
        const order = [nextOrderId(), requestId, userId, sku, quantity]
        const rows = await connection.query(SELL_AT_VERSION_STATEMENT, [...order, perUserLimit, version, null])
        return resultFrom(rows[0]!)
      })
    }

    return {
      ...plainPostgresSale(pool),
      async buy(request, attempt) {
        const latestAtMs = performance.now() + TRY_FOR_MS
        for (let tries = 1; tries <= MAX_TRIES; tries++) {
          const result = await tryOnce(request, attempt, latestAtMs)
          if (result !== null) {
            if (result.kind === 'busy') figures.gaveUp += 1
            return result
          }
          figures.versionConflicts += 1
          if (tries === MAX_TRIES) break
          await pause(context.span(backoffMs(BACKOFF, tries)))
          meter.retried()
        }
        figures.gaveUp += 1
        return { kind: 'busy' }
      },
      counters: () => ({ ...figures }),
    }
  },
}
