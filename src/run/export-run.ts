/**
 * A stored run as lines that anything can read, and that `verify` and `watch` take: its history in the order in which
 * requests were completed, or the orders of its ledger.
 */
import { HarnessError } from '../core/errors.ts'
import { type HistoryColumns, operationAt } from '../core/history.ts'
import type { RunRecord, StepRecord } from '../core/run-record.ts'
import { historyLineOf, openLineOf } from '../oracle/index.ts'
import { openRun } from '../results/index.ts'
import { saleUnderJudgement } from './judge-step.ts'
import { isOneSale } from './sale-so-far.ts'

const LINES_A_BATCH = 1_000

export interface ExportOptions {
  readonly what: 'history' | 'ledger'
  /** From 1; null: all of them. */
  readonly step: number | null
}

/** Batches of lines. Throws HarnessError RUN_DIRECTORY_INVALID; USAGE for a step that the run doesn't have. */
export async function* exportRun(directory: string, { what, step }: ExportOptions): AsyncGenerator<readonly string[]> {
  const run = await openRun(directory)
  const { steps, target } = run.record
  const wanted = step === null ? steps : steps.filter(({ index }) => index === step - 1)
  if (wanted.length === 0) {
    throw new HarnessError('USAGE', {
      message: step === null ? `${directory} holds no finished step` : `${directory} has no finished step ${step}`,
      hint: `It has ${steps.length}.`,
    })
  }
  let isOpened = false
  for (const one of wanted) {
    if (what === 'ledger') yield ledgerLines(await run.readLedger(one.index))
    else {
      // Where all steps are one sale, it opens once.
      if (!isOpened || !isOneSale(target)) yield openings(run.record, one)
      isOpened = true
      yield* historyLines(await run.readHistory(one.index))
    }
  }
}

function openings({ scenario, target }: RunRecord, step: StepRecord): string[] {
  return step.sales.map(({ sku, initial, hours, earlierOrders = 0 }) =>
    openLineOf(
      saleUnderJudgement({
        scenario,
        stepIndex: step.index,
        sku,
        initialStock: initial,
        hours,
        target,
        earlierOrders,
        clockErrorMs: step.clockErrorMs,
      }),
    ),
  )
}

function* historyLines(history: HistoryColumns): Generator<readonly string[]> {
  let lines: string[] = []
  for (const row of rowsByCompletion(history)) {
    const line = historyLineOf(operationAt(history, row))
    if (line === null) continue
    lines.push(line)
    if (lines.length < LINES_A_BATCH) continue
    yield lines
    lines = []
  }
  if (lines.length > 0) yield lines
}

/** What was never answered comes where it was sent. */
function rowsByCompletion({ length, sentAtNs, completedAtNs }: HistoryColumns): Uint32Array {
  const atNs = (row: number): number => {
    const completed = completedAtNs[row]!
    return Number.isNaN(completed) ? sentAtNs[row]! || 0 : completed
  }
  return Uint32Array.from({ length }, (_, row) => row).sort((a, b) => atNs(a) - atNs(b) || a - b)
}

type Ledgers = Awaited<ReturnType<Awaited<ReturnType<typeof openRun>>['readLedger']>>

function ledgerLines(ledgers: Ledgers): string[] {
  return ledgers.flatMap(({ sku, orders }) =>
    orders.map(({ orderId, requestId, userId, quantity }) =>
      JSON.stringify({
        orderId,
        ...(requestId !== null && { requestId }),
        ...(userId !== null && { userId }),
        sku,
        quantity,
      }),
    ),
  )
}

/** Waits between the lines of a history as long as passed between the completions that they tell of. */
export async function* atItsOwnPace(
  batches: AsyncIterable<readonly string[]>,
  clock: { nowMs(): number; waitMs(ms: number): Promise<void> },
): AsyncGenerator<readonly string[]> {
  let startedAtMs: number | null = null
  for await (const lines of batches) {
    for (const line of lines) {
      const { invokedAt, completedAt } = JSON.parse(line) as { invokedAt?: number; completedAt?: number | null }
      const atMs = completedAt ?? invokedAt
      if (atMs !== undefined) {
        startedAtMs ??= clock.nowMs() - atMs
        const dueMs = startedAtMs + atMs - clock.nowMs()
        if (dueMs > 1) await clock.waitMs(dueMs)
      }
      yield [line]
    }
  }
}
