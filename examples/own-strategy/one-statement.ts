/**
 * A strategy of one's own, complete: the units are taken and the order is written by one SQL statement.
 *
 *   doorbuster conformance ./one-statement.ts
 *   doorbuster run smoke --strategy ./one-statement.ts
 */
import {
  answerFrom,
  BOOKING_FUNCTIONS,
  type BuyResult,
  closeSale,
  createOrderIds,
  look,
  openSale,
  POSTGRES_BOOKS,
  PostgresPool,
  postgresOf,
  probePostgres,
  readStock,
  resultFrom,
  type Strategy,
} from 'doorbuster/strategy'

/**
 * `book_order` writes the order and counts the user's units; it is one of the BOOKING_FUNCTIONS. The stock is touched
 * last, since its row is what everybody waits for.
 */
const TAKE_AND_BOOK = `
CREATE OR REPLACE FUNCTION take_and_book(
  p_order text, p_request text, p_user text, p_sku text, p_quantity integer, p_limit integer,
  OUT o_code text, OUT o_order text
) LANGUAGE plpgsql AS $body$
BEGIN
  SELECT b.o_code, b.o_order INTO o_code, o_order
    FROM book_order(p_order, p_request, p_user, p_sku, p_quantity, p_limit) AS b;
  IF o_code = 'sold' THEN
    UPDATE stock SET remaining = remaining - p_quantity WHERE sku = p_sku AND remaining >= p_quantity AND NOT closed;
    IF NOT FOUND THEN
      PERFORM unbook_order(p_order, p_user, p_sku, p_quantity);
      o_code := 'soldOut';
    END IF;
  END IF;
END $body$`

const SELL = { name: 'take_and_book', text: 'SELECT o_code, o_order FROM take_and_book($1, $2, $3, $4, $5, $6)' }
const BUSY: BuyResult = { kind: 'busy' }

export const strategy: Strategy = {
  description: {
    name: 'one-statement',
    summary: 'takes the units and books the order in one statement',
    control: false,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
    rightWith: 'any-instances',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: null,
  },
  functions: [...BOOKING_FUNCTIONS, TAKE_AND_BOOK],
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), 4)
    const nextOrderId = createOrderIds()
    await probePostgres(pool)
    return {
      open: (terms) => openSale(pool, terms),
      learn: async () => {},
      async buy(request, attempt) {
        const picture = await look(pool, request)
        // A retry is answered with its order; too few left, the limit, a closed sale are told from the picture too.
        const answer = answerFrom(picture, request)
        if (answer !== null) return answer
        const { requestId, userId, sku, quantity } = request
        const values = [nextOrderId(), requestId, userId, sku, quantity, picture.sale!.perUserLimit]
        const row = await pool.sell(SELL, values, attempt)
        return row === null ? BUSY : (resultFrom(row) ?? BUSY)
      },
      stock: (sku) => readStock(pool, sku),
      close: (sku) => closeSale(pool, sku),
      settle: async () => {},
      probe: () => probePostgres(pool),
      counters: () => ({}),
      stop: () => pool.stop(),
    }
  },
}
