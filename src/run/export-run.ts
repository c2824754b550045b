/**
 * A stored run as lines that anything can read, and that `verify` and `watch` take: its history in the order in which
 * requests were completed, or the orders of its ledger.
 */
import { HarnessError } from '../core/errors.ts'
import { type HistoryColumns, operationAt } from '../core/history.ts'
import { formatReadsPromise } from '../core/promise.ts'
import type { RunRecord, StepRecord } from '../core/run-record.ts'
import { NS_PER_MS } from '../core/units.ts'
import { historyLineOf, openLineOf, type SaleUnderJudgement } from '../oracle/index.ts'
import { openRun } from '../results/index.ts'
import { saleUnderJudgement } from './judge-step.ts'
import { isOneSale } from './sale-so-far.ts'

const LINES_A_BATCH = 1_000

export interface ExportOptions {
  readonly what: 'history' | 'ledger'
  /** From 1; null: all of them. */
  readonly step: number | null
  /** What its judgement takes beside the lines of its history: a sentence each, before the first of them. */
  readonly onNote?: (sentence: string) => void
}

/** Batches of lines. Throws HarnessError RUN_DIRECTORY_INVALID; USAGE for a step that the run doesn't have. */
export async function* exportRun(
  directory: string,
  { what, step, onNote }: ExportOptions,
): AsyncGenerator<readonly string[]> {
  const run = await openRun(directory)
  const { steps, target } = run.record
  const wanted = step === null ? steps : steps.filter(({ index }) => index === step - 1)
  if (wanted.length === 0) {
    throw new HarnessError('USAGE', {
      message: step === null ? `${directory} holds no finished step` : `${directory} has no finished step ${step}`,
      hint: `It has ${steps.length}.`,
    })
  }
  if (what === 'history') for (const note of notesOn(run.record, wanted)) onNote?.(note)
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

/** The defaults of `watch`. */
const TIMEOUT_MS = 2_000

/** What the lines don't say, and a judgement of them has to be told. */
export function notesOn(
  { scenario, target }: Pick<RunRecord, 'scenario' | 'target'>,
  steps: readonly Pick<StepRecord, 'clockErrorMs'>[],
): string[] {
  const clockErrorMs = Math.max(...steps.map(({ clockErrorMs }) => clockErrorMs))
  const { reads } = target.promise
  const forBoth = [
    ...(reads.kind === 'linearizable' ? [] : [`--reads ${formatReadsPromise(reads)}`]),
    ...(clockErrorMs > 0 ? [`--clock-error ${Math.ceil(clockErrorMs * 1_000) / 1_000}`] : []),
  ]
  const forWatch = scenario.timeoutMs === TIMEOUT_MS ? [] : [`--timeout ${scenario.timeoutMs}ms`]
  const notes: string[] = []
  if (forBoth.length > 0) notes.push(`judge it with ${forBoth.join(' ')} (verify, watch)`)
  if (forWatch.length > 0) notes.push(`watch it with ${forWatch.join(' ')}`)
  if (target.kind !== 'service') return notes
  if (target.shared) notes.push("others sold from the same stock, which its lines don't tell")
  if (target.soldMeans === 'queued') notes.push('"sold" meant "queued" there: who was told so may have got nothing')
  return notes
}

type OpeningHours = NonNullable<SaleUnderJudgement['hours']>

function openings({ scenario, target }: RunRecord, step: StepRecord): string[] {
  return step.sales.map(({ sku, initial, hours, earlierOrders = 0 }) => {
    const sale = saleUnderJudgement({
      scenario,
      stepIndex: step.index,
      sku,
      initialStock: initial,
      hours,
      target,
      earlierOrders,
      clockErrorMs: step.clockErrorMs,
    })
    return openLineOf({ ...sale, ...(sale.hours && { hours: atTheirWidest(sale.hours) }) })
  })
}

/** A line says no error of its edges: what lies within it is no proof. */
export function atTheirWidest({ opensAtNs, closesAtNs, errorMs }: OpeningHours): OpeningHours {
  return {
    opensAtNs: opensAtNs === null ? null : opensAtNs - errorMs * NS_PER_MS,
    closesAtNs: closesAtNs === null ? null : closesAtNs + errorMs * NS_PER_MS,
    errorMs: 0,
  }
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
