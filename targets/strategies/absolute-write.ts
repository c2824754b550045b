/**
 * What `naive` and `mutex` have in common: read the stock, compare in the application, write the new value. Between
 * the read and the write lies a round trip, and what others sold meanwhile is written over.
 */
import type { Attempt, BuyRequest, BuyResult, StartedStrategy } from './strategy.ts'
import { createOrderIds } from '../storage/order-ids.ts'
import type { PostgresPool } from '../storage/postgres.ts'
import { answerFrom, closeSale, look, openSale, probePostgres, readStock, resultFrom } from '../storage/sale-books.ts'
import { SELL_ABSOLUTE_STATEMENT } from '../storage/selling-functions.ts'

type Buy = (request: BuyRequest, attempt: Attempt) => Promise<BuyResult>

/** `beforeWriting`: called with the stock in hand, by a control that stands still there. */
export function readThenWrite(pool: PostgresPool, beforeWriting?: () => Promise<void>): Buy {
  const nextOrderId = createOrderIds()
  return async (request, attempt) => {
    const picture = await look(pool, request)
    const answer = answerFrom(picture, request)
    if (answer !== null) return answer
    if (beforeWriting !== undefined) await beforeWriting()
    const { remaining, perUserLimit } = picture.sale!
    const { requestId, userId, sku, quantity } = request
    const values = [nextOrderId(), requestId, userId, sku, quantity, perUserLimit, remaining - quantity]
    const row = await pool.sell(SELL_ABSOLUTE_STATEMENT, values, attempt)
    return row === null ? { kind: 'busy' } : (resultFrom(row) ?? { kind: 'busy' })
  }
}

/** All but the buying. `others` are let go of as well in the end. */
export function plainPostgresSale(
  pool: PostgresPool,
  ...others: readonly { stop(): Promise<void> }[]
): Omit<StartedStrategy, 'buy'> {
  return {
    open: (terms) => openSale(pool, terms),
    learn: async () => {},
    stock: (sku) => readStock(pool, sku),
    close: (sku) => closeSale(pool, sku),
    settle: async () => {},
    probe: () => probePostgres(pool),
    counters: () => ({}),
    async stop() {
      await Promise.all([pool, ...others].map((one) => one.stop()))
    },
  }
}
