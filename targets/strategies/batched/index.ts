/**
 * `batched`: what one process is asked for at the same time becomes one statement and one commit, granted in the order
 * of asking, and each buyer gets an answer of their own. A commit costs as much for two hundred orders as for one, and
 * so does the lock of the hot row: that is the whole gain, and nothing of the promise is given up for it.
 * The answer comes after the commit. A batch that fails is known to have sold nothing, or not known to have sold.
 */
import type { BuyRequest, BuyResult } from '../buy.ts'
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool, type Queries, type Row } from '../../storage/postgres.ts'
import { closeSale, openSale, POSTGRES_BOOKS, probePostgres, readStock } from '../../storage/sale-books.ts'
import { StoreFailure } from '../../storage/store-failure.ts'
import type { Attempt, Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'
import { answersOf, batchValues, groupBySale, type PlacedGroup, type SaleGroup } from './batch-rows.ts'
import { Batcher } from './batcher.ts'
import { BATCH_FUNCTIONS, SELL_BATCHES } from './selling-function.ts'
import { SharedReads } from './shared-reads.ts'

/**
 * Batches under way at once, of one process. A second one would only wait for the stock row until the first is on disk,
 * and both would be half as large (docs/decisions/0004-many-sales-share-a-batch.md).
 */
const SLOTS = 1
/** Buys in one statement. Beyond some hundred each order costs the same, and the first would only wait for the last. */
const MAX_BATCH = 512
/** For reads, and for opening and closing. */
const READING_CONNECTIONS = 1
/** A batch that met a request id of another sale that was being sold at that moment, or a deadlock, is asked again. */
const MAX_TRIES = 3
const ASK_AGAIN = ['23505', '40001', '40P01']

interface Waiting {
  readonly request: BuyRequest
  readonly attempt: Attempt
  readonly resolve: (result: BuyResult) => void
  readonly reject: (error: unknown) => void
}

export const batched: Strategy = {
  description: {
    name: 'batched',
    summary: 'requests that wait in the process are granted by one statement, in arrival order, then answered',
    control: false,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
    rightWith: 'any-instances',
    needs: ['postgres'],
    durableWhen: 'at COMMIT',
    books: POSTGRES_BOOKS,
    convictedBy: null,
  },
  functions: BATCH_FUNCTIONS,
  async start(context) {
    const selling = new PostgresPool(postgresOf(context), SLOTS)
    const reading = new PostgresPool(postgresOf(context), READING_CONNECTIONS)
    await Promise.all([probePostgres(selling), probePostgres(reading)])
    const nextOrderId = createOrderIds()
    const stock = new SharedReads((sku) => readStock(reading, sku))
    const figures = { batches: 0, batchedBuys: 0, batchesAskedAgain: 0 }

    /** Rows in the order of the groups; asked again where the database says that nothing was done and why. */
    async function sell(connection: Queries, groups: readonly SaleGroup[]): Promise<readonly Row[]> {
      const values = batchValues(groups)
      for (let tries = 1; ; tries++) {
        try {
          return await connection.query(SELL_BATCHES, values)
        } catch (error) {
          const again = error instanceof StoreFailure && error.sqlState !== null && ASK_AGAIN.includes(error.sqlState)
          if (!again || tries === MAX_TRIES) throw error
          figures.batchesAskedAgain += 1
        }
      }
    }

    /** Resolves to what tells every buyer of the batch. */
    async function serve(batch: readonly Waiting[]): Promise<() => void> {
      let begun: readonly Waiting[] = []
      let groups: readonly PlacedGroup[] = []
      try {
        const rows = await selling.hold((connection) => {
          begun = batch.filter(({ attempt }) => attempt.begin())
          groups = groupBySale(
            begun.map(({ request }) => request),
            nextOrderId,
          )
          return begun.length === 0 ? Promise.resolve([]) : sell(connection, groups)
        })
        figures.batches += 1
        figures.batchedBuys += begun.length
        const answers = groups.map((group, index) => answersOf(group, rows[index]!))
        return () => {
          for (const [index, { members }] of groups.entries()) {
            for (const [place, member] of members.entries()) begun[member]!.resolve(answers[index]![place]!)
          }
          // Given up before they were sent: nobody listens any more.
          if (begun.length < batch.length) for (const one of batch) one.resolve({ kind: 'busy' })
        }
      } catch (error) {
        return () => {
          for (const one of batch) one.reject(error)
        }
      }
    }

    const batcher = new Batcher<Waiting>({ slots: SLOTS, maxBatch: MAX_BATCH }, serve)

    return {
      open: (terms) => openSale(reading, terms),
      learn: async () => {},
      buy: (request, attempt) =>
        new Promise((resolve, reject) => {
          batcher.add({ request, attempt, resolve, reject })
        }),
      stock: (sku) => stock.get(sku),
      close: (sku) => closeSale(reading, sku),
      settle: async () => {},
      probe: () => probePostgres(reading),
      counters: () => ({ ...figures, looksAtStock: stock.looks }),
      async stop() {
        await Promise.all([selling.stop(), reading.stop()])
      },
    }
  },
}
