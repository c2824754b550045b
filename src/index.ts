/**
 * Doorbuster as a library: run a scenario, judge a run or a history, and the types that go with it.
 *
 * ```ts
 * const strategy = (await readCatalogue()).strategies.find(({ name }) => name === 'atomic-update')!
 * const { record } = await runScenario({ scenario: loadScenario(text, 'mine.yaml'), strategy, ... })
 * ```
 */
export { CHECKS, type CheckName, type CheckResult, type CheckVerdict, type Evidence } from './core/check.ts'
export type { Catalogue, StrategyDescription } from './core/catalogue.ts'
export { type ErrorCode, HarnessError } from './core/errors.ts'
export { EXIT_CODES, type RunVerdict } from './core/exit-codes.ts'
export type { LedgerOrder, LedgerSnapshot } from './core/ledger.ts'
export type { Operation, Outcome } from './core/operation.ts'
export type { ReadsPromise, TargetPromise } from './core/promise.ts'
export type { RunRecord, StepRecord, ThresholdResult } from './core/run-record.ts'
export type { Scenario, Step, StepPlan, Threshold } from './core/scenario.ts'
export {
  createSaleJudge,
  type JudgementOptions,
  judgeSale,
  type SaleJudge,
  type SaleUnderJudgement,
} from './oracle/index.ts'
export { openRun, type StoredRun } from './results/index.ts'
export {
  type CaseResult,
  checkConformance,
  type ConformanceOptions,
  type ConformanceReport,
} from './run/check-conformance.ts'
export { type FinishedRun, type RunObserver, type RunOptions, runScenario } from './run/run-scenario.ts'
export { describeStrategyModule, readCatalogue } from './run/target-process.ts'
export { type HistoryFiles, type VerifiedHistory, verifyHistory } from './run/verify-history.ts'
export { type VerifiedRun, verifyRun } from './run/verify-run.ts'
export { loadScenario, planStep, type ScenarioOverrides } from './scenario/index.ts'
export type { ServiceSettings, ServicesMode } from './services/index.ts'
