/**
 * `atomic-update`: the database decides. One function, one round trip, one transaction: what the request, the user and
 * the stock look like; then the order, the user's units, and last the hot row, by `UPDATE ... WHERE remaining >= n`.
 * Last, because its lock is what everyone waits for, and it is held until the commit is on disk.
 */
import { createOrderIds } from '../storage/order-ids.ts'
import { PostgresLanes } from '../storage/postgres-lanes.ts'
import { PostgresPool } from '../storage/postgres.ts'
import { POSTGRES_BOOKS, probePostgres, resultFrom } from '../storage/sale-books.ts'
import { answerOr, BOOKING_FUNCTIONS, LOOK, PICTURE_VARIABLES, SALE_SIGNATURE } from '../storage/selling-functions.ts'
import { plainPostgresSale } from './absolute-write.ts'
import type { Strategy } from './strategy.ts'
import { postgresOf } from './stores.ts'

const SELL_ATOMICALLY = `
CREATE OR REPLACE FUNCTION sell_atomically(${SALE_SIGNATURE}) LANGUAGE plpgsql AS $body$
DECLARE ${PICTURE_VARIABLES}
BEGIN ${LOOK} ${answerOr(`
    SELECT b.o_code, b.o_order INTO o_code, o_order
      FROM book_order(p_order, p_request, p_user, p_sku, p_quantity, v_limit) AS b;
    IF o_code = 'sold' THEN
      UPDATE stock SET remaining = remaining - p_quantity, version = version + 1
        WHERE sku = p_sku AND remaining >= p_quantity;
      IF NOT FOUND THEN
        PERFORM unbook_order(p_order, p_user, p_sku, p_quantity);
        o_code := 'soldOut';
      END IF;
    END IF;`)}
END $body$`

export const SELL_ATOMICALLY_STATEMENT = {
  name: 'sell',
  text: 'SELECT o_code, o_order FROM sell_atomically($1, $2, $3, $4, $5)',
}

/** Of each instance; more connections sell less, since on a hot row they only wait for its lock. */
const SELLING_LANES = { connections: 2, statements: 8 }
/** For reads, and for opening and closing. */
const READING_CONNECTIONS = 2

export const atomicUpdate: Strategy = {
  description: {
    name: 'atomic-update',
    summary: 'UPDATE ... WHERE remaining >= n with the order and the limit, in one round trip',
    control: false,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
    rightWith: 'any-instances',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: null,
  },
  functions: [...BOOKING_FUNCTIONS, SELL_ATOMICALLY],
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), READING_CONNECTIONS)
    const lanes = new PostgresLanes(postgresOf(context), SELLING_LANES)
    const nextOrderId = createOrderIds()
    await probePostgres(pool)
    return {
      ...plainPostgresSale(pool, lanes),
      async buy({ requestId, userId, sku, quantity }, attempt) {
        const row = await lanes.sell(
          SELL_ATOMICALLY_STATEMENT,
          [nextOrderId(), requestId, userId, sku, quantity],
          attempt,
        )
        return row === null ? { kind: 'busy' } : (resultFrom(row) ?? { kind: 'busy' })
      },
    }
  },
}
