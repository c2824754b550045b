/**
 * `mutex`: the naive read and write behind a lock in the process, first come, first served. Right with one process;
 * with a second one it is a control, since the lock of one says nothing to the other.
 */
import { PostgresPool } from '../storage/postgres.ts'
import { POSTGRES_BOOKS, probePostgres } from '../storage/sale-books.ts'
import { ABSOLUTE_FUNCTIONS } from '../storage/selling-functions.ts'
import { plainPostgresSale, readThenWrite } from './absolute-write.ts'
import { FifoLocks } from './fifo-lock.ts'
import type { Strategy } from './strategy.ts'
import { postgresOf } from './stores.ts'

/** One buyer of a sale at a time; the others are for other sales and for reads. */
const CONNECTIONS = 4

export const mutex: Strategy = {
  description: {
    name: 'mutex',
    summary: 'the same behind a lock in the process: right with one instance, oversells with two',
    control: true,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
    rightWith: 'one-process',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: 'no-oversell',
    shownBy: ['--instances', '2'],
  },
  functions: ABSOLUTE_FUNCTIONS,
  async start(context) {
    const pool = new PostgresPool(postgresOf(context), CONNECTIONS)
    const locks = new FifoLocks((ms) => context.meter.lockWaited(ms))
    const buy = readThenWrite(pool)
    await probePostgres(pool)
    return {
      ...plainPostgresSale(pool),
      buy: (request, attempt) => locks.hold(request.sku, () => buy(request, attempt)),
    }
  },
}
