/**
 * Judges a stored run again from its history and its ledger, and says where it comes to another end than the record.
 * Nothing of the record's own judgement is used; what only the live run could know (connections, resources) is kept.
 */
import type { CheckResult } from '../core/check.ts'
import { HarnessError } from '../core/errors.ts'
import { exitCodeOf } from '../core/exit-codes.ts'
import type { HistoryColumns } from '../core/history.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { RunRecord, StepRecord } from '../core/run-record.ts'
import { hasUnreadAnswers } from '../core/unread-answers.ts'
import { openRun, type StoredRun } from '../results/index.ts'
import { type JudgedStep, judgeStep, judgeWhole } from './judge-step.ts'
import { isOneSale, SaleSoFar } from './sale-so-far.ts'
import { runVerdict } from './verdict.ts'

export interface VerifiedRun {
  /** The record as it is when judged anew. */
  readonly record: RunRecord
  /** Where the stored record says otherwise, a sentence each. */
  readonly differences: readonly string[]
  /** What could not be judged, a sentence each. */
  readonly notes: readonly string[]
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function verifyRun(directory: string): Promise<VerifiedRun> {
  const run = await openRun(directory)
  const judged: { step: StepRecord; result: JudgedStep }[] = []
  const saleSoFar = isOneSale(run.record.target) ? new SaleSoFar() : null
  for (const step of run.record.steps) judged.push({ step, result: await judgeStoredStep(run, step, saleSoFar) })
  const record = judgedAnew(run, judged)
  return { record, differences: differencesOf(run.record, record), notes: notesOn(run) }
}

async function judgeStoredStep(run: StoredRun, step: StepRecord, saleSoFar: SaleSoFar | null): Promise<JudgedStep> {
  const history = await run.readHistory(step.index)
  const ledgers = hasLedger(step) ? await run.readLedger(step.index) : null
  checkBelongs(run, step, history, ledgers)
  return judgeStep({
    scenario: run.record.scenario,
    stepIndex: step.index,
    model: run.record.engine.model,
    initialStocks: step.sales.map(({ initial }) => initial),
    hours: step.sales[0]!.hours,
    earlierOrders: step.sales.map(({ earlierOrders }) => earlierOrders ?? 0),
    target: run.record.target,
    history,
    saleHistory: saleSoFar?.with(history) ?? history,
    startedAtNs: step.startedAtNs,
    ledgers,
    interrupted: step.interrupted,
    clockErrorMs: saleSoFar?.clockErrorMs(step.clockErrorMs) ?? step.clockErrorMs,
  })
}

/** Files of two runs in one folder, or a stock that was edited, would convict the innocent. */
function checkBelongs(
  { record, path }: StoredRun,
  { index, sales }: StepRecord,
  history: HistoryColumns,
  ledgers: readonly LedgerSnapshot[] | null,
): void {
  const skus = sales.map(({ sku }) => sku)
  const problem =
    (history.requestIdPrefix.startsWith(`${record.runId}-`) ? null : 'the history is of another run') ??
    (isSameList(history.skus, skus) ? null : 'the history is of other SKUs than the record') ??
    (ledgers === null ? null : ledgerProblem(sales, ledgers))
  if (problem === null) return
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${path}, step ${index + 1}: ${problem}`,
    hint: 'The folder was changed after the run. Restore it from a copy, or run the scenario again.',
  })
}

function ledgerProblem(sales: StepRecord['sales'], ledgers: readonly LedgerSnapshot[]): string | null {
  const skus = sales.map(({ sku }) => sku)
  const ledgerSkus = ledgers.map(({ sku }) => sku)
  if (!isSameList(skus, ledgerSkus)) return 'the ledger is of other SKUs than the record'
  for (const [index, sale] of sales.entries()) {
    const { takenAt, initialStock } = ledgers[index]!
    if (takenAt !== sale.takenAt) return 'the ledger is of another run'
    if (initialStock !== null && initialStock !== sale.initial) {
      return `the record says that the sale of ${sale.sku} opened with ${sale.initial} units, its ledger ${initialStock}`
    }
  }
  return null
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}

function hasLedger({ sales }: StepRecord): boolean {
  return sales.every(({ takenAt }) => takenAt !== null)
}

function judgedAnew(run: StoredRun, judged: readonly { step: StepRecord; result: JudgedStep }[]): RunRecord {
  const { record } = run
  const steps = judged.map(({ step, result }) => ({
    ...step,
    ...result.measurement.figures,
    sales: result.sales,
    verdict: result.verdict,
  }))
  const endedBy = endOf(run)
  const whole =
    endedBy === null
      ? judgeWhole(
          record.scenario,
          judged.map(({ result }) => result),
        )
      : []
  const verdict = runVerdict({
    steps: steps.map((step) => step.verdict),
    wholeThresholds: whole,
    hasUnreadAnswers: steps.some(hasUnreadAnswers),
    endedBy,
  })
  return {
    ...record,
    steps,
    checks: judged.flatMap(({ result }) => result.checks),
    thresholds: [...judged.flatMap(({ result }) => result.thresholds), ...whole],
    verdict,
    exitCode: exitCodeOf(verdict),
  }
}

/** What cut the run short cannot be read from its files, only from its record. */
function endOf({ record, state }: StoredRun): RunRecord['endedBy'] {
  if (state === 'complete') return null
  return record.endedBy ?? 'interrupted'
}

function differencesOf(stored: RunRecord, anew: RunRecord): string[] {
  const differences: string[] = []
  if (stored.verdict !== null && stored.verdict !== anew.verdict) {
    differences.push(`the record's verdict is "${stored.verdict}", its files say "${anew.verdict}"`)
  }
  const nameOf = ({ check, step, sku }: CheckResult): string => `${step} ${sku} ${check}`
  const storedChecks = new Map(stored.checks.map((check) => [nameOf(check), check]))
  const manySkus = anew.scenario.sale.skus !== null
  for (const check of anew.checks) {
    const before = storedChecks.get(nameOf(check))
    if (before && before.verdict !== check.verdict) {
      differences.push(
        `step ${check.step + 1}, ${check.check}${manySkus ? ` of ${check.sku}` : ''}: the record says "${before.verdict}", its files say "${check.verdict}"`,
      )
    }
  }
  return differences
}

function notesOn({ record, state, finishedSteps }: StoredRun): string[] {
  const notes: string[] = []
  const recorded = new Set(record.steps.map(({ index }) => index))
  for (const index of finishedSteps) {
    if (!recorded.has(index)) notes.push(`step ${index + 1} was not closed when the run ended and was not judged`)
  }
  if (state === 'running') notes.push('the run is still going on: only its finished steps were judged')
  return notes
}
