/**
 * `batched`: what one process is asked for at the same time becomes one statement and one commit, granted in the order
 * of asking, and each buyer gets an answer of their own. A commit costs as much for two hundred orders as for one, and
 * so does the lock of the hot row: that is the whole gain, and nothing of the promise is given up for it.
 * The answer comes after the commit. A batch that fails is known to have sold nothing, or not known to have sold.
 */
import type { BuyRequest, BuyResult } from '../buy.ts'
import { createOrderIds } from '../../storage/order-ids.ts'
import { PostgresPool, type Row } from '../../storage/postgres.ts'
import { PostgresLanes, type Sending } from '../../storage/postgres-lanes.ts'
import { closeSale, openSale, POSTGRES_BOOKS, probePostgres, readStock } from '../../storage/sale-books.ts'
import { StoreFailure } from '../../storage/store-failure.ts'
import type { Attempt, Strategy } from '../strategy.ts'
import { postgresOf } from '../stores.ts'
import { answersOf, batchValues, groupBySale, type PlacedGroup } from './batch-rows.ts'
import { Batcher } from './batcher.ts'
import { BATCH_FUNCTIONS, SELL_BATCHES } from './selling-function.ts'
import { SharedReads } from './shared-reads.ts'

/**
 * Batches under way at once, of one process: on one connection, one behind the other. A second connection would only wait
 * for the stock row until the first is on disk (docs/decisions/0005-many-sales-share-a-batch.md).
 */
const SLOTS = 2
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
    const selling = new PostgresLanes(postgresOf(context), { connections: 1, statements: SLOTS })
    const reading = new PostgresPool(postgresOf(context), READING_CONNECTIONS)
    await probePostgres(reading)
    const nextOrderId = createOrderIds()
    const stock = new SharedReads((sku) => readStock(reading, sku))
    const figures = { batches: 0, batchedBuys: 0, batchesAskedAgain: 0 }

    async function serve(batch: readonly Waiting[]): Promise<void> {
      let begun: readonly Waiting[] = []
      let groups: readonly PlacedGroup[] = []
      let orders = 0
      try {
        const rows = await sell(() => {
          begun = batch.filter(({ attempt }) => attempt.begin())
          if (begun.length === 0) return null
          groups = groupBySale(
            begun.map(({ request }) => request),
            nextOrderId,
          )
          return [SELL_BATCHES, batchValues(groups)]
        })
        for (const [index, group] of groups.entries()) {
          const answers = answersOf(group, rows[index]!)
          for (const [place, member] of group.members.entries()) {
            const answer = answers[place]!
            if (answer.kind === 'sold' && !answer.replayed) orders += 1
            begun[member]!.resolve(answer)
          }
        }
        if (orders > 0) context.meter.batchWritten(orders)
        // The others were given up before anything was sent, and nobody listens any more.
        if (begun.length < batch.length) for (const one of batch) one.resolve({ kind: 'busy' })
        figures.batches += 1
        figures.batchedBuys += begun.length
      } catch (error) {
        // Without effect on those that were answered already.
        for (const one of batch) one.reject(error)
      }
    }

    /** Asked again where the database says that nothing was done, and why. */
    async function sell(prepare: () => Sending): Promise<readonly Row[]> {
      for (let tries = 1; ; tries++) {
        try {
          return await selling.query(prepare)
        } catch (error) {
          const again = error instanceof StoreFailure && error.sqlState !== null && ASK_AGAIN.includes(error.sqlState)
          if (!again || tries === MAX_TRIES) throw error
          figures.batchesAskedAgain += 1
          context.meter.retried()
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
