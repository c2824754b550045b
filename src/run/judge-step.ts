/**
 * The judgement of one step: figures, checks, thresholds, verdict, from what was recorded and nothing else.
 * A live run and a stored one go through here alike.
 */
import type { CheckResult } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { type HistoryColumns, operationAt } from '../core/history.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { Operation } from '../core/operation.ts'
import type { TargetPromise } from '../core/promise.ts'
import type { LoadFigures, SaleFigures, ThresholdResult } from '../core/run-record.ts'
import type { Scenario, StepPlan } from '../core/scenario.ts'
import { loadFigures } from '../load/step-figures.ts'
import { judgeSale } from '../oracle/index.ts'
import { evaluateStepThresholds } from '../scenario/index.ts'
import { stepVerdict } from './verdict.ts'

export interface StepEvidence {
  readonly scenario: Scenario
  readonly stepIndex: number
  /** Units that the sale opened with. */
  readonly initialStock: number
  readonly promise: TargetPromise
  readonly history: HistoryColumns
  /** When the step's plan began, ns since the origin of the history. */
  readonly startedAtNs: number
  readonly ledger: LedgerSnapshot
  readonly interrupted: boolean
}

export interface JudgedStep {
  readonly figures: LoadFigures
  readonly checks: readonly CheckResult[]
  /** Empty for a step that was cut short. */
  readonly thresholds: readonly ThresholdResult[]
  readonly sale: SaleFigures
  readonly verdict: RunVerdict
}
