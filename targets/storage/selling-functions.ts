/**
 * SQL functions with which several strategies write a sale. Each is one round trip and one transaction, returns a code
 * and never raises for an expected outcome (a raised error costs the connection). Constant texts: input reaches them as
 * parameters alone.
 */
import { PICTURE_COLUMNS, PICTURE_TABLES } from './sale-books.ts'

const PARAMETERS = 'p_order text, p_request text, p_user text, p_sku text, p_quantity integer'
const RESULT = 'OUT o_code text, OUT o_order text'

/** Parameters and results of a function that sells by itself. */
export const SALE_SIGNATURE = `${PARAMETERS}, ${RESULT}`

/** In the DECLARE part of such a function. */
export const PICTURE_VARIABLES = `
  v_remaining integer; v_version integer; v_limit integer; v_closed boolean;
  v_order text; v_user text; v_sku text; v_quantity integer; v_units integer;`

/** One look at everything that decides. */
export const LOOK = `
  SELECT ${PICTURE_COLUMNS}
    INTO v_remaining, v_version, v_limit, v_closed, v_order, v_user, v_sku, v_quantity, v_units
    FROM ${PICTURE_TABLES('p_request', 'p_user', 'p_sku')};`

/** The answer, where the look gives one; `otherwise` is done where it gives none. As `answerFrom` in the application. */
export const answerOr = (otherwise: string): string => `
  IF v_order IS NOT NULL THEN
    IF v_user = p_user AND v_sku = p_sku AND v_quantity = p_quantity THEN
      o_code := 'replayed';
      o_order := v_order;
    ELSE
      o_code := 'keyReused';
    END IF;
  ELSIF v_remaining IS NULL THEN
    o_code := 'saleNotFound';
  ELSIF v_closed THEN
    o_code := 'saleClosed';
  ELSIF v_remaining < p_quantity THEN
    o_code := 'soldOut';
  ELSIF v_units + p_quantity > v_limit THEN
    o_code := 'limitExceeded';
  ELSE${otherwise}
  END IF;`

/**
 * The order and the user's units, before the hot stock row is touched. A twin with the same request id that has not
 * committed yet is waited for by the unique index, and then answered for.
 * The caller has seen that the quantity is within the limit by itself.
 */
const BOOK_ORDER = `
CREATE OR REPLACE FUNCTION book_order(${PARAMETERS}, p_limit integer, ${RESULT}) LANGUAGE plpgsql AS $body$
DECLARE
  v_earlier orders;
BEGIN
  INSERT INTO orders (order_id, request_id, user_id, sku, quantity)
    VALUES (p_order, p_request, p_user, p_sku, p_quantity) ON CONFLICT (request_id) DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO STRICT v_earlier FROM orders WHERE request_id = p_request;
    IF v_earlier.user_id = p_user AND v_earlier.sku = p_sku AND v_earlier.quantity = p_quantity THEN
      o_code := 'replayed';
      o_order := v_earlier.order_id;
    ELSE
      o_code := 'keyReused';
    END IF;
    RETURN;
  END IF;
  IF p_limit IS NOT NULL THEN
    INSERT INTO quotas AS q (sku, user_id, units) VALUES (p_sku, p_user, p_quantity)
      ON CONFLICT (sku, user_id) DO UPDATE SET units = q.units + excluded.units
      WHERE q.units + excluded.units <= p_limit;
    IF NOT FOUND THEN
      DELETE FROM orders WHERE order_id = p_order;
      o_code := 'limitExceeded';
      RETURN;
    END IF;
  END IF;
  o_code := 'sold';
  o_order := p_order;
END $body$`

/** Undoes what `book_order` did in the same transaction. */
const UNBOOK_ORDER = `
CREATE OR REPLACE FUNCTION unbook_order(p_order text, p_user text, p_sku text, p_quantity integer)
RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  DELETE FROM orders WHERE order_id = p_order;
  UPDATE quotas SET units = units - p_quantity WHERE sku = p_sku AND user_id = p_user;
END $body$`

export const BOOKING_FUNCTIONS: readonly string[] = [BOOK_ORDER, UNBOOK_ORDER]

/**
 * Compare-and-set on the version that the seller knows: `conflict` if anyone else sold in between, or if too few are left
 * or the sale is closed (a look at the sale then tells which).
 * The stock row comes first here: most losers of the race then leave without having written anything.
 * `p_second_delete_ms`: the second deletion of the cache key is due so long after the sale; null: none is recorded.
 */
const SELL_AT_VERSION = `
CREATE OR REPLACE FUNCTION sell_at_version(
  ${PARAMETERS}, p_limit integer, p_version integer, p_second_delete_ms integer, ${RESULT}
) LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE stock SET remaining = remaining - p_quantity, version = version + 1,
      second_delete_due_at = clock_timestamp() + p_second_delete_ms * interval '1 millisecond'
    WHERE sku = p_sku AND version = p_version AND remaining >= p_quantity AND NOT closed;
  IF NOT FOUND THEN
    o_code := 'conflict';
    RETURN;
  END IF;
  SELECT b.o_code, b.o_order INTO o_code, o_order
    FROM book_order(p_order, p_request, p_user, p_sku, p_quantity, p_limit) AS b;
  IF o_code <> 'sold' THEN
    UPDATE stock SET remaining = remaining + p_quantity, version = version - 1 WHERE sku = p_sku;
  END IF;
END $body$`

export const VERSION_FUNCTIONS: readonly string[] = [...BOOKING_FUNCTIONS, SELL_AT_VERSION]

export const SELL_AT_VERSION_STATEMENT = {
  name: 'sell_at_version',
  text: 'SELECT o_code, o_order FROM sell_at_version($1, $2, $3, $4, $5, $6, $7, $8)',
}

/**
 * The lost update, for the controls: the new stock is what the caller worked out from a stock read earlier, and is
 * written over whatever stands there by now. All else is as careful as elsewhere, so that only the stock goes wrong.
 */
const SELL_ABSOLUTE = `
CREATE OR REPLACE FUNCTION sell_absolute(${PARAMETERS}, p_limit integer, p_remaining integer, ${RESULT})
LANGUAGE plpgsql AS $body$
BEGIN
  SELECT b.o_code, b.o_order INTO o_code, o_order
    FROM book_order(p_order, p_request, p_user, p_sku, p_quantity, p_limit) AS b;
  IF o_code = 'sold' THEN
    UPDATE stock SET remaining = p_remaining, version = version + 1 WHERE sku = p_sku;
  END IF;
END $body$`

export const ABSOLUTE_FUNCTIONS: readonly string[] = [...BOOKING_FUNCTIONS, SELL_ABSOLUTE]

export const SELL_ABSOLUTE_STATEMENT = {
  name: 'sell_absolute',
  text: 'SELECT o_code, o_order FROM sell_absolute($1, $2, $3, $4, $5, $6, $7)',
}
