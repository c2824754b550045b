/**
 * A search for capacity while it goes on: trial after trial, the search first, then those that tell demands apart, then what
 * is predicted held against what is measured; the record replaced after each.
 */
import { addTrial, beginSearch, nextTrial, type SearchState, type SearchTerms } from '../capacity/index.ts'
import type { CapacityRecord, CapacityTrial, SearchEnd } from '../core/capacity-record.ts'
import { exitCodeOf } from '../core/exit-codes.ts'
import type { RunRecord } from '../core/run-record.ts'
import { capacityJunit, capacitySummary, leadingFailure } from '../report/index.ts'
import { CAPACITY_REPORTS, type CapacityDirectory } from '../results/index.ts'
import { reservedMs, tooShortNote } from './capacity-budget.ts'
import type { CapacityOptions, FinishedCapacity } from './capacity-options.ts'
import { concludeFrom } from './capacity-conclusion.ts'
import { demandTrials, type Mixture } from './capacity-demand-trials.ts'
import { lowLoadTrials, predictionOf, PREDICTION_TRIALS_MS, responseTrial } from './capacity-prediction.ts'
import { type DescribedResource, describedResources } from './capacity-resources.ts'
import type { Slo } from './capacity-slo.ts'
import { marginOf, type TrialBasis, trialBasis, trialOf, type TrialTerms } from './capacity-trial.ts'
import { TrialRuns } from './capacity-trial-runs.ts'
import { busyNote, endOf, failureNote, firstRecord, type Stop, stoppedBy, verdictOf } from './capacity-verdict.ts'
import { newRunId } from './run-id.ts'

interface Measurement {
  readonly options: CapacityOptions
  readonly slo: Slo
  readonly terms: SearchTerms
  /** A sentence each. */
  readonly remarks: readonly string[]
  readonly directory: CapacityDirectory
  readonly startedAt: Date
}

export class CapacityMeasurement {
  readonly #options: CapacityOptions
  readonly #basis: TrialBasis
  readonly #directory: CapacityDirectory
  readonly #runs: TrialRuns
  readonly #described: readonly DescribedResource[]
  #search: SearchState
  #record: CapacityRecord
  /** What ended it before its end. */
  #stopped: Stop | null = null

  constructor({ options, slo, terms, remarks, directory, startedAt }: Measurement) {
    this.#options = options
    this.#basis = trialBasis(options.scenario, slo.thresholds)
    this.#directory = directory
    this.#runs = new TrialRuns(options, this.#basis, directory.path)
    this.#described = describedResources(options.target)
    this.#search = beginSearch(terms)
    this.#record = firstRecord({ ...options, capacityId: newRunId(), startedAt, slo, search: terms, remarks })
  }

  /** Throws HarnessError where not even the first trial could begin, or where the disk takes no record. */
  async toTheEnd(): Promise<FinishedCapacity> {
    const ended = await this.#searchFor()
    if (this.#stopped === null && (await this.#measureDemands()) && this.#options.predicts) await this.#predict()
    await this.#finish(this.#stopped ?? ended)
    return { record: this.#record, directory: this.#directory.path, warnings: this.#runs.warnings }
  }

  async #searchFor(): Promise<SearchEnd> {
    for (;;) {
      const next = nextTrial(this.#search, this.#runs.affordableMs() - this.#reservedMs())
      if (next.kind === 'done') {
        this.#sayWhereNoneFits()
        return next.ended
      }
      await this.#try({ ...next, ...this.#mix() }, 'search')
      if (this.#stopped !== null) return this.#stopped
    }
  }

  #sayWhereNoneFits(): void {
    const first = nextTrial(this.#search)
    if (this.#record.trials.length > 0 || first.kind === 'done') return
    this.#note(tooShortNote(this.#options.budgetMs, first))
  }

  /** Whether further trials can be made. */
  async #measureDemands(): Promise<boolean> {
    const lower = this.#record.capacity?.lowerRatePerSec ?? null
    for (const mixture of lower === null ? [] : this.#demandTrials(lower)) {
      if (!this.#affords(mixture)) {
        this.#note('the budget ended before all trials for demands were made')
        return true
      }
      if (!(await this.#try(mixture, 'demand'))) return false
    }
    return true
  }

  #demandTrials(capacityPerSec: number): readonly Mixture[] {
    const plansReads = (this.#options.plan?.readShare ?? 0) > 0
    return demandTrials({ ...this.#mix(), capacityPerSec, plansReads })
  }

  async #predict(): Promise<void> {
    const lower = this.#record.capacity?.lowerRatePerSec ?? null
    if (lower === null) return
    for (const trial of lowLoadTrials(lower, this.#mix())) {
      if (!this.#affords(trial)) return this.#note('the budget ended before anything was predicted')
      if (!(await this.#try(trial, 'prediction'))) return
    }
    const trial = responseTrial(this.#record, this.#mix(), this.#described)
    if (trial === null) return this.#note('what the target uses could not be measured: nothing is predicted')
    if (!this.#affords(trial)) this.#note('the budget ended before the prediction was held against a measurement')
    else await this.#try(trial, 'prediction')
    this.#record = { ...this.#record, prediction: predictionOf(this.#record, trial.ratePerSec, this.#described) }
  }

  /** As the scenario has it. */
  #mix(): Pick<Mixture, 'sellThrough' | 'readShare' | 'doubleClickShare'> {
    const { target, scenario } = this.#options
    const { readShare, doubleClickShare } = scenario.buyers
    const hasOwnStock = target.kind === 'service' && target.descriptor.open === null
    return { sellThrough: hasOwnStock ? null : this.#basis.sellThrough, readShare, doubleClickShare }
  }

  /** Whether further trials can be made. */
  async #try(mixture: Mixture, purpose: CapacityTrial['purpose']): Promise<boolean> {
    const terms: TrialTerms = { ...mixture, number: this.#record.trials.length + 1, purpose }
    const directory = this.#directory.trialDirectory(terms.number, terms.ratePerSec)
    const made = await this.#runs.run(terms, directory)
    if ('stopped' in made) {
      return this.#goesOn(terms, made.stopped, made.because)
    }
    const { record, machine } = made
    this.#record = { ...this.#record, target: record.target, environment: record.environment }
    const trial = trialOf(record, terms, { directory, machine })
    if (trial !== null) this.#add(trial, record)
    const stop = stoppedBy(record.verdict, this.#options.signal)
    if (stop === 'wrong') this.#convict(terms, record)
    const goesOn = this.#goesOn(terms, stop, record.endedEarly)
    this.#conclude('budget')
    await this.#directory.writeRecord(this.#record)
    return goesOn
  }

  #goesOn(trial: TrialTerms, stop: Stop | null, because: string | null): boolean {
    this.#stopped = endOf(trial.purpose, stop)
    if (stop === 'environment') this.#note(failureNote(trial, because))
    return stop === null
  }

  #add(trial: CapacityTrial, { thresholds }: RunRecord): void {
    this.#record = { ...this.#record, trials: [...this.#record.trials, trial] }
    if (trial.purpose === 'search') {
      const margin = marginOf(trial, this.#basis.thresholds, thresholds)
      this.#search = addTrial(this.#search, { ...trial, margin })
    }
    this.#options.observer?.trialEnded?.(trial)
  }

  #convict({ number, ratePerSec }: TrialTerms, { checks }: RunRecord): void {
    const failed = leadingFailure(checks)
    if (failed === undefined) return
    const { check, sentence } = failed
    this.#record = { ...this.#record, wrong: { trial: number, ratePerSec, check, sentence } }
  }

  #conclude(ended: SearchEnd): void {
    const { target, environment, trials } = this.#record
    if (target === null || environment === null) return
    const { scenario, plan } = this.#options
    const conclusion = concludeFrom({
      scenario,
      trials,
      search: this.#search,
      ended,
      target,
      environment,
      plan,
      described: this.#described,
    })
    this.#record = { ...this.#record, ...conclusion }
  }

  async #finish(ended: SearchEnd): Promise<void> {
    this.#conclude(ended)
    const busy = busyNote(this.#record.trials)
    if (busy !== null) this.#note(busy)
    const verdict = verdictOf(this.#record, ended)
    this.#record = {
      ...this.#record,
      status: ended === 'interrupted' || ended === 'environment' ? 'interrupted' : 'complete',
      finishedAt: new Date().toISOString(),
      verdict,
      exitCode: exitCodeOf(verdict),
    }
    await this.#directory.writeRecord(this.#record)
    await this.#directory.writeText(CAPACITY_REPORTS.md, capacitySummary(this.#record))
    await this.#directory.writeText(CAPACITY_REPORTS.junit, capacityJunit(this.#record))
  }

  /** What follows the first line are last words of a target, which stand in its run. */
  #note(text: string): void {
    const [sentence = ''] = text.split('\n', 1)
    this.#record = { ...this.#record, notes: [...this.#record.notes, sentence] }
  }

  #affords({ durationMs }: Mixture): boolean {
    return durationMs <= this.#runs.affordableMs()
  }

  /** For what comes after the search. */
  #reservedMs(): number {
    const { predicts, budgetMs } = this.#options
    const trialsMs = [
      ...this.#demandTrials(1).map(({ durationMs }) => durationMs),
      ...(predicts ? PREDICTION_TRIALS_MS : []),
    ]
    return reservedMs({ budgetMs, trialsMs, overheadMs: this.#runs.overheadMs, predicts })
  }
}
