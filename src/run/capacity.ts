/**
 * A search for capacity from the first trial to the record: each trial is a run of its own, with a fresh sale, judged like any
 * other. The budget is kept, what was measured stands in `capacity.json` after each trial, and the first sale that
 * was wrong ends it all: how fast a wrong one is, nobody has to know.
 */
import { join } from 'node:path'
import { addTrial, beginSearch, nextTrial, type SearchState } from '../capacity/index.ts'
import {
  CAPACITY_SCHEMA,
  type CapacityRecord,
  type CapacityTrial,
  type PlanTerms,
  type SearchEnd,
} from '../core/capacity-record.ts'
import { HarnessError } from '../core/errors.ts'
import { exitCodeOf, type RunVerdict } from '../core/exit-codes.ts'
import type { RunEnvironment, RunTarget } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { capacitySummary, leadingFailure } from '../report/index.ts'
import { type CapacityDirectory, createCapacityDirectory } from '../results/index.ts'
import { concludeFrom } from './capacity-conclusion.ts'
import { DEMAND_TRIAL_MS, demandTrials, type Mixture } from './capacity-demand-trials.ts'
import { chooseSlo, type Slo } from './capacity-slo.ts'
import { searchTerms } from './capacity-terms.ts'
import { marginOf, type TrialBasis, trialBasis, trialOf, trialScenario, type TrialTerms } from './capacity-trial.ts'
import { lowLoadTrials, predictionOf, responseTrial } from './capacity-prediction.ts'
import { newRunId } from './run-id.ts'
import { type FinishedRun, type RunObserver, type RunOptions, runScenario } from './run-scenario.ts'

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
  readonly plan: PlanTerms | null
  /** Whether to hold what low load predicts against what is measured. */
  readonly predicts: boolean
  /** The folder of it all, or the folder in which one is made. */
  readonly directory: { readonly out: string } | { readonly resultsRoot: string }
  readonly observer?: CapacityObserver
}

export interface CapacityObserver {
  started?(directory: string, slo: readonly string[]): void
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

/** What a trial takes beside its load, until it is known: services, server, warm-up, ledger. */
const FIRST_OVERHEAD_MS = 5_000
/** Of the budget, what demands may take from the search at most. */
const MOST_RESERVED = 0.3

/** Throws HarnessError where not even the first trial could begin. */
export async function measureCapacity(options: CapacityOptions): Promise<FinishedCapacity> {
  const slo = chooseSlo(options.slo, options.scenario)
  const startedAt = new Date()
  const { target, scenario } = options
  const name = target.kind === 'strategy' ? target.strategy.name : target.descriptor.name
  const directory = await createCapacityDirectory({
    ...options.directory,
    startedAt,
    scenario: scenario.name,
    target: name,
  })
  return await new CapacityMeasurement(options, slo, directory, startedAt).toTheEnd()
}

class CapacityMeasurement {
  readonly #options: CapacityOptions
  readonly #basis: TrialBasis
  readonly #directory: CapacityDirectory
  readonly #warnings: string[] = []
  readonly #startedMs = performance.now()
  #search: SearchState
  #record: CapacityRecord
  #overheadMs = FIRST_OVERHEAD_MS
  /** What ended it before its end. */
  #stopped: Extract<SearchEnd, 'wrong' | 'interrupted' | 'environment'> | null = null

  constructor(options: CapacityOptions, slo: Slo, directory: CapacityDirectory, startedAt: Date) {
    this.#options = options
    this.#basis = trialBasis(options.scenario, slo.thresholds)
    this.#directory = directory
    const terms = searchTerms(options, slo.samples)
    this.#search = beginSearch(terms)
    this.#record = firstRecord(options, slo, startedAt, terms)
  }

  async toTheEnd(): Promise<FinishedCapacity> {
    this.#options.observer?.started?.(this.#directory.path, this.#record.slo)
    const ended = await this.#searchFor()
    if (this.#stopped === null) await this.#measureDemands()
    if (this.#stopped === null && this.#options.predicts) await this.#predict()
    await this.#finish(this.#stopped ?? ended)
    return { record: this.#record, directory: this.#directory.path, warnings: this.#warnings }
  }

  async #searchFor(): Promise<SearchEnd> {
    for (;;) {
      const next = nextTrial(this.#search, this.#remainingMs() - this.#reservedMs() - this.#overheadMs)
      if (next.kind === 'done') return next.ended
      const { sellThrough } = this
      const { readShare, doubleClickShare } = this.#options.scenario.buyers
      const made = await this.#try({ ...next, sellThrough, readShare, doubleClickShare }, 'search')
      if (made === null || this.#stopped !== null) return this.#stopped ?? 'environment'
      this.#conclude('budget')
      await this.#directory.writeRecord(this.#record)
    }
  }

  /** null: nobody can set the stock of the target. */
  get sellThrough(): number | null {
    const { target } = this.#options
    const hasOwnStock = target.kind === 'service' && target.descriptor.open === null
    return hasOwnStock ? null : this.#basis.sellThrough
  }

  async #measureDemands(): Promise<void> {
    for (const mixture of this.#demandTrials(this.#record.capacity?.lowerRatePerSec ?? null)) {
      if (!this.#affords(mixture)) {
        this.#note('the budget ended before all trials for demands were made')
        return
      }
      await this.#try(mixture, 'demand')
      if (this.#stopped !== null) return
    }
  }

  #demandTrials(capacityPerSec: number | null): readonly Mixture[] {
    const { scenario, plan } = this.#options
    if (capacityPerSec === null) return []
    return demandTrials({
      ...scenario.buyers,
      capacityPerSec,
      sellThrough: this.sellThrough,
      plansReads: (plan?.readShare ?? 0) > 0,
    })
  }

  async #predict(): Promise<void> {
    this.#conclude('budget')
    const lower = this.#record.capacity?.lowerRatePerSec ?? null
    if (lower === null) return
    const base = { sellThrough: this.sellThrough, ...this.#options.scenario.buyers }
    for (const trial of lowLoadTrials(lower, base)) {
      if (!this.#affords(trial)) return this.#note('the budget ended before anything was predicted')
      await this.#try(trial, 'prediction')
      if (this.#stopped !== null) return
    }
    const trial = responseTrial(this.#record, base)
    if (trial === null) return this.#note('what the target uses could not be measured: nothing is predicted')
    if (!this.#affords(trial)) this.#note('the budget ended before the prediction was held against a measurement')
    else await this.#try(trial, 'prediction')
    this.#record = { ...this.#record, prediction: predictionOf(this.#record, trial.ratePerSec) }
  }

  /** null: the run ended before its step had. */
  async #try(mixture: Mixture, purpose: CapacityTrial['purpose']): Promise<CapacityTrial | null> {
    const terms: TrialTerms = { ...mixture, number: this.#record.trials.length + 1, purpose }
    const directory = this.#directory.trialDirectory(terms.number, terms.ratePerSec)
    const { observer, signal } = this.#options
    observer?.trialStarts?.(terms)
    const beganMs = performance.now()
    const finished = await this.#run(terms, directory)
    if (finished === null) return null
    this.#overheadMs = Math.max(this.#overheadMs, performance.now() - beganMs - terms.durationMs)
    this.#warnings.push(...finished.warnings)
    const { record } = finished
    const trial = trialOf(record, terms, directory)
    this.#record = { ...this.#record, target: record.target, environment: record.environment }
    if (trial !== null) this.#add(trial, finished)
    this.#stopped = stoppedBy(record.verdict, signal)
    if (record.endedEarly !== null && this.#stopped === 'environment') this.#note(record.endedEarly)
    return trial
  }

  /** What fails before it has begun ends the search; the first one's failure is the caller's. */
  async #run(terms: TrialTerms, directory: string): Promise<FinishedRun | null> {
    const { target, servicesMode, settings, signal, env, observer } = this.#options
    try {
      return await runScenario({
        scenario: trialScenario(this.#basis, terms),
        target,
        servicesMode,
        settings,
        signal,
        env,
        directory: { out: join(this.#directory.path, directory) },
        ...(observer?.run !== undefined && { observer: observer.run }),
      })
    } catch (error) {
      if (!(error instanceof HarnessError) || this.#record.trials.length === 0) throw error
      this.#stopped = error.exitReason === 'interrupted' || signal.aborted ? 'interrupted' : 'environment'
      if (this.#stopped === 'environment') this.#note(error.message)
      return null
    }
  }

  #add(trial: CapacityTrial, { record }: FinishedRun): void {
    this.#record = { ...this.#record, trials: [...this.#record.trials, trial] }
    const failed = leadingFailure(record.checks)
    if (failed !== undefined) {
      const { check, sentence } = failed
      const { number, ratePerSec } = trial
      this.#record = { ...this.#record, wrong: { trial: number, ratePerSec, check, sentence } }
    }
    if (trial.purpose === 'search') {
      const margin = marginOf(trial, this.#basis.thresholds, record.thresholds)
      this.#search = addTrial(this.#search, { ...trial, margin })
    }
    this.#options.observer?.trialEnded?.(trial)
  }

  #conclude(ended: SearchEnd): void {
    const { target, environment, trials } = this.#record
    if (target === null || environment === null) return
    const { scenario, plan } = this.#options
    const conclusion = concludeFrom({ scenario, trials, search: this.#search, ended, target, environment, plan })
    this.#record = { ...this.#record, ...conclusion }
  }

  async #finish(ended: SearchEnd): Promise<void> {
    this.#conclude(ended)
    const verdict = verdictOf(this.#record, ended)
    this.#record = {
      ...this.#record,
      status: ended === 'interrupted' || ended === 'environment' ? 'interrupted' : 'complete',
      finishedAt: new Date().toISOString(),
      verdict,
      exitCode: exitCodeOf(verdict),
    }
    await this.#directory.writeRecord(this.#record)
    await this.#directory.writeSummary(capacitySummary(this.#record))
  }

  #note(sentence: string): void {
    this.#record = { ...this.#record, notes: [...this.#record.notes, sentence] }
  }

  #remainingMs(): number {
    return this.#options.budgetMs - (performance.now() - this.#startedMs)
  }

  #affords({ durationMs }: Mixture): boolean {
    return durationMs + this.#overheadMs <= this.#remainingMs()
  }

  /** For what comes after the search. */
  #reservedMs(): number {
    const trials = this.#demandTrials(1).length + (this.#options.predicts ? 3 : 0)
    const wanted = trials * (DEMAND_TRIAL_MS + this.#overheadMs)
    return Math.min(wanted, this.#options.budgetMs * MOST_RESERVED)
  }
}

function stoppedBy(verdict: RunVerdict | null, signal: AbortSignal): 'wrong' | 'interrupted' | 'environment' | null {
  if (verdict === 'wrong') return 'wrong'
  if (verdict === 'interrupted' || signal.aborted) return 'interrupted'
  return verdict === 'environment' ? 'environment' : null
}

/** Nothing counts as an answer but an interval, or a rate that was asked for and reached. */
function verdictOf({ capacity, wrong }: CapacityRecord, ended: SearchEnd): RunVerdict {
  if (wrong !== null) return 'wrong'
  if (ended === 'wrong' || ended === 'interrupted' || ended === 'environment') return ended
  if (ended === 'floor') return 'missed'
  if (ended === 'cap') return 'passed'
  const isInterval = capacity?.lowerRatePerSec != null && capacity.upperRatePerSec !== null
  return isInterval && ended !== 'no-answer' ? 'passed' : 'inconclusive'
}

function firstRecord(
  { scenario, budgetMs }: CapacityOptions,
  slo: Slo,
  startedAt: Date,
  search: CapacityRecord['search'],
): CapacityRecord {
  const { fromRatePerSec, toRatePerSec, precision, phases } = search
  return {
    schema: CAPACITY_SCHEMA,
    capacityId: newRunId(),
    status: 'running',
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    scenario,
    seed: scenario.seed,
    target: null as RunTarget | null,
    environment: null as RunEnvironment | null,
    slo: slo.thresholds.map(({ expression }) => expression),
    sloFrom: slo.from,
    budgetMs,
    search: { fromRatePerSec, toRatePerSec, precision, phases },
    trials: [],
    capacity: null,
    knee: null,
    demand: null,
    scalability: { fitted: false, because: 'no trial was made' },
    plan: null,
    prediction: null,
    wrong: null,
    notes: notesOf(scenario),
    verdict: null,
    exitCode: null,
  }
}

/** What of the scenario its trials don't have. */
function notesOf({ sale, steps }: Scenario): string[] {
  return [
    sale.stock.kind === 'units' &&
      'each trial has stock for the same share of its buyers as the scenario, not the same number of units',
    (sale.opensAfterMs !== null || sale.closesAfterMs !== null) &&
      'the sale of each trial is open all along: opening hours are left out',
    steps.some(({ shape }) => shape !== undefined) &&
      'each trial has one rate all along: ramps, spikes and replays are left out',
  ].filter((note) => note !== false)
}
