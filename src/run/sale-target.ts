/**
 * The thing under test as a run sees it: something that sells. The reference server is one, a service of the user's own
 * another; what they differ in stands behind this contract, and the run knows nothing of it.
 */
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { RunTarget } from '../core/run-record.ts'
import type { SaleTerms, Scenario, StepPlan } from '../core/scenario.ts'
import type { DescribedTarget, StartedLoadEngine } from '../load/load-engine.ts'
import type { OpenedSales } from './opening.ts'
import type { ProbedWork } from '../core/work-record.ts'
import type { UseReading } from './resource-use.ts'
import type { WorkReading } from './work-use.ts'

export interface SaleTarget extends AsyncDisposable {
  /** Base URL, without a trailing slash. */
  readonly url: string
  /** null: buyers talk to it by the reference contract. */
  readonly described: DescribedTarget | null
  readonly record: RunTarget
  /** The scenario as the target can be asked it. Throws HarnessError USAGE where it can't. */
  fit(scenario: Scenario): Scenario
  /** The plan with the SKUs that the target sells. Throws HarnessError USAGE where it has too few of them. */
  adapt(plan: StepPlan): StepPlan
  /** Makes target and engine hot, on sales that nobody judges. */
  warmUp(engine: StartedLoadEngine, context: WarmUpContext): Promise<void>
  /** Opens the sales of a step, or finds the one that is open. `now`: ns since the run's origin. */
  openSales(plan: StepPlan, terms: SaleTerms, now: () => number): Promise<OpenSales>
  /** Whether nothing is pending any more within the deadline; false also when it can't answer. */
  settle(plan: StepPlan, terms: SaleTerms, deadlineMs: number): Promise<boolean>
  /** What was really sold, one a sale of the step; null: there is nothing that could be read. Throws HarnessError. */
  readLedgers(plan: StepPlan, settled: boolean, requestIdPrefix: string): Promise<LedgerSnapshot[] | null>
  /** After each step, whatever became of it. Sales that go on from step to step stay open. */
  closeSales(plan: StepPlan, terms: SaleTerms): Promise<void>
  /** After the last step, whatever became of the run: ends what still goes on. Throws HarnessError. */
  endSales(): Promise<void>
  /** What one request of each kind costs it, in a sale of its own that nobody judges. Throws HarnessError. */
  probeWork(context: WarmUpContext): Promise<ProbedWork[]>
  /** What it and its stores have done so far. */
  readWork(): Promise<WorkReading>
  /** What it and its stores have used so far. */
  readUse(): Promise<UseReading>
  /** The same of a step that is on, without disturbing it; what can't be had so is missing. */
  lookAtUse(): Promise<UseReading['resources']>
  /** What a reader of the step has to know of the target, a sentence each; since it was asked last. */
  takeNotes(): string[]
  /** What it last wrote to its standard error; empty: nothing, or not ours to see. */
  lastWords(): string
}

export interface WarmUpContext {
  readonly runId: string
  readonly terms: SaleTerms
  readonly signal: AbortSignal
}

export interface OpenSales extends OpenedSales {
  /** Units that each sale of the plan has, in its order. */
  readonly initialStocks: readonly number[]
  /** Orders that stood in the ledger of each before; absent: none. */
  readonly earlierOrders?: readonly number[]
}
