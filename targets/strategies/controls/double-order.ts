/**
 * `control-double-order`: looks for an earlier order of the request, finds none, and sells; nothing in the database
 * keeps a request from having two. The halves of a double click both find none.
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool } from '../../storage/postgres.ts'
import { POSTGRES_BOOKS, resultFrom } from '../../storage/sale-books.ts'
import { plainPostgresSale } from '../absolute-write.ts'
import type { Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'
import { describeControl } from './control.ts'

const SELL_UNKEYED = `
CREATE TABLE IF NOT EXISTS unkeyed_orders (LIKE orders INCLUDING DEFAULTS);
CREATE INDEX IF NOT EXISTS unkeyed_orders_request ON unkeyed_orders (request_id);
CREATE OR REPLACE FUNCTION sell_unkeyed(
  p_order text, p_request text, p_user text, p_sku text, p_quantity integer, OUT o_code text, OUT o_order text
) LANGUAGE plpgsql AS $body$
DECLARE
  v_sale stock;
BEGIN
  SELECT * INTO STRICT v_sale FROM stock WHERE sku = p_sku FOR UPDATE;
  o_code := CASE WHEN v_sale.closed THEN 'saleClosed' WHEN v_sale.remaining < p_quantity THEN 'soldOut' END;
  IF o_code IS NOT NULL THEN RETURN; END IF;
  INSERT INTO quotas AS q (sku, user_id, units) VALUES (p_sku, p_user, p_quantity)
    ON CONFLICT (sku, user_id) DO UPDATE SET units = q.units + excluded.units
    WHERE v_sale.per_user_limit IS NULL OR q.units + excluded.units <= v_sale.per_user_limit;
  IF NOT FOUND OR p_quantity > v_sale.per_user_limit THEN
    o_code := 'limitExceeded';
    RETURN;
  END IF;
  UPDATE stock SET remaining = remaining - p_quantity WHERE sku = p_sku;
  INSERT INTO unkeyed_orders (order_id, request_id, user_id, sku, quantity)
    VALUES (p_order, p_request, p_user, p_sku, p_quantity);
  o_code := 'sold';
  o_order := p_order;
END $body$`
const EARLIER = { name: 'earlier', text: 'SELECT order_id FROM unkeyed_orders WHERE request_id = $1' }
const SELL = { name: 'sell', text: 'SELECT o_code, o_order FROM sell_unkeyed($1, $2, $3, $4, $5)' }

export const doubleOrder: Strategy = {
  description: describeControl({
    name: 'control-double-order',
    summary: 'looks for an earlier order and then sells: the halves of a double click make one each',
    convictedBy: 'exactly-once',
    books: { ...POSTGRES_BOOKS, ordersTable: 'unkeyed_orders' },
  }),
  functions: [SELL_UNKEYED],
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), 4)
    const nextOrderId = createOrderIds()
    return {
      ...plainPostgresSale(pool),
      async buy({ requestId, userId, sku, quantity }, attempt) {
        const earlier = (await pool.query(EARLIER, [requestId]))[0]
        if (earlier !== undefined) return { kind: 'sold', orderId: earlier[0] as string, replayed: true }
        const row = await pool.sell(SELL, [nextOrderId(), requestId, userId, sku, quantity], attempt)
        return row === null ? { kind: 'busy' } : (resultFrom(row) ?? { kind: 'busy' })
      },
    }
  },
}
