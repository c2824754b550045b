/**
 * The auditor of a described service: reads its orders and what is left from wherever its descriptor says. Nothing is
 * guessed: a query that gives no orders as described is an error, and no empty ledger.
 */
import type { BuyerIdentities } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import type { LedgerOrder, LedgerSnapshot } from '../../core/ledger.ts'
import type { NamedValues, SqlSession, TargetAccess } from '../../core/target-access.ts'
import type { LedgerDescription, NumberSource, OrdersSource, SqlStore } from '../../core/target-descriptor.ts'
import { readHttpOrders } from './http-orders.ts'
import { itemsIn } from './items.ts'
import { orderNames } from './order-names.ts'
import { OrderReader } from './order-reader.ts'
import { readRedisOrders } from './redis-orders.ts'
import { readRemaining } from './remaining.ts'

export interface DescribedBookRequest {
  readonly ledger: LedgerDescription
  readonly access: TargetAccess
  /** As the service calls it. */
  readonly sku: string
  readonly runId: string
}

export interface DescribedLedgerRequest extends DescribedBookRequest {
  /** As the history calls it; absent: as the service does. */
  readonly shownSku?: string
  readonly stepIndex: number
  readonly settled: boolean
  readonly shownAfterSettling: number | null
  /** Ids of orders that stood there before the first arrival: no part of this sale. */
  readonly exclude: ReadonlySet<string>
  readonly identities: BuyerIdentities
  readonly requestIdPrefix: string
}

export interface Baseline {
  readonly orderIds: ReadonlySet<string>
  /** null: the descriptor doesn't say where that stands. */
  readonly remaining: number | null
}

/** Throws HarnessError SERVICE_FAILED that names the part of the descriptor which failed, and says why. */
export async function readDescribedLedger(request: DescribedLedgerRequest): Promise<LedgerSnapshot> {
  const { ledger, exclude, stepIndex, settled, shownAfterSettling, identities } = request
  const { orders, remaining } = await readBook(
    request,
    new OrderReader(ledger.orders.columns, orderNames(identities, request.requestIdPrefix)),
  )
  return {
    source: describeSource(ledger),
    stepIndex,
    sku: request.shownSku ?? request.sku,
    initialStock: null,
    remainingStock: remaining,
    orders: exclude.size === 0 ? orders : orders.filter(({ orderId }) => !exclude.has(orderId)),
    settled,
    shownAfterSettling,
    takenAt: new Date().toISOString(),
  }
}

/**
 * What stands there before the first arrival. What is left is read first: whatever others buy in between is then left out
 * with the orders, and no unit of theirs is held against the sale. Throws as {@link readDescribedLedger}.
 */
export async function readBaseline(request: DescribedBookRequest): Promise<Baseline> {
  const reader = new OrderReader(request.ledger.orders.columns, { requestIdOf: String, userIdOf: String })
  const { orders, remaining } = await readBook(request, reader, { isStockFirst: true })
  return { orderIds: new Set(orders.map(({ orderId }) => orderId)), remaining }
}

interface Book {
  readonly orders: readonly LedgerOrder[]
  readonly remaining: number | null
}

/** Orders and what is left are seen at one moment, where both stand in one SQL store. */
async function readBook(
  { ledger, access, sku, runId }: DescribedBookRequest,
  reader: OrderReader,
  { isStockFirst } = { isStockFirst: false },
): Promise<Book> {
  const values = { sku, runId }
  const { orders, remaining } = ledger
  const session =
    orders.kind === 'sql' ? await named('ledger.orders', access, () => access.sql(orders.store, 'read')) : null
  try {
    const orderBook = () => named('ledger.orders', access, () => readOrders(orders, values, access, session, reader))
    if (remaining === null) return { orders: await orderBook(), remaining: null }
    const shared = remaining.kind === 'sql' && isOneStore(remaining.store, orders, access) ? session : null
    const stock = () => named('ledger.remaining', access, () => readRemaining(remaining, values, access, shared))
    if (isStockFirst) {
      const left = await stock()
      return { orders: await orderBook(), remaining: left }
    }
    const read = await orderBook()
    return { orders: read, remaining: await stock() }
  } finally {
    await session?.[Symbol.asyncDispose]()
  }
}

async function readOrders(
  orders: OrdersSource,
  values: NamedValues,
  access: TargetAccess,
  session: SqlSession | null,
  reader: OrderReader,
): Promise<readonly LedgerOrder[]> {
  switch (orders.kind) {
    case 'sql':
      await session!.stream(orders.query, values, ({ columns, rows }) => reader.addRows(columns, rows))
      break
    case 'redis':
      await readRedisOrders(orders, values, access, reader)
      break
    case 'http':
      await readHttpOrders(orders, values, access, reader)
      break
    case 'shell':
      for (const item of itemsIn(await access.run(orders.command, values))) reader.addItem(item)
      break
  }
  return reader.finish()
}

function isOneStore(store: SqlStore, orders: OrdersSource, access: TargetAccess): boolean {
  if (orders.kind !== 'sql' || orders.store.engine !== store.engine) return false
  return access.fill(store.url, {}) === access.fill(orders.store.url, {})
}

/** Says which part of the descriptor it was that failed. */
async function named<T>(part: string, access: TargetAccess, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    const code = error.code === 'USAGE' ? 'USAGE' : 'SERVICE_FAILED'
    throw new HarnessError(code, { message: `${part}: ${access.redact(error.message)}`, hint: error.hint })
  }
}

/** "orders by postgres query, stock by redis command" */
function describeSource({ orders, remaining }: LedgerDescription): string {
  const stock = remaining === null ? [] : [`stock by ${nameOf(remaining)}`]
  return [`orders by ${nameOf(orders)}`, ...stock].join(', ')
}

function nameOf(source: OrdersSource | NumberSource): string {
  switch (source.kind) {
    case 'sql':
      return `${source.store.engine} query`
    case 'redis':
      return 'structure' in source ? `redis ${source.structure}` : 'redis command'
    case 'http':
      return 'HTTP request'
    case 'shell':
      return 'command'
  }
}
