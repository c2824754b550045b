/** What a search for capacity is asked, tells on its way, and gives in the end. */
import type { CapacityRecord, CapacityTrial, PlanTerms } from '../core/capacity-record.ts'
import type { Scenario } from '../core/scenario.ts'
import type { TrialTerms } from './capacity-trial.ts'
import type { RunObserver, RunOptions } from './run-scenario.ts'

export interface CapacityOptions
  extends Pick<RunOptions, 'target' | 'servicesMode' | 'settings' | 'command' | 'signal' | 'env'> {
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
