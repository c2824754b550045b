/**
 * The one statement of `batched`: many buys of one sale, granted in the order they are handed over, in one transaction.
 * The stock row is locked first and everything else is read afterwards, in statements of their own: a snapshot taken
 * together with the lock is older than the lock, and would not see what its last holder sold. Under that lock all is
 * known beforehand: who has an order already, who is at the limit, how far the stock goes; so nothing is undone later.
 * Constant texts: input reaches them as parameters alone.
 */
import type { Statement } from '../../storage/postgres.ts'

/**
 * A sale's tables are empty when these are planned, and a plan that was made for empty tables reads them whole later on,
 * when they hold a million rows. Each look here is for single keys. Planned once: planning anew costs as much as ten orders.
 */
const BY_INDEX = `SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off`

/**
 * One after the other, for a batch in which anything is not plain: a retry, a user who comes twice or is near the limit,
 * a stock that doesn't suffice for all. Called under the lock of the stock row, or where nothing can be sold.
 * A later request is granted what an earlier, larger one could not be given.
 */
const SELL_ONE_BY_ONE = `
CREATE OR REPLACE FUNCTION sell_one_by_one(
  p_sku text, p_orders text[], p_requests text[], p_users text[], p_quantities integer[],
  p_remaining integer, p_limit integer, p_refusal text, OUT o_outcomes text, OUT o_earlier text
) LANGUAGE plpgsql ${BY_INDEX} AS $body$
DECLARE
  v record;
  v_outcomes text[] := '{}';
  v_earlier text[] := '{}';
  -- By the place of a user's first request in the batch: the units that the user has.
  v_units integer[] := array_fill(NULL::integer, ARRAY[cardinality(p_orders)]);
  -- By the place of a request id's first use in the batch: the place of the request that got its order.
  v_sold_at integer[] := array_fill(NULL::integer, ARRAY[cardinality(p_orders)]);
  v_remaining integer := p_remaining;
  v_twin integer;
BEGIN
  FOR v IN
    SELECT n.user_id, n.quantity, n.i::integer AS i, o.order_id AS earlier,
        o.user_id = n.user_id AND o.sku = p_sku AND o.quantity = n.quantity AS same,
        (min(n.i) OVER (PARTITION BY n.request_id))::integer AS first_of_request,
        (min(n.i) OVER (PARTITION BY n.user_id))::integer AS first_of_user,
        CASE WHEN p_limit IS NOT NULL AND p_refusal IS NULL THEN
          coalesce((SELECT q.units FROM quotas q WHERE q.sku = p_sku AND q.user_id = n.user_id), 0)
        END AS units
      FROM unnest(p_requests, p_users, p_quantities) WITH ORDINALITY AS n(request_id, user_id, quantity, i)
      LEFT JOIN orders o ON o.request_id = n.request_id
      ORDER BY n.i
  LOOP
    v_twin := v_sold_at[v.first_of_request];
    IF v.first_of_user = v.i THEN
      v_units[v.i] := v.units;
    END IF;
    IF v.earlier IS NOT NULL THEN
      v_outcomes[v.i] := CASE WHEN v.same THEN 'r' ELSE 'k' END;
      v_earlier[v.i] := CASE WHEN v.same THEN v.earlier END;
    ELSIF v_twin IS NOT NULL THEN
      IF p_users[v_twin] = v.user_id AND p_quantities[v_twin] = v.quantity THEN
        v_outcomes[v.i] := 'r';
        v_earlier[v.i] := p_orders[v_twin];
      ELSE
        v_outcomes[v.i] := 'k';
      END IF;
    ELSIF p_refusal IS NOT NULL THEN
      v_outcomes[v.i] := p_refusal;
    ELSIF v_remaining < v.quantity THEN
      v_outcomes[v.i] := 'o';
    ELSIF v_units[v.first_of_user] + v.quantity > p_limit THEN
      v_outcomes[v.i] := 'l';
    ELSE
      v_outcomes[v.i] := 's';
      v_remaining := v_remaining - v.quantity;
      v_units[v.first_of_user] := v_units[v.first_of_user] + v.quantity;
      v_sold_at[v.first_of_request] := v.i;
    END IF;
  END LOOP;
  IF v_remaining < p_remaining THEN
    INSERT INTO orders (order_id, request_id, user_id, sku, quantity)
      SELECT n.order_id, n.request_id, n.user_id, p_sku, n.quantity
        FROM unnest(p_orders, p_requests, p_users, p_quantities, v_outcomes)
          AS n(order_id, request_id, user_id, quantity, outcome)
        WHERE n.outcome = 's';
    IF p_limit IS NOT NULL THEN
      INSERT INTO quotas AS q (sku, user_id, units)
        SELECT p_sku, n.user_id, sum(n.quantity)
          FROM unnest(p_users, p_quantities, v_outcomes) AS n(user_id, quantity, outcome)
          WHERE n.outcome = 's' GROUP BY n.user_id
        ON CONFLICT (sku, user_id) DO UPDATE SET units = q.units + excluded.units;
    END IF;
    UPDATE stock SET remaining = v_remaining, version = version + 1 WHERE sku = p_sku;
  END IF;
  o_outcomes := array_to_string(v_outcomes, '');
  o_earlier := array_to_string(v_earlier, ' ');
END $body$`

/**
 * The lists are texts with a space between the entries: they are split in less time than arrays are parsed, and ids hold
 * no spaces. `p_distinct`: no request id and no user comes twice.
 * `o_outcomes`: a letter for each request, or one for all of them; `o_earlier`: the orders of those that are replayed.
 * Letters: s sold, r replayed, o sold out, l limit reached, k request id used for another buy, c sale closed, n no sale.
 * Raises unique_violation when a request id gets its order in another sale at the same moment: ask again.
 */
const SELL_BATCH = `
CREATE OR REPLACE FUNCTION sell_batch(
  p_sku text, p_order_list text, p_request_list text, p_user_list text, p_quantity_list text, p_distinct boolean,
  OUT o_outcomes text, OUT o_earlier text
) LANGUAGE plpgsql ${BY_INDEX} AS $body$
DECLARE
  v_orders text[] := string_to_array(p_order_list, ' ');
  v_requests text[] := string_to_array(p_request_list, ' ');
  v_users text[] := string_to_array(p_user_list, ' ');
  v_quantities integer[] := string_to_array(p_quantity_list, ' ')::integer[];
  v_least integer; v_total integer; v_remaining integer; v_limit integer; v_closed boolean; v_refusal text;
  v_known boolean := false; v_over boolean := false;
BEGIN
  ASSERT cardinality(v_orders) = ALL (ARRAY[cardinality(v_requests), cardinality(v_users), cardinality(v_quantities)]);
  SELECT min(q), sum(q) INTO v_least, v_total FROM unnest(v_quantities) AS q;
  SELECT remaining, per_user_limit, closed INTO v_remaining, v_limit, v_closed FROM stock WHERE sku = p_sku;
  -- Where nothing can be sold nothing is locked.
  IF v_remaining >= v_least AND NOT v_closed THEN
    SELECT remaining, closed INTO v_remaining, v_closed FROM stock WHERE sku = p_sku FOR NO KEY UPDATE;
  END IF;
  v_refusal := CASE WHEN v_remaining IS NULL THEN 'n' WHEN v_closed THEN 'c' WHEN v_remaining < v_least THEN 'o' END;

  IF NOT EXISTS (SELECT FROM orders WHERE request_id = ANY (v_requests)) THEN
    IF v_refusal IS NOT NULL THEN
      o_outcomes := v_refusal;
      RETURN;
    END IF;
    IF p_distinct AND v_remaining >= v_total THEN
      IF v_limit IS NOT NULL THEN
        SELECT count(k.units) > 0, coalesce(bool_or(coalesce(k.units, 0) + k.quantity > v_limit), false)
          INTO v_known, v_over
          FROM (
            SELECT n.quantity, (SELECT q.units FROM quotas q WHERE q.sku = p_sku AND q.user_id = n.user_id) AS units
              FROM unnest(v_users, v_quantities) AS n(user_id, quantity) OFFSET 0
          ) AS k;
      END IF;
      IF NOT v_over THEN
        INSERT INTO orders (order_id, request_id, user_id, sku, quantity)
          SELECT n.order_id, n.request_id, n.user_id, p_sku, n.quantity
            FROM unnest(v_orders, v_requests, v_users, v_quantities) AS n(order_id, request_id, user_id, quantity);
        IF v_known THEN
          INSERT INTO quotas AS q (sku, user_id, units)
            SELECT p_sku, n.user_id, n.quantity FROM unnest(v_users, v_quantities) AS n(user_id, quantity)
            ON CONFLICT (sku, user_id) DO UPDATE SET units = q.units + excluded.units;
        ELSIF v_limit IS NOT NULL THEN
          INSERT INTO quotas (sku, user_id, units)
            SELECT p_sku, n.user_id, n.quantity FROM unnest(v_users, v_quantities) AS n(user_id, quantity);
        END IF;
        UPDATE stock SET remaining = remaining - v_total, version = version + 1 WHERE sku = p_sku;
        o_outcomes := 's';
        RETURN;
      END IF;
    END IF;
  END IF;
  SELECT b.o_outcomes, b.o_earlier INTO o_outcomes, o_earlier
    FROM sell_one_by_one(p_sku, v_orders, v_requests, v_users, v_quantities, v_remaining, v_limit, v_refusal) AS b;
END $body$`

export const BATCH_FUNCTIONS: readonly string[] = [SELL_ONE_BY_ONE, SELL_BATCH]

/** One row a sale, in the order given: sales come sorted, so that two batches never wait for each other crosswise. */
export const SELL_BATCHES: Statement = {
  name: 'sell_batches',
  text: `SELECT b.o_outcomes, b.o_earlier
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[])
      AS g(sku, orders, requests, users, quantities, is_distinct),
      sell_batch(g.sku, g.orders, g.requests, g.users, g.quantities, g.is_distinct) AS b`,
}
