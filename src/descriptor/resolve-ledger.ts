/** From the written form of a ledger to where the auditor reads. */
import type { LedgerDescription, NumberSource, OrderColumns, OrdersSource } from '../core/target-descriptor.ts'
import { resolveRedisCommand } from './resolve-actions.ts'
import { resolveCommand, resolveLocator, resolveRequest } from './resolve-requests.ts'
import type { WrittenLedger, WrittenRemaining } from './schema-ledger.ts'
import { templateOf } from './template.ts'

export function resolveLedger(written: WrittenLedger): LedgerDescription {
  return {
    orders: resolveOrders(written),
    remaining: written.remaining === undefined ? null : resolveRemaining(written.remaining, written),
  }
}

function resolveOrders(written: WrittenLedger): OrdersSource {
  const { postgres, mysql, redis, path, shell } = written
  const columns = resolveColumns(written)
  const database = postgres ?? mysql
  if (database !== undefined) {
    return {
      kind: 'sql',
      store: { engine: postgres === undefined ? 'mysql' : 'postgres', url: templateOf(database, 'plain') },
      query: templateOf(written.orders!, 'plain'),
      columns,
    }
  }
  if (redis !== undefined) {
    return {
      kind: 'redis',
      url: templateOf(redis, 'plain'),
      key: templateOf(written.key!, 'plain'),
      structure: written.structure!,
      columns,
    }
  }
  if (path !== undefined) {
    return {
      kind: 'http',
      request: resolveRequest({ ...written, path }, 'GET'),
      format: written.format ?? 'json',
      items: written.items ?? '',
      nextPage: written.nextPage ?? null,
      columns,
    }
  }
  return { kind: 'shell', command: resolveCommand(shell!, written), columns }
}

/**
 * Where nothing is said of columns, those of the usual names count; in SQL those that the query names; so a query without a
 * request id is one, too, and the checks that need one say what is missing.
 */
function resolveColumns({ columns, orders }: WrittenLedger): OrderColumns {
  if (columns !== undefined) {
    const { orderId, requestId = null, userId = null, quantity = null } = columns
    return { orderId, requestId, userId, quantity }
  }
  const named = (name: string): string | null =>
    orders === undefined || new RegExp(`\\b${name}\\b`).test(orders) ? name : null
  return {
    orderId: 'orderId',
    requestId: named('requestId'),
    userId: named('userId'),
    quantity: named('quantity'),
    areGuessed: true,
  }
}

function resolveRemaining(written: WrittenRemaining, ledger: WrittenLedger): NumberSource {
  if (typeof written === 'string') return resolveNumber({ ...storeOf(ledger), sql: written })
  if (Array.isArray(written)) return resolveNumber({ ...storeOf(ledger), command: written })
  return resolveNumber(written)
}

type WrittenNumber = Exclude<WrittenRemaining, string | readonly unknown[]>

function storeOf({ postgres, mysql, redis }: WrittenLedger): Pick<WrittenNumber, 'postgres' | 'mysql' | 'redis'> {
  return { postgres, mysql, redis }
}

function resolveNumber(written: WrittenNumber): NumberSource {
  const { postgres, mysql, redis, path, shell } = written
  const database = postgres ?? mysql
  if (database !== undefined) {
    return {
      kind: 'sql',
      store: { engine: postgres === undefined ? 'mysql' : 'postgres', url: templateOf(database, 'plain') },
      query: templateOf(written.sql!, 'plain'),
    }
  }
  if (redis !== undefined) {
    return { kind: 'redis', url: templateOf(redis, 'plain'), command: resolveRedisCommand(written.command!) }
  }
  if (path !== undefined) {
    return {
      kind: 'http',
      request: resolveRequest({ ...written, path }, 'GET'),
      at: resolveLocator(written.stock!),
    }
  }
  return { kind: 'shell', command: resolveCommand(shell!, written) }
}
