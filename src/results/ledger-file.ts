/**
 * `ledger/step-NNN.parquet`: the orders that the stores held after one step, of all
 * its sales. What isn't an order (units left, settled,
 * when it was taken) stands in the file's footer, so that the snapshot is one file and whole or not there.
 */
import { z } from 'zod'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import { DamagedFile, type OpenParquet, readParquet } from './parquet-reading.ts'
import { type ColumnLayout, writeParquet } from './parquet-writing.ts'

const LEDGER_SCHEMA = 'doorbuster.ledger/2'

const text = { type: 'STRING', nullable: true, encoding: 'PLAIN' } as const

const LAYOUT = [
  { name: 'step', type: 'INT32', nullable: false, encoding: 'DELTA_BINARY_PACKED' },
  { name: 'sku', type: 'STRING', nullable: false, encoding: 'RLE_DICTIONARY' },
  { name: 'order_id', ...text, nullable: false },
  { name: 'request_id', ...text },
  { name: 'user_id', ...text },
  { name: 'quantity', type: 'INT32', nullable: false, encoding: 'DELTA_BINARY_PACKED' },
  { name: 'durable', type: 'BOOLEAN', nullable: false, encoding: 'PLAIN' },
] as const satisfies readonly ColumnLayout[]

const documentSchema = z.object({
  schema: z.literal(LEDGER_SCHEMA),
  source: z.string(),
  stepIndex: z.int().nonnegative(),
  settled: z.boolean(),
  takenAt: z.string(),
  sales: z
    .array(
      z.object({
        sku: z.string(),
        initialStock: z.number().nullable(),
        remainingStock: z.number().nullable(),
        shownAfterSettling: z.number().nullable(),
        /** Rows of the file; those of one sale stand together, in the order of the sales. */
        orders: z.int().nonnegative(),
      }),
    )
    .min(1),
})

type LedgerDocument = z.infer<typeof documentSchema>

/** The ledgers of one step, read at one time. Throws HarnessError RESULTS_NOT_WRITABLE. */
export async function writeLedgerFile(path: string, ledgers: readonly LedgerSnapshot[]): Promise<void> {
  const { stepIndex } = ledgers[0]!
  const orders = ledgers.flatMap((ledger) => ledger.orders)
  const skus = ledgers.flatMap((ledger) => Array<string>(ledger.orders.length).fill(ledger.sku))
  await writeParquet(path, {
    layout: LAYOUT,
    rows: orders.length,
    document: documentOf(ledgers),
    columns: (start, end) => {
      const slice = orders.slice(start, end)
      return [
        new Int32Array(slice.length).fill(stepIndex),
        skus.slice(start, end),
        slice.map(({ orderId }) => orderId),
        slice.map(({ requestId }) => requestId),
        slice.map(({ userId }) => userId),
        Int32Array.from(slice, ({ quantity }) => quantity),
        slice.map(({ durable }) => durable),
      ]
    },
  })
}

function documentOf(ledgers: readonly LedgerSnapshot[]): LedgerDocument {
  const { source, stepIndex, settled, takenAt } = ledgers[0]!
  const sales = ledgers.map(({ sku, initialStock, remainingStock, shownAfterSettling, orders }) => ({
    sku,
    initialStock,
    remainingStock,
    shownAfterSettling,
    orders: orders.length,
  }))
  return { schema: LEDGER_SCHEMA, source, stepIndex, settled, takenAt, sales }
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function readLedgerFile(path: string): Promise<LedgerSnapshot[]> {
  return await readParquet(path, async (parquet) => {
    const parsed = documentSchema.safeParse(parquet.document)
    if (!parsed.success) throw new DamagedFile(`its footer is not a ${LEDGER_SCHEMA} document`)
    const { schema: _, sales, ...shared } = parsed.data
    const orders = await readOrders(parquet)
    if (sales.reduce((sum, sale) => sum + sale.orders, 0) !== orders.length) {
      throw new DamagedFile('it holds another number of orders than its footer says')
    }
    let start = 0
    return sales.map((sale) => {
      const own = orders.slice(start, start + sale.orders)
      start += sale.orders
      return { ...shared, ...sale, orders: own }
    })
  })
}

async function readOrders(parquet: OpenParquet): Promise<LedgerOrder[]> {
  const orders: LedgerOrder[] = []
  for (let group = 0; group < parquet.groups.length; group++) {
    const column = async (name: string): Promise<unknown[]> => {
      const values: unknown[] = []
      await parquet.readColumn(group, name, (piece, first) => {
        for (let i = 0; i < piece.length; i++) values[first + i] = piece[i]
      })
      return values
    }
    const orderIds = await column('order_id')
    const requestIds = await column('request_id')
    const userIds = await column('user_id')
    const quantities = await column('quantity')
    const durable = await column('durable')
    for (let i = 0; i < orderIds.length; i++) {
      orders.push({
        orderId: String(orderIds[i]),
        requestId: textOrNull(requestIds[i]),
        userId: textOrNull(userIds[i]),
        quantity: Number(quantities[i]),
        durable: durable[i] === true,
      })
    }
  }
  return orders
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
