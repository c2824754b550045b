/**
 * `control-unowned-lock`: the lock is deleted in `finally` by whoever took it once, not by whoever holds it. A holder
 * that stands still for longer than the lock lives (a garbage collection, a page fault) writes over what others sold
 * meanwhile, and deletes its successor's lock: from then on two are inside, each of whom lets in the next.
 */
import { PostgresPool } from '../../storage/postgres.ts'
import { connectRedis } from '../../storage/redis.ts'
import { ABSOLUTE_FUNCTIONS } from '../../storage/selling-functions.ts'
import { plainPostgresSale, readThenWrite } from '../absolute-write.ts'
import { pause } from '../pause.ts'
import type { Strategy } from '../strategy.ts'
import { postgresOf, redisOf } from '../stores.ts'
import { describeControl } from './control.ts'

const LIFETIME_MS = 20
/** One holder in so many stands still, for so long. */
const PAUSE_EVERY = 10
const PAUSE_MS = 2 * LIFETIME_MS
const RETRY_MS = 1
const MAX_TRIES = 300

export const unownedLock: Strategy = {
  description: describeControl({
    name: 'control-unowned-lock',
    summary: 'a lock in Redis is deleted without looking whose it is, after a pause past its lifetime',
    convictedBy: 'no-oversell',
    // So few that they are asked for several times, however slow the lock is; so many that there are ten pauses.
    shownBy: ['--stock', '100'],
    needs: ['postgres', 'redis'],
  }),
  functions: ABSOLUTE_FUNCTIONS,
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), 8)
    const redis = await connectRedis(redisOf(context), [])
    /** Of a lifetime that is over at once, nothing is left. */
    const take = async (key: string): Promise<boolean> => {
      const untilMs = Date.now() - 1 + context.span(LIFETIME_MS + 1)
      return (await redis.command((client) => client.set(key, 'held', 'PXAT', untilMs, 'NX'))) === 'OK'
    }
    let holders = 0
    const buy = readThenWrite(pool, async () => {
      holders += 1
      if (holders % PAUSE_EVERY === 0) await pause(context.span(PAUSE_MS))
    })
    const sale = plainPostgresSale(pool)
    return {
      ...sale,
      async buy(request, attempt) {
        const key = redis.key(request.sku, 'lock')
        const askedAtMs = performance.now()
        for (let tries = 0; tries < MAX_TRIES; tries++) {
          if (await take(key)) {
            context.meter.lockWaited(performance.now() - askedAtMs)
            try {
              return await buy(request, attempt)
            } finally {
              await redis.command((client) => client.del(key))
            }
          }
          await pause(context.span(RETRY_MS))
        }
        return { kind: 'busy' }
      },
      async stop() {
        redis.stop()
        await sale.stop()
      },
    }
  },
}
