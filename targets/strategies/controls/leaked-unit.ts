/** `control-leaked-unit`: takes the unit, then finds that the user may not have it, and forgets to give it back. */
import { PostgresPool } from '../../storage/postgres.ts'
import { BOOKING_FUNCTIONS } from '../../storage/selling-functions.ts'
import { plainPostgresSale } from '../absolute-write.ts'
import type { Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'
import { describeControl } from './control.ts'
import { takeThenBook } from './take-then-book.ts'

export const leakedUnit: Strategy = {
  description: describeControl({
    name: 'control-leaked-unit',
    summary: 'takes the unit before it looks at the limit, and does not give it back',
    convictedBy: 'conservation',
  }),
  functions: BOOKING_FUNCTIONS,
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), 4)
    return { ...plainPostgresSale(pool), buy: takeThenBook(pool, context.meter.funnel(), async () => {}) }
  },
}
