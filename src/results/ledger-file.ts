/**
 * `ledger/step-NNN.parquet`: the orders that the stores held after one step. What isn't an order (units left, settled,
 * when it was taken) stands in the file's footer, so that the snapshot is one file and whole or not there.
 */
import { z } from 'zod'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'
import { DamagedFile, type OpenParquet, readParquet } from './parquet-reading.ts'
import { type ColumnLayout, writeParquet } from './parquet-writing.ts'

const LEDGER_SCHEMA = 'doorbuster.ledger/1'

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
  sku: z.string(),
  initialStock: z.number().nullable(),
  remainingStock: z.number().nullable(),
  settled: z.boolean(),
  shownAfterSettling: z.number().nullable(),
  takenAt: z.string(),
})

/** Throws HarnessError RESULTS_NOT_WRITABLE. */
export async function writeLedgerFile(path: string, ledger: LedgerSnapshot): Promise<void> {
  const { orders, ...document } = ledger
  await writeParquet(path, {
    layout: LAYOUT,
    rows: orders.length,
    document: { schema: LEDGER_SCHEMA, ...document },
    columns: (start, end) => {
      const slice = orders.slice(start, end)
      return [
        new Int32Array(slice.length).fill(ledger.stepIndex),
        Array<string>(slice.length).fill(ledger.sku),
        slice.map(({ orderId }) => orderId),
        slice.map(({ requestId }) => requestId),
        slice.map(({ userId }) => userId),
        Int32Array.from(slice, ({ quantity }) => quantity),
        slice.map(({ durable }) => durable),
      ]
    },
  })
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function readLedgerFile(path: string): Promise<LedgerSnapshot> {
  return await readParquet(path, async (parquet) => {
    const parsed = documentSchema.safeParse(parquet.document)
    if (!parsed.success) throw new DamagedFile(`its footer is not a ${LEDGER_SCHEMA} document`)
    const { schema: _, ...scalars } = parsed.data
    return { ...scalars, orders: await readOrders(parquet) }
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
