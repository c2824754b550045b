/**
 * `pessimistic`: SELECT ... FOR UPDATE, then look, then write. Whoever holds the lock of the stock row sells alone, and
 * what was read under it stays true until the commit. All in one function, so that the lock is held for a commit and
 * not for five round trips as well.
 */
import { createOrderIds } from '../storage/order-ids.ts'
import { PostgresLanes } from '../storage/postgres-lanes.ts'
import { PostgresPool } from '../storage/postgres.ts'
import { POSTGRES_BOOKS, probePostgres, resultFrom } from '../storage/sale-books.ts'
import { answerOr, BOOKING_FUNCTIONS, LOOK, PICTURE_VARIABLES, SALE_SIGNATURE } from '../storage/selling-functions.ts'
import { plainPostgresSale } from './absolute-write.ts'
import type { Strategy } from './strategy.ts'
import { postgresOf } from './stores.ts'

/**
 * The lock has a statement of its own: a snapshot taken together with it is older than the lock, and would show neither
 * what its last holder sold nor the order of a twin. Where the stock doesn't suffice nothing is locked.
 */
const SELL_LOCKED = `
CREATE OR REPLACE FUNCTION sell_locked(${SALE_SIGNATURE}) LANGUAGE plpgsql AS $body$
DECLARE
  v_locked boolean; ${PICTURE_VARIABLES}
BEGIN
  PERFORM FROM stock WHERE sku = p_sku AND remaining >= p_quantity AND NOT closed FOR UPDATE;
  v_locked := FOUND; ${LOOK} ${answerOr(`
    IF NOT v_locked THEN
      o_code := 'conflict';
      RETURN;
    END IF;
    SELECT b.o_code, b.o_order INTO o_code, o_order
      FROM book_order(p_order, p_request, p_user, p_sku, p_quantity, v_limit) AS b;
    IF o_code = 'sold' THEN
      UPDATE stock SET remaining = remaining - p_quantity, version = version + 1 WHERE sku = p_sku;
    END IF;`)}
END $body$`

export const SELL_LOCKED_STATEMENT = {
  name: 'sell_locked',
  text: 'SELECT o_code, o_order FROM sell_locked($1, $2, $3, $4, $5)',
}

/** Of each instance; more connections sell less, since on a hot row they only wait for its lock. */
const SELLING_LANES = { connections: 2, statements: 8 }
/** For reads, and for opening and closing. */
const READING_CONNECTIONS = 2

export const pessimistic: Strategy = {
  description: {
    name: 'pessimistic',
    summary: 'SELECT ... FOR UPDATE, then the order, the limit and the stock, in one round trip',
    control: false,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
    rightWith: 'any-instances',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: null,
  },
  functions: [...BOOKING_FUNCTIONS, SELL_LOCKED],
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), READING_CONNECTIONS)
    const lanes = new PostgresLanes(postgresOf(context), SELLING_LANES)
    const nextOrderId = createOrderIds()
    await probePostgres(pool)
    return {
      ...plainPostgresSale(pool, lanes),
      async buy({ requestId, userId, sku, quantity }, attempt) {
        const row = await lanes.sell(SELL_LOCKED_STATEMENT, [nextOrderId(), requestId, userId, sku, quantity], attempt)
        return row === null ? { kind: 'busy' } : (resultFrom(row) ?? { kind: 'busy' })
      },
    }
  },
}
