/**
 * Makes the runs of a search for capacity, one after the other, each on a machine as quiet as it gets, and keeps account of
 * the budget.
 */
import { join } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import type { MachineState } from '../core/machine-state.ts'
import type { RunRecord } from '../core/run-record.ts'
import { overheadOf } from './capacity-budget.ts'
import type { CapacityOptions } from './capacity-options.ts'
import { type TrialBasis, trialScenario, type TrialTerms } from './capacity-trial.ts'
import type { Stop } from './capacity-verdict.ts'
import { awaitQuietMachine } from './quiet-machine.ts'
import { type FinishedRun, runScenario } from './run-scenario.ts'

/** Of what is left of the budget, what one wait for a quiet machine may take. */
const MOST_WAITED = 0.05

export type MadeTrial =
  | { readonly record: RunRecord; readonly machine: MachineState }
  /** It could not begin. */
  | { readonly stopped: Stop; readonly because: string | null }

export class TrialRuns {
  /** A sentence each. */
  readonly warnings: string[] = []
  readonly #options: CapacityOptions
  readonly #basis: TrialBasis
  readonly #folder: string
  readonly #startedMs = performance.now()
  /** What each trial took beside its load. */
  readonly #besideMs: number[] = []

  /** `folder`: in which each run has its own. */
  constructor(options: CapacityOptions, basis: TrialBasis, folder: string) {
    this.#options = options
    this.#basis = basis
    this.#folder = folder
  }

  /** What a trial takes beside its load. */
  get overheadMs(): number {
    return overheadOf(this.#besideMs)
  }

  /** How long the load of a trial that began now could be. */
  affordableMs(): number {
    return this.#remainingMs() - this.overheadMs
  }

  /** Throws HarnessError where the first one can't begin: that is the caller's to hear. */
  async run(terms: TrialTerms, directory: string): Promise<MadeTrial> {
    const { signal, observer } = this.#options
    const beganMs = performance.now()
    const machine = await this.#awaitQuiet()
    if (signal.aborted) return { stopped: 'interrupted', because: null }
    observer?.trialStarts?.(terms)
    try {
      const { record, warnings } = await this.#start(terms, directory)
      this.warnings.push(...warnings)
      this.#besideMs.push(Math.max(0, performance.now() - beganMs - terms.durationMs))
      return { record, machine }
    } catch (error) {
      if (!(error instanceof HarnessError) || this.#besideMs.length === 0) throw error
      const isInterrupted = error.exitReason === 'interrupted' || signal.aborted
      return isInterrupted
        ? { stopped: 'interrupted', because: null }
        : { stopped: 'environment', because: error.message }
    }
  }

  /** Others cost this search time, but not all of it. */
  #awaitQuiet(): Promise<MachineState> {
    const { maxWaitMs, signal, observer } = this.#options
    const affordableMs = Math.max(0, this.#remainingMs() * MOST_WAITED)
    return awaitQuietMachine({
      maxWaitMs: Math.min(maxWaitMs, affordableMs),
      signal,
      onWait: (sentence) => observer?.waiting?.(sentence),
    })
  }

  #start(terms: TrialTerms, directory: string): Promise<FinishedRun> {
    const { target, servicesMode, settings, signal, env, observer } = this.#options
    return runScenario({
      scenario: trialScenario(this.#basis, terms),
      target,
      servicesMode,
      settings,
      signal,
      env,
      directory: { out: join(this.#folder, directory) },
      ...(observer?.run !== undefined && { observer: observer.run }),
    })
  }

  #remainingMs(): number {
    return this.#options.budgetMs - (performance.now() - this.#startedMs)
  }
}
