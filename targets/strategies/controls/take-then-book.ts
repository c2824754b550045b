/**
 * What two controls have in common: the unit is taken first, the order is booked in a transaction of its own, and where
 * it can't be (the limit, a twin that was faster) the unit has to be given back.
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import type { PostgresPool } from '../../storage/postgres.ts'
import { answerFromEarlier, resultFrom } from '../../storage/sale-books.ts'
import type { Funnel } from '../meter.ts'
import type { Attempt, BuyRequest, BuyResult } from '../strategy.ts'

const TAKE = {
  name: 'take',
  text: 'UPDATE stock SET remaining = remaining - $2 WHERE sku = $1 AND remaining >= $2 RETURNING per_user_limit',
}
const BOOK = { name: 'book', text: 'SELECT o_code, o_order FROM book_order($1, $2, $3, $4, $5, $6)' }

/** `notBooked` is called with what was taken in vain, before the buyer is answered. */
export function takeThenBook(
  pool: PostgresPool,
  funnel: Funnel,
  notBooked: (request: BuyRequest, orderId: string) => Promise<void>,
): (request: BuyRequest, attempt: Attempt) => Promise<BuyResult> {
  const nextOrderId = createOrderIds()
  return async (request, attempt) => {
    const { requestId, userId, sku, quantity } = request
    const earlier = await answerFromEarlier(pool, request)
    if (earlier !== null) return earlier
    if (!attempt.begin()) return { kind: 'busy' }
    const taken = (await pool.query(TAKE, [sku, quantity]))[0]
    if (taken === undefined) return { kind: 'soldOut' }
    funnel.deducted(sku, quantity)
    const orderId = nextOrderId()
    const limit = taken[0] as number | null
    const isTooMuch = limit !== null && quantity > limit
    const row = isTooMuch
      ? (['limitExceeded', null] as const)
      : (await pool.query(BOOK, [orderId, requestId, userId, sku, quantity, limit]))[0]!
    const result = resultFrom(row) ?? { kind: 'busy' }
    if (result.kind === 'sold' && !result.replayed) funnel.ordered(sku, quantity)
    else await notBooked(request, orderId)
    return result
  }
}
