/**
 * `naive`, a control: read the stock, compare, write the new absolute value. Two buyers at once read the same stock,
 * and the second writes over what the first took. (A relative update would be saved by the table's CHECK.)
 */
import { PostgresPool } from '../storage/postgres.ts'
import { POSTGRES_BOOKS, probePostgres } from '../storage/sale-books.ts'
import { ABSOLUTE_FUNCTIONS } from '../storage/selling-functions.ts'
import { plainPostgresSale, readThenWrite } from './absolute-write.ts'
import type { Strategy } from './strategy.ts'
import { postgresOf } from './stores.ts'

const CONNECTIONS = 16

export const naive: Strategy = {
  description: {
    name: 'naive',
    summary: 'read the stock, compare, write the new value: the control that must oversell',
    control: true,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: false },
    rightWith: 'never',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: 'no-oversell',
  },
  functions: ABSOLUTE_FUNCTIONS,
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), Math.max(2, Math.floor(CONNECTIONS / context.instances)))
    await probePostgres(pool)
    return { ...plainPostgresSale(pool), buy: readThenWrite(pool) }
  },
}
