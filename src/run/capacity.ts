/**
 * A search for capacity from the first trial to the record: each trial is a run of its own, with a fresh sale, judged like any
 * other. The budget is kept, what was measured stands in `capacity.json` after each trial, and the first sale that
 * was wrong ends it all: how fast a wrong one is, nobody has to know.
 */
import type { CapacityRecord, CapacityTrial, PlanTerms } from '../core/capacity-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { createCapacityDirectory } from '../results/index.ts'
import { CapacityMeasurement } from './capacity-measurement.ts'
import { chooseSlo } from './capacity-slo.ts'
import { searchTerms } from './capacity-terms.ts'
import type { TrialTerms } from './capacity-trial.ts'
import { highestRate } from './rate-cap.ts'
import type { RunObserver, RunOptions, TargetChoice } from './run-scenario.ts'

export interface CapacityOptions extends Pick<RunOptions, 'target' | 'servicesMode' | 'settings' | 'signal' | 'env'> {
  readonly scenario: Scenario
  /** Threshold expressions; empty: as the scenario has them. */
  readonly slo: readonly string[]
  /** null: from where a trial is short. */
  readonly fromRatePerSec: number | null
  /** null: as far as generators go. */
  readonly toRatePerSec: number | null
  /** Width of the interval that is aimed at, as a share. */
  readonly precision: number
  readonly budgetMs: number
  /** For a quiet machine, before each trial. */
  readonly maxWaitMs: number
  readonly plan: PlanTerms | null
  /** Whether to hold what low load predicts against what is measured. */
  readonly predicts: boolean
  /** The folder of it all, or the folder in which one is made. */
  readonly directory: { readonly out: string } | { readonly resultsRoot: string }
  readonly observer?: CapacityObserver
}

export interface CapacityObserver {
  started?(directory: string, slo: readonly string[]): void
  waiting?(sentence: string): void
  trialStarts?(trial: TrialTerms): void
  trialEnded?(trial: CapacityTrial): void
  /** Of the trial that is on. */
  readonly run?: RunObserver
}

export interface FinishedCapacity {
  readonly record: CapacityRecord
  /** Path of its folder. */
  readonly directory: string
  /** A sentence each. */
  readonly warnings: readonly string[]
}

/** Throws HarnessError where not even the first trial could begin. */
export async function measureCapacity(options: CapacityOptions): Promise<FinishedCapacity> {
  const { target, scenario, toRatePerSec, observer } = options
  const slo = chooseSlo(options.slo, scenario)
  const terms = searchTerms({ ...options, toRatePerSec: toRatePerSec ?? mostOf(target) }, slo.samples)
  const startedAt = new Date()
  const directory = await createCapacityDirectory({
    ...options.directory,
    startedAt,
    scenario: scenario.name,
    target: target.kind === 'strategy' ? target.strategy.name : target.descriptor.name,
  })
  observer?.started?.(
    directory.path,
    slo.thresholds.map(({ expression }) => expression),
  )
  return await new CapacityMeasurement({ options, slo, terms, directory, startedAt }).toTheEnd()
}

/** null: nobody has said that it is to get no more. */
function mostOf(target: TargetChoice): number | null {
  if (target.kind === 'strategy') return null
  return highestRate(target.descriptor, target.permittedHosts.length > 0 ? 'permitted' : 'private')
}
