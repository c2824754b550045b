/**
 * `optimistic-in-database`: the same compare-and-set, with its loop in the database. A try then costs no round trip, and
 * the look is so short before the write that few lose; whoever loses has waited for the winner's commit, which is all
 * the backoff there has to be. Out of tries is not sold out: the buyer is told to try again.
 */
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresLanes } from '../../storage/postgres-lanes.ts'
import { PostgresPool } from '../../storage/postgres.ts'
import { POSTGRES_BOOKS, probePostgres, resultFrom } from '../../storage/sale-books.ts'
import {
  answerOr,
  LOOK,
  PICTURE_VARIABLES,
  SALE_SIGNATURE,
  VERSION_FUNCTIONS,
} from '../../storage/selling-functions.ts'
import { plainPostgresSale } from '../absolute-write.ts'
import type { Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'

/** Of each instance; more connections sell less, since on a hot row they only wait for its lock. */
const SELLING_LANES = { connections: 2, statements: 8 }
/** For reads, and for opening and closing. */
const READING_CONNECTIONS = 2
const MAX_TRIES = 50

const SELL_OPTIMISTICALLY = `
CREATE OR REPLACE FUNCTION sell_optimistically(${SALE_SIGNATURE}, OUT o_tries integer) LANGUAGE plpgsql AS $body$
DECLARE ${PICTURE_VARIABLES}
BEGIN
  FOR v_try IN 1..${MAX_TRIES} LOOP
    o_tries := v_try; ${LOOK} ${answerOr(`
      SELECT s.o_code, s.o_order INTO o_code, o_order
        FROM sell_at_version(p_order, p_request, p_user, p_sku, p_quantity, v_limit, v_version, NULL) AS s;`)}
    IF o_code <> 'conflict' THEN
      RETURN;
    END IF;
  END LOOP;
END $body$`

export const SELL_OPTIMISTICALLY_STATEMENT = {
  name: 'sell_optimistically',
  text: 'SELECT o_code, o_order, o_tries FROM sell_optimistically($1, $2, $3, $4, $5)',
}

export const optimisticInDatabase: Strategy = {
  description: {
    name: 'optimistic-in-database',
    summary: 'version compare-and-set, its loop in the database: one round trip',
    control: false,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: false },
    rightWith: 'any-instances',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: null,
  },
  functions: [...VERSION_FUNCTIONS, SELL_OPTIMISTICALLY],
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), READING_CONNECTIONS)
    const lanes = new PostgresLanes(postgresOf(context), SELLING_LANES)
    await probePostgres(pool)
    const nextOrderId = createOrderIds()
    const figures = { versionConflicts: 0, gaveUp: 0 }
    return {
      ...plainPostgresSale(pool, lanes),
      async buy({ requestId, userId, sku, quantity }, attempt) {
        const row = await lanes.sell(
          SELL_OPTIMISTICALLY_STATEMENT,
          [nextOrderId(), requestId, userId, sku, quantity],
          attempt,
        )
        if (row === null) return { kind: 'busy' }
        const result = resultFrom(row)
        const tries = row[2] as number
        context.meter.retried(tries - 1)
        figures.versionConflicts += tries - (result === null ? 0 : 1)
        if (result !== null) return result
        figures.gaveUp += 1
        return { kind: 'busy' }
      },
      counters: () => ({ ...figures }),
    }
  },
}
