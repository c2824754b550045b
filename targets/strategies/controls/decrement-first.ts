/**
 * `control-decrement-first`: DECRBY, and where that went below zero the unit is put back. Nobody is sold a unit too many,
 * but until it is put back everyone can see a stock below zero.
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool } from '../../storage/postgres.ts'
import { connectRedis } from '../../storage/redis.ts'
import { answerFrom, look, openSale, POSTGRES_BOOKS, resultFrom } from '../../storage/sale-books.ts'
import { BOOKING_FUNCTIONS } from '../../storage/selling-functions.ts'
import { plainPostgresSale } from '../absolute-write.ts'
import { pause } from '../pause.ts'
import type { Strategy } from '../strategy.ts'
import { postgresOf, redisOf } from '../stores.ts'
import { describeControl } from './control.ts'

const BOOK = { name: 'book', text: 'SELECT o_code, o_order FROM book_order($1, $2, $3, $4, $5, $6)' }

/** The way to Redis and back on a network of several machines. */
const SEEN_FOR_MS = 2

export const decrementFirst: Strategy = {
  description: describeControl({
    name: 'control-decrement-first',
    summary: 'decrements first and puts the unit back where that went below zero: readers see it there',
    convictedBy: 'never-negative',
    // Nobody comes twice: a unit that is taken for a moment in vain would turn others away.
    shownBy: ['--stock', '100', '--set', 'buyers={population: 10000000, reads: 40%}'],
    needs: ['postgres', 'redis'],
    books: { ...POSTGRES_BOOKS, stock: { store: 'redis', key: '{<sku>}:stock' }, copy: POSTGRES_BOOKS.stock },
  }),
  functions: BOOKING_FUNCTIONS,
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), 4)
    const redis = await connectRedis(redisOf(context), [])
    const sale = plainPostgresSale(pool)
    const nextOrderId = createOrderIds()
    const { meter } = context
    const funnel = meter.funnel()
    return {
      ...sale,
      async open(terms) {
        await redis.command((client) => client.set(redis.key(terms.sku, 'stock'), terms.stock, 'NX'))
        return openSale(pool, terms)
      },
      async buy(request, attempt) {
        const { requestId, userId, sku, quantity } = request
        const picture = await look(pool, request)
        const answer = answerFrom(picture, request)
        if (answer !== null) return answer
        if (!attempt.begin()) return { kind: 'busy' }
        const putBack = () => redis.command((client) => client.incrby(redis.key(sku, 'stock'), quantity))
        const left = await redis
          .command((client) => client.decrby(redis.key(sku, 'stock'), quantity))
          .catch((error: unknown) => {
            meter.redisDidNotDeduct('failed')
            throw error
          })
        if (left < 0) {
          meter.redisDidNotDeduct('refused')
          await pause(context.span(SEEN_FOR_MS))
          await putBack()
          return { kind: 'soldOut' }
        }
        funnel.deducted(sku, quantity)
        const values = [nextOrderId(), requestId, userId, sku, quantity, picture.sale!.perUserLimit]
        const result = resultFrom((await pool.query(BOOK, values))[0]!) ?? { kind: 'busy' }
        if (result.kind === 'sold' && !result.replayed) funnel.ordered(sku, quantity)
        else await putBack()
        return result
      },
      async stock(sku) {
        const units = await redis.command((client) => client.get(redis.key(sku, 'stock')))
        return units === null ? null : Number(units)
      },
      async stop() {
        redis.stop()
        await sale.stop()
      },
    }
  },
}
