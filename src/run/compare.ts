/**
 * Several targets side by side in one go: plans the order of their runs, makes each on a machine that is as quiet as it
 * gets, and keeps the record of what there is by now on disk. Each run is one like any other, in a folder of its own.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { assembleComparison, type MeasuredRun, orderOfRuns, type PlannedRun } from '../compare/index.ts'
import { type CompareRecord, type Contestant, regimeName } from '../core/compare-record.ts'
import { HarnessError } from '../core/errors.ts'
import { createRandom } from '../core/random.ts'
import type { RunRecord } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { compareJunit, compareMarkdown, headlineOf } from '../report/index.ts'
import { type CompareDirectory, createCompareDirectory, runFolderName } from '../results/index.ts'
import { samplesOf } from '../scenario/index.ts'
import type { ServicesMode } from '../services/service.ts'
import { refuseUnfitComparison } from './compare-fit.ts'
import type { PlannedContestant } from './contestants.ts'
import { awaitQuietMachine } from './quiet-machine.ts'
import { newRunId } from './run-id.ts'
import { type RunObserver, runScenario } from './run-scenario.ts'

export interface CompareOptions {
  readonly scenario: Scenario
  /** As it was called, for the record; absent: by no command. */
  readonly command?: readonly string[]
  readonly contestants: readonly PlannedContestant[]
  /** null: the stock as the scenario has it. */
  readonly sellThroughs: readonly (number | null)[]
  /** Runs of each contestant in each regime. */
  readonly repeat: number
  readonly coolDownMs: number
  /** For a quiet machine, before each run. */
  readonly maxWaitMs: number
  readonly servicesMode: ServicesMode
  /** Known before the first run, a sentence each. */
  readonly remarks: readonly string[]
  /** The comparison's own folder, or the folder in which one is made. */
  readonly directory: { readonly out: string } | { readonly resultsRoot: string }
  /** Ends the comparison; what was measured until then is kept. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  readonly observer: CompareObserver
}

export interface CompareObserver {
  started(directory: string): void
  waiting(sentence: string): void
  /** `number` from 1. Gives who follows the run. */
  runStarts(run: {
    readonly number: number
    readonly of: number
    readonly contestant: string
    readonly regime: string
  }): RunObserver
  runEnded(record: RunRecord): void
  /** Its remaining runs are left out. */
  couldNotRun(contestant: string, error: HarnessError): void
  warned(warning: string): void
}

export interface FinishedComparison {
  readonly record: CompareRecord
  /** Path of its folder. */
  readonly directory: string
}

/** Throws HarnessError when it could not begin, or a contestant can't be asked for this scenario. */
export async function compare(options: CompareOptions): Promise<FinishedComparison> {
  await refuseUnfitComparison(options)
  const startedAt = new Date()
  const directory = await createCompareDirectory(
    'out' in options.directory
      ? options.directory
      : { ...options.directory, startedAt, scenario: options.scenario.name },
  )
  options.observer.started(directory.path)
  return await new Comparing(options, directory, startedAt).toTheEnd()
}

class Comparing {
  readonly #options: CompareOptions
  readonly #directory: CompareDirectory
  readonly #startedAt: Date
  readonly #compareId = newRunId()
  readonly #planned: readonly PlannedRun[]
  readonly #runs: MeasuredRun[] = []
  readonly #notRun = new Map<string, string>()
  readonly #broughtAlong: Set<string>
  #made = 0

  constructor(options: CompareOptions, directory: CompareDirectory, startedAt: Date) {
    this.#options = options
    this.#directory = directory
    this.#startedAt = startedAt
    this.#planned = orderOfRuns({
      contestants: options.contestants.length,
      regimes: options.sellThroughs.length,
      repeat: options.repeat,
      random: createRandom(options.scenario.seed),
    })
    this.#broughtAlong = new Set(
      options.contestants.filter(({ broughtAlong }) => broughtAlong).map(({ contestant }) => contestant.name),
    )
  }

  async toTheEnd(): Promise<FinishedComparison> {
    const { path } = this.#directory
    await this.#directory.writeRecord(this.#record('running'))
    try {
      await this.#everyRun()
    } catch (error) {
      await this.#end('interrupted')
      throw error
    }
    const isWhole = this.#made === this.#planned.length
    return { record: await this.#end(isWhole ? 'complete' : 'interrupted'), directory: path }
  }

  async #everyRun(): Promise<void> {
    const { signal } = this.#options
    for (const planned of this.#planned) {
      if (!this.#notRun.has(this.#planOf(planned).contestant.name)) await this.#oneRun(planned)
      if (signal.aborted) return
      this.#made++
      await this.#directory.writeRecord(this.#record('running'))
    }
  }

  async #oneRun(planned: PlannedRun): Promise<void> {
    const { signal, coolDownMs, maxWaitMs, observer, scenario, servicesMode, env } = this.#options
    const { contestant, target, engine, settings } = this.#planOf(planned)
    const sellThrough = this.#options.sellThroughs[planned.regime]!
    if (this.#made > 0) await pause(coolDownMs, signal)
    const machine = await awaitQuietMachine({ maxWaitMs, signal, onWait: (sentence) => observer.waiting(sentence) })
    if (signal.aborted) return
    const regime = regimeName({ sellThrough })
    const directory = runFolderName(this.#made + 1, this.#planned.length, [contestant.name, regime])
    try {
      const { record, warnings } = await runScenario({
        scenario: underRegime(scenario, sellThrough),
        target,
        engine,
        servicesMode,
        settings,
        probeWork: planned.block === 0,
        directory: { out: join(this.#directory.path, directory) },
        signal,
        env,
        observer: observer.runStarts({
          number: this.#made + 1,
          of: this.#planned.length,
          contestant: contestant.name,
          regime,
        }),
      })
      for (const warning of warnings) observer.warned(warning)
      observer.runEnded(record)
      const { word, rest } = headlineOf(record)
      this.#runs.push({
        contestant: contestant.name,
        regime: planned.regime,
        directory,
        machine,
        record,
        headline: word + rest,
      })
    } catch (error) {
      this.#couldNotRun(contestant, error)
    }
  }

  /** Throws what is no matter of this contestant's environment. */
  #couldNotRun({ name }: Contestant, error: unknown): void {
    if (!(error instanceof HarnessError)) throw error
    if (error.exitReason === 'interrupted') return
    if (error.exitReason !== 'environment' || error.code === 'RESULTS_NOT_WRITABLE') throw error
    this.#notRun.set(name, error.message)
    // A store that isn't there is to be expected of who was brought along; a server that doesn't start is not.
    if (error.code !== 'SERVICE_UNAVAILABLE') this.#broughtAlong.delete(name)
    this.#options.observer.couldNotRun(name, error)
  }

  #planOf({ contestant }: PlannedRun): PlannedContestant {
    return this.#options.contestants[contestant]!
  }

  async #end(status: 'complete' | 'interrupted'): Promise<CompareRecord> {
    const record = this.#record(status)
    await this.#directory.writeRecord(record)
    await this.#directory.writeText('compare.md', compareMarkdown(record))
    await this.#directory.writeText('junit.xml', compareJunit(record))
    return record
  }

  #record(status: CompareRecord['status']): CompareRecord {
    const { scenario, command, repeat, sellThroughs, remarks } = this.#options
    return assembleComparison({
      compareId: this.#compareId,
      status,
      startedAt: this.#startedAt.toISOString(),
      finishedAt: status === 'running' ? null : new Date().toISOString(),
      scenario,
      seed: scenario.seed,
      ...(command && { command }),
      repeat,
      contestants: this.#options.contestants.map(({ contestant }) => this.#withTarget(contestant)),
      sellThroughs,
      runs: this.#runs,
      notRun: this.#notRun,
      broughtAlong: this.#broughtAlong,
      samplesNeeded: (metric) => samplesOf({ metric }),
      remarks,
    })
  }

  /** What a service is, is known when it has run. */
  #withTarget(contestant: Contestant): Contestant {
    const run = this.#runs.find((one) => one.contestant === contestant.name)
    return { ...contestant, target: contestant.target ?? run?.record.target ?? null }
  }
}

function underRegime(scenario: Scenario, sellThrough: number | null): Scenario {
  if (sellThrough === null) return scenario
  return { ...scenario, sale: { ...scenario.sale, stock: { kind: 'sellThrough', share: sellThrough } } }
}

/** An interruption ends it early. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
