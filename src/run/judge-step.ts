/**
 * The judgement of one step: figures, checks, thresholds, verdict, from what was recorded and nothing else.
 * A live run and a stored one go through here alike.
 */
import type { CheckResult } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { HistoryColumns } from '../core/history.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { LoadModel, RunTarget, SaleFigures, SaleHoursRecord, ThresholdResult } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { measureStep, type StepMeasurement, wholeFigures } from '../load/step-figures.ts'
import { judgeSales, type SaleUnderJudgement } from '../oracle/index.ts'
import { evaluateStepThresholds, evaluateWholeThresholds } from '../scenario/index.ts'
import { limitTerms } from './limit-terms.ts'
import { judgeBesideOthers } from './sales-of-others.ts'
import { withSoldAsQueued } from './sold-as-queued.ts'
import { stepVerdict } from './verdict.ts'

export interface StepEvidence {
  readonly scenario: Scenario
  readonly stepIndex: number
  readonly model: LoadModel
  /** Units that each sale of the step opened with, in the order of the history's SKUs. */
  readonly initialStocks: readonly number[]
  /** When they were open; null: always. */
  readonly hours: SaleHoursRecord | null
  /** Orders that stood in each ledger before the first arrival. */
  readonly earlierOrders: readonly number[]
  readonly target: RunTarget
  readonly history: HistoryColumns
  /** The same, and before it that of earlier steps where all are one sale. */
  readonly saleHistory: HistoryColumns
  /** When the step's plan began, ns since the origin of the history. */
  readonly startedAtNs: number
  /** In the same order; null: they could not be read, and the history is judged alone. */
  readonly ledgers: readonly LedgerSnapshot[] | null
  readonly interrupted: boolean
  /** The times of the history are true to so much. */
  readonly clockErrorMs: number
}

export interface JudgedStep {
  readonly measurement: StepMeasurement
  readonly checks: readonly CheckResult[]
  /** Empty for a step that was cut short. */
  readonly thresholds: readonly ThresholdResult[]
  /** Units left unsold in all sales, as the checks found them; null without ledgers that say. */
  readonly unsold: number | null
  /** One a SKU. */
  readonly sales: readonly SaleFigures[]
  readonly verdict: RunVerdict
}

export function judgeStep(evidence: StepEvidence): JudgedStep {
  const { scenario, stepIndex, history, saleHistory, ledgers, interrupted, target } = evidence
  const { timeoutMs } = scenario
  const measured = { step: scenario.steps[stepIndex]!, model: evidence.model, startedAtNs: evidence.startedAtNs }
  const measurement = measureStep(history, measured, { timeoutMs })
  const { figures } = measurement
  const sales = history.skus.map((sku, index) =>
    saleUnderJudgement({
      ...evidence,
      sku,
      initialStock: evidence.initialStocks[index]!,
      earlierOrders: evidence.earlierOrders[index] ?? 0,
    }),
  )
  const judge = (read: typeof ledgers): CheckResult[] =>
    judgeSales(sales, saleHistory, read, { saturated: figures.saturated })
  const found = isShared(target) ? judgeBesideOthers(judge, ledgers, saleHistory.requestIdPrefix) : judge(ledgers)
  const checks = isDecidedLater(target) ? found.map((one) => withSoldAsQueued(one, ledgers !== null)) : found
  const unsold = unsoldOf(checks)
  const thresholds = interrupted ? [] : evaluateStepThresholds(scenario, stepIndex, { figures, unsold })
  const verdict = stepVerdict({ checks, thresholds, figures, interrupted })
  return { measurement, checks, thresholds, unsold, sales: saleFigures(evidence), verdict }
}

function isShared(target: RunTarget): boolean {
  return target.kind === 'service' && target.shared
}

/** Buyers hear only that they are in a queue. */
function isDecidedLater(target: RunTarget): boolean {
  return target.kind === 'service' && target.soldMeans === 'queued'
}

/** Whether what buyers are told can convict while the sale is on: not where it may be true for reasons that nobody sees. */
export function isJudgedLive(target: RunTarget): boolean {
  return !isShared(target) && !isDecidedLater(target)
}

/** One sale as the oracle hears of it, while it is on and afterwards. */
export function saleUnderJudgement(
  terms: Pick<StepEvidence, 'scenario' | 'stepIndex' | 'hours' | 'target' | 'clockErrorMs'> & {
    readonly sku: string
    readonly initialStock: number
    readonly earlierOrders: number
  },
): SaleUnderJudgement {
  const { scenario, stepIndex, sku, initialStock, target, hours, clockErrorMs } = terms
  return {
    stepIndex,
    sku,
    initialStock,
    ...limitTerms(scenario.sale, target, terms.earlierOrders),
    hours: hours ?? ALWAYS_OPEN,
    promise: target.promise,
    timeoutMs: scenario.timeoutMs,
    clockErrorMs,
  }
}

const ALWAYS_OPEN = { opensAtNs: null, closesAtNs: null, errorMs: 0 }

/** Thresholds over all steps together, from steps that were all judged whole. */
export function judgeWhole(scenario: Scenario, steps: readonly JudgedStep[]): ThresholdResult[] {
  return evaluateWholeThresholds(scenario, () => ({
    figures: wholeFigures(steps.map(({ measurement }) => measurement)),
    unsold: sumOrNull(steps.map(({ unsold }) => unsold)),
  }))
}

function unsoldOf(checks: readonly CheckResult[]): number | null {
  return sumOrNull(
    checks.filter(({ check }) => check === 'sold-through').map(({ details }) => details['unsold'] ?? null),
  )
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0 as number | null)
}

function saleFigures({ history, ledgers, initialStocks, earlierOrders, hours }: StepEvidence): SaleFigures[] {
  return history.skus.map((sku, index) => {
    const ledger = ledgers?.[index]
    const earlier = earlierOrders[index] ?? 0
    return {
      sku,
      initial: initialStocks[index]!,
      remaining: ledger?.remainingStock ?? null,
      sold: ledger?.orders.reduce((units, order) => units + order.quantity, 0) ?? null,
      orders: ledger?.orders.length ?? null,
      settled: ledger?.settled ?? false,
      hours,
      takenAt: ledger?.takenAt ?? null,
      ...(earlier > 0 && { earlierOrders: earlier }),
    }
  })
}
