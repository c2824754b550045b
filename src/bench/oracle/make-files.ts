/**
 * Writes a made sale as the files that `verify` reads. A process of its own, so that what it took of memory is counted
 * for nobody else: `node make-files.js PARQUET_OR_NDJSON OPERATIONS OUT RUN` takes the record of RUN for what isn't made.
 */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type HistoryColumns, OUTCOME_CODES, operationAt } from '../../core/history.ts'
import type { LedgerSnapshot } from '../../core/ledger.ts'
import { NS_PER_MS } from '../../core/units.ts'
import { createRunDirectory, openRun } from '../../results/index.ts'
import { loadScenario } from '../../scenario/index.ts'
import { type MadeSale, makeSale, PER_USER_LIMIT, RATE_PER_SEC, STOCK } from './made-sale.ts'

const [form, operations, out, run] = process.argv.slice(2) as [string, string, string, string]

async function writeRun(length: number): Promise<void> {
  const { record } = await openRun(run)
  const step = record.steps[0]!
  const { sku } = step.sales[0]!
  const { history, orders, remaining } = makeSale(length, { sku, requestIdPrefix: `${record.runId}-1-` })
  const takenAt = new Date().toISOString()
  const scenario = loadScenario(
    `name: made\nsale: {stock: ${STOCK}, perUserLimit: ${PER_USER_LIMIT}}\nsteps: [{rate: ${RATE_PER_SEC}, duration: ${length / RATE_PER_SEC}s}]\n`,
    'made',
  )
  const sale = { ...step.sales[0]!, initial: STOCK, remaining, sold: orders.length, orders: orders.length, takenAt }
  const ledger: LedgerSnapshot = {
    source: 'made',
    stepIndex: 0,
    sku,
    initialStock: STOCK,
    remainingStock: remaining,
    orders,
    settled: true,
    shownAfterSettling: remaining,
    takenAt,
  }
  const directory = await createRunDirectory({ startedAt: new Date(), scenario: 'made', target: 'made', out })
  await directory.writeHistory(0, history)
  await directory.writeLedger(0, [ledger])
  await directory.writeRecord({ ...record, scenario, steps: [{ ...step, startedAtNs: 0, sales: [sale] }], checks: [] })
}

async function writeLines(length: number): Promise<void> {
  const { history, orders } = makeSale(length, { sku: 'sneaker', requestIdPrefix: 'checkout-' })
  await mkdir(out)
  await pipeline(historyLines(history), createWriteStream(join(out, 'history.ndjson')))
  await pipeline(ledgerLines(orders), createWriteStream(join(out, 'ledger.ndjson')))
}

function* historyLines(history: HistoryColumns): Generator<string> {
  yield `${JSON.stringify({ op: 'open', stock: STOCK, perUserLimit: PER_USER_LIMIT })}\n`
  for (let row = 0; row < history.length; row++) {
    const { kind, requestId, userId, sentAtNs, completedAtNs, outcome } = operationAt(history, row)
    const times = { invokedAt: sentAtNs! / NS_PER_MS, completedAt: completedAtNs! / NS_PER_MS }
    const line =
      outcome.kind === 'shown'
        ? { op: kind, ...times, value: outcome.stock }
        : {
            op: kind,
            requestId,
            userId,
            ...times,
            outcome: OUTCOME_CODES[history.outcome[row]!],
            ...orderIdOf(outcome),
          }
    yield `${JSON.stringify(line)}\n`
  }
}

function orderIdOf(outcome: { readonly kind: string; readonly orderId?: string | null }) {
  return outcome.kind === 'sold' ? { orderId: outcome.orderId } : {}
}

function* ledgerLines(orders: MadeSale['orders']): Generator<string> {
  for (const { orderId, requestId, userId, quantity } of orders) {
    yield `${JSON.stringify({ orderId, requestId, userId, quantity })}\n`
  }
}

await (form === 'parquet' ? writeRun : writeLines)(Number(operations))
