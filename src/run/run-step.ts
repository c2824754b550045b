/**
 * One step: open its sales, drive the load and watch it, settle, read the ledger, judge. What was measured is on disk before
 * anything that may fail is asked of the target again, and is judged even when target, stores or disk fail: a history
 * can convict by itself.
 */
import { HarnessError } from '../core/errors.ts'
import { nowNs } from '../core/clock.ts'
import type { StepRecord } from '../core/run-record.ts'
import type { Scenario, StepPlan } from '../core/scenario.ts'
import type { LoadEngine, LoadProgress, StartedLoadEngine } from '../load/load-engine.ts'
import type { SaleUnderJudgement } from '../oracle/index.ts'
import type { RunDirectory } from '../results/index.ts'
import { isJudgedLive, type JudgedStep, judgeStep, saleUnderJudgement } from './judge-step.ts'
import type { LiveWord } from './live-judge.ts'
import { observe } from './observation.ts'
import { resourcesBetween } from './resource-use.ts'
import type { RunTelemetry } from './run-telemetry.ts'
import type { SaleSoFar } from './sale-so-far.ts'
import type { OpenSales, SaleTarget } from './sale-target.ts'
import { NOT_SETTLED, workBetween } from './work-use.ts'

/** Past this, checks that need absence are unknown. */
const SETTLE_DEADLINE_MS = 30_000

export interface StepContext {
  readonly target: SaleTarget
  readonly loads: LoadEngine
  readonly engine: StartedLoadEngine
  readonly directory: RunDirectory
  readonly runId: string
  readonly scenario: Scenario
  readonly plan: StepPlan
  /** The steps before, where all are one sale; null: each is one of its own. */
  readonly saleSoFar: SaleSoFar | null
  readonly signal: AbortSignal
  /** End the step when it is seen to be wrong. */
  readonly failFast: boolean
  /** Origin of all times in the histories, of `process.hrtime.bigint()`. */
  readonly originNs: bigint
  readonly telemetry: RunTelemetry
  readonly onProgress: (progress: LoadProgress, word: LiveWord | null) => void
  readonly onJudging: () => void
}

export interface StepResult {
  readonly step: StepRecord
  readonly judged: JudgedStep
  readonly interrupted: boolean
  /** What of the environment failed first; the run can't go on. */
  readonly failure: HarnessError | null
  /** It was ended when it was seen to be wrong. */
  readonly failedFast: boolean
}

export async function runStep(context: StepContext): Promise<StepResult> {
  const { target, engine, directory, plan, scenario, saleSoFar } = context
  const now = (): number => nowNs(context.originNs)
  const requestIdPrefix = `${context.runId}-${saleSoFar === null ? plan.stepIndex + 1 : 1}-`
  await engine.prepareStep?.(plan, { requestIdPrefix, signal: context.signal })
  const opened = await target.openSales(plan, scenario.sale, now)
  const workBefore = await target.readWork()
  const usedBefore = await target.readUse()
  context.telemetry.stepBegins(plan, stocksOf(plan, opened))
  const observation = observe(plan, salesUnderJudgement(context, opened), {
    ...context,
    // What was sold in earlier steps isn't in the history that is looked at.
    live: (saleSoFar === null || saleSoFar.isEmpty) && isJudgedLive(target.record),
  })
  const load = await engine.runStep(plan, {
    requestIdPrefix,
    ...observation.options,
    ...(opened.notBeforeNs !== null && { notBeforeNs: opened.notBeforeNs }),
  })
  observation.loadEnded(load.history)
  const { hours, clock } = await opened.measureAgain()
  const usedAfter = await target.readUse()
  const failures = new Failures(load.failure)
  await failures.survive(directory.writeHistory(plan.stepIndex, load.history))
  context.onJudging()
  const settled = await failures.survive(target.settle(plan, scenario.sale, SETTLE_DEADLINE_MS))
  // What was left for later is the step's work; the reading of its ledger is not.
  const work = workBetween(workBefore, await target.readWork(), settled === true ? null : NOT_SETTLED)
  const ledgers = settled === null ? null : await failures.survive(target.readLedgers(plan, settled, requestIdPrefix))
  if (ledgers !== null) await failures.survive(directory.writeLedger(plan.stepIndex, ledgers))
  await failures.survive(target.closeSales(plan, scenario.sale))
  const judged = judgeStep({
    scenario,
    stepIndex: plan.stepIndex,
    model: context.loads.model,
    initialStocks: opened.initialStocks,
    hours,
    earlierOrders: opened.earlierOrders ?? [],
    target: target.record,
    history: load.history,
    saleHistory: saleSoFar?.with(load.history) ?? load.history,
    startedAtNs: load.startedAtNs,
    ledgers,
    interrupted: load.interrupted,
    clockErrorMs: saleSoFar?.clockErrorMs(load.clockErrorMs ?? 0) ?? load.clockErrorMs ?? 0,
  })
  const step: StepRecord = {
    index: plan.stepIndex,
    startedAtNs: load.startedAtNs,
    interrupted: load.interrupted,
    ...judged.measurement.figures,
    connections: load.connections,
    generatorPauses: load.generatorPauses,
    notUnderstood: load.notUnderstood,
    clockErrorMs: load.clockErrorMs ?? 0,
    notes: [...(load.notes ?? []), ...target.takeNotes()],
    work,
    resources: { generator: load.generator, ...resourcesBetween(usedBefore, usedAfter) },
    sales: judged.sales,
    live: observation.record(),
    targetClock: clock,
    verdict: judged.verdict,
  }
  context.telemetry.stepEnded(step, judged.checks)
  const { interrupted } = load
  return {
    step,
    judged,
    interrupted: interrupted && load.failure === null,
    failedFast: interrupted && observation.failedFast(),
    failure: failures.first,
  }
}

function stocksOf({ sales }: StepPlan, { initialStocks }: OpenSales): ReadonlyMap<string, number> {
  return new Map(sales.map(({ sku }, index) => [sku, initialStocks[index]!]))
}

/** As they are known before the step. */
function salesUnderJudgement(
  { scenario, plan, target }: StepContext,
  { initialStocks, hours, earlierOrders = [] }: OpenSales,
): ReadonlyMap<string, SaleUnderJudgement> {
  const { stepIndex, sales } = plan
  return new Map(
    sales.map(({ sku }, index) => {
      const initialStock = initialStocks[index]!
      const terms = { scenario, stepIndex, sku, initialStock, hours, target: target.record, clockErrorMs: 0 }
      return [sku, saleUnderJudgement({ ...terms, earlierOrders: earlierOrders[index] ?? 0 })] as const
    }),
  )
}

/** Keeps the first failure of the environment, and lets what doesn't depend on it go on. */
class Failures {
  first: HarnessError | null

  constructor(first: HarnessError | null) {
    this.first = first
  }

  /** null when it failed. */
  async survive<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof HarnessError) || error.exitReason !== 'environment') throw error
      this.first ??= error
      return null
    }
  }
}
