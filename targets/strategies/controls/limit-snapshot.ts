/**
 * `control-limit-snapshot`: locks the sale and adds up the user's units in one statement. The lock is waited for, but the
 * statement's snapshot is as old as its beginning: what the user bought meanwhile is not in the sum.
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool } from '../../storage/postgres.ts'
import { resultFrom } from '../../storage/sale-books.ts'
import { BOOKING_FUNCTIONS } from '../../storage/selling-functions.ts'
import { plainPostgresSale } from '../absolute-write.ts'
import type { Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'
import { describeControl } from './control.ts'

const LOCK_AND_SUM = `
CREATE OR REPLACE FUNCTION lock_and_sum(
  p_order text, p_request text, p_user text, p_sku text, p_quantity integer, OUT o_code text, OUT o_order text
) LANGUAGE plpgsql AS $body$
DECLARE
  v_remaining integer; v_closed boolean; v_limit integer; v_units integer; v_refusal text;
BEGIN
  SELECT s.remaining, s.closed, s.per_user_limit,
      (SELECT coalesce(sum(o.quantity), 0) FROM orders o WHERE o.sku = p_sku AND o.user_id = p_user)
    INTO STRICT v_remaining, v_closed, v_limit, v_units
    FROM stock s WHERE s.sku = p_sku FOR UPDATE;
  -- As long as a commit to a slow disk: however fast the machine, others of the same user come to wait meanwhile.
  PERFORM pg_sleep(0.002);
  SELECT b.o_code, b.o_order INTO o_code, o_order
    FROM book_order(p_order, p_request, p_user, p_sku, p_quantity, NULL) AS b;
  IF o_code <> 'sold' THEN RETURN; END IF;
  v_refusal := CASE WHEN v_closed THEN 'saleClosed' WHEN v_remaining < p_quantity THEN 'soldOut'
    WHEN v_units + p_quantity > v_limit THEN 'limitExceeded' END;
  IF v_refusal IS NOT NULL THEN
    PERFORM unbook_order(p_order, p_user, p_sku, p_quantity);
    o_code := v_refusal;
  ELSE
    UPDATE stock SET remaining = remaining - p_quantity WHERE sku = p_sku;
  END IF;
END $body$`
const SELL = { name: 'sell', text: 'SELECT o_code, o_order FROM lock_and_sum($1, $2, $3, $4, $5)' }

/** So many wait for the lock at once, each with a snapshot of its own age. */
const CONNECTIONS = 32

export const limitSnapshot: Strategy = {
  description: describeControl({
    name: 'control-limit-snapshot',
    summary: "locks the sale and sums the user's units in one statement, whose snapshot is older than the lock",
    convictedBy: 'per-user-limit',
    shownBy: ['--rate', '4000', '--set', 'buyers.population=50'],
  }),
  functions: [...BOOKING_FUNCTIONS, LOCK_AND_SUM],
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), CONNECTIONS)
    const nextOrderId = createOrderIds()
    return {
      ...plainPostgresSale(pool),
      async buy({ requestId, userId, sku, quantity }, attempt) {
        const row = await pool.sell(SELL, [nextOrderId(), requestId, userId, sku, quantity], attempt)
        return row === null ? { kind: 'busy' } : (resultFrom(row) ?? { kind: 'busy' })
      },
    }
  },
}
