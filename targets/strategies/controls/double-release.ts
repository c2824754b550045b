/**
 * `control-double-release`: a unit is given back before it is recorded that it was. A sweeper, which finishes what a
 * dead process left undone, finds no record and gives it back once more.
 */
import { PostgresPool } from '../../storage/postgres.ts'
import { BOOKING_FUNCTIONS } from '../../storage/selling-functions.ts'
import { plainPostgresSale } from '../absolute-write.ts'
import { pause } from '../pause.ts'
import type { BuyRequest, Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'
import { describeControl, repeat } from './control.ts'
import { takeThenBook } from './take-then-book.ts'

const RECORDS = 'CREATE TABLE IF NOT EXISTS releases (order_id text PRIMARY KEY)'
const GIVE_BACK = { name: 'give_back', text: 'UPDATE stock SET remaining = remaining + $2 WHERE sku = $1' }
const RECORD = { name: 'record', text: 'INSERT INTO releases (order_id) VALUES ($1) ON CONFLICT DO NOTHING' }
const SWEEP_EVERY_MS = 2
const SETTLE_POLL_MS = 20

export const doubleRelease: Strategy = {
  description: describeControl({
    name: 'control-double-release',
    summary: 'gives units back before it records that it did: a sweeper gives them back again',
    convictedBy: 'conservation',
    // With ample stock: units that come back twice would be sold twice.
    shownBy: ['--stock', '100000', '--set', 'buyers.population=50'],
  }),
  functions: [...BOOKING_FUNCTIONS, RECORDS],
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), 4)
    const sale = plainPostgresSale(pool)
    const unrecorded = new Map<string, BuyRequest>()
    const release = async (orderId: string, { sku, quantity }: BuyRequest): Promise<void> => {
      await pool.query(GIVE_BACK, [sku, quantity])
      await pool.query(RECORD, [orderId])
      unrecorded.delete(orderId)
    }
    const sweeping = repeat(context.span(SWEEP_EVERY_MS), async () => {
      for (const [orderId, request] of unrecorded) await release(orderId, request)
    })
    return {
      ...sale,
      buy: takeThenBook(pool, context.meter.funnel(), (request, orderId) => {
        unrecorded.set(orderId, request)
        return release(orderId, request)
      }),
      async settle(signal) {
        do await pause(context.span(SETTLE_POLL_MS), signal)
        while (unrecorded.size > 0)
      },
      async stop() {
        await sweeping.stop()
        await sale.stop()
      },
    }
  },
}
