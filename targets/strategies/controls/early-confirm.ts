/**
 * `control-early-confirm`: try, confirm, cancel, with the buyer answered after the try. Confirms run later, in a batch;
 * a reservation that has expired by then is cancelled, and its unit goes back, although its buyer was told "sold".
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool } from '../../storage/postgres.ts'
import { answerFrom, look } from '../../storage/sale-books.ts'
import { BOOKING_FUNCTIONS } from '../../storage/selling-functions.ts'
import { plainPostgresSale } from '../absolute-write.ts'
import { pause } from '../pause.ts'
import type { BuyRequest, BuyResult, Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'
import { describeControl, repeat } from './control.ts'

const CONFIRM_EVERY_MS = 100
const EXPIRES_AFTER_MS = 80
const TRY = {
  name: 'try',
  text: 'UPDATE stock SET remaining = remaining - $2 WHERE sku = $1 AND remaining >= $2 RETURNING per_user_limit',
}
const CONFIRM = { name: 'confirm', text: 'SELECT o_code FROM book_order($1, $2, $3, $4, $5, $6)' }
const CANCEL = { name: 'cancel', text: 'UPDATE stock SET remaining = remaining + $2 WHERE sku = $1' }

interface Reservation {
  readonly request: BuyRequest
  /** Of CONFIRM. */
  readonly values: readonly unknown[]
  readonly expiresAtMs: number
}

export const earlyConfirm: Strategy = {
  description: describeControl({
    name: 'control-early-confirm',
    summary: 'a reservation is answered with "sold" before its confirm has run; some have expired by then',
    convictedBy: 'acknowledged-kept',
  }),
  functions: BOOKING_FUNCTIONS,
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), 4)
    const sale = plainPostgresSale(pool)
    const nextOrderId = createOrderIds()
    const funnel = context.meter.funnel()
    const told = new Map<string, Promise<BuyResult>>()
    const reservations: Reservation[] = []

    async function reserve(request: BuyRequest): Promise<BuyResult> {
      const { requestId, userId, sku, quantity } = request
      const answer = answerFrom(await look(pool, request), request)
      if (answer !== null) return answer
      const row = (await pool.query(TRY, [sku, quantity]))[0]
      if (row === undefined) return { kind: 'soldOut' }
      funnel.deducted(sku, quantity)
      const orderId = nextOrderId()
      const values = [orderId, requestId, userId, sku, quantity, row[0]]
      reservations.push({ values, request, expiresAtMs: performance.now() + EXPIRES_AFTER_MS })
      return { kind: 'sold', orderId, replayed: false }
    }

    async function confirm(): Promise<void> {
      for (let left = reservations.length; left > 0; left--) {
        const { values, request, expiresAtMs } = reservations[0]!
        const { sku, quantity } = request
        const isAlive = performance.now() < expiresAtMs
        const isKept = isAlive && (await pool.query(CONFIRM, values))[0]![0] === 'sold'
        if (isKept) {
          funnel.ordered(sku, quantity)
          context.meter.batchWritten(1)
        } else {
          await pool.query(CANCEL, [sku, quantity])
        }
        reservations.shift()
      }
    }
    context.meter.backlog({ isShared: false, read: () => reservations.length })
    const confirming = repeat(context.span(CONFIRM_EVERY_MS), confirm)

    return {
      ...sale,
      async buy(request, attempt) {
        const earlier = await told.get(request.requestId)
        if (earlier?.kind === 'sold') return { ...earlier, replayed: true }
        if (!attempt.begin()) return { kind: 'busy' }
        const answer = reserve(request)
        told.set(request.requestId, answer)
        return answer
      },
      async settle(signal) {
        while (reservations.length > 0) await pause(context.span(CONFIRM_EVERY_MS), signal)
      },
      async stop() {
        await confirming.stop()
        await sale.stop()
      },
    }
  },
}
