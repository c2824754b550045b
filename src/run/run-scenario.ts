/**
 * One run from scenario to verdict: services, target, load, ledger, oracle, results, in that order, each released
 * where it was acquired. It draws nothing and exits nothing: whoever calls it listens through an observer.
 */
import type { CheckResult } from '../core/check.ts'
import { HarnessError } from '../core/errors.ts'
import { peakRatePerSec } from '../core/step-rate.ts'
import { exitCodeOf } from '../core/exit-codes.ts'
import { RUN_SCHEMA, type RunRecord, type StepRecord, targetName, type ThresholdResult } from '../core/run-record.ts'
import type { Scenario, StepPlan } from '../core/scenario.ts'
import { hasUnreadAnswers } from '../core/unread-answers.ts'
import type { LoadEngine, LoadProgress, StartedLoadEngine } from '../load/load-engine.ts'
import { junitXml, markdownSummary } from '../report/index.ts'
import { createRunDirectory, currentWriter, type LiveFile, openLiveFile, type RunDirectory } from '../results/index.ts'
import { planStep, planWarnings } from '../scenario/index.ts'
import { acquireServices, readStoreWork, type StoreWorkReader } from '../services/index.ts'
import type { ServiceSettings, ServicesMode, ServicesRequest, StartedServices } from '../services/service.ts'
import { type EngineChoice, loadEngine } from './engines.ts'
import { describeEnvironment } from './environment.ts'
import { type ExposedAt, type Exposure, type ExposureOptions, startExposure } from './exposure.ts'
import { type JudgedStep, judgeWhole } from './judge-step.ts'
import type { LiveWord } from './live-judge.ts'
import { refuseOtherModel } from './model-fit.ts'
import { ReferenceTarget, type StrategyChoice } from './reference-target.ts'
import { newRunId } from './run-id.ts'
import { RunTelemetry, type Use } from './run-telemetry.ts'
import { runStep, type StepResult } from './run-step.ts'
import { type DescribedChoice, startDescribed } from './start-described.ts'
import { isOneSale, SaleSoFar } from './sale-so-far.ts'
import type { SaleTarget } from './sale-target.ts'
import { startTarget } from './target-process.ts'
import { type UseWatch, watchUse } from './use-watch.ts'
import { runVerdict } from './verdict.ts'

export interface RunOptions {
  readonly scenario: Scenario
  readonly target: TargetChoice
  /** What drives the load; the open-loop engine where it isn't given. */
  readonly engine?: EngineChoice
  readonly servicesMode: ServicesMode
  readonly settings: ServiceSettings
  /** Ends the run as soon as a sale is seen to be wrong, before its end. */
  readonly failFast?: boolean
  /** Probes what one request of each kind costs, before the first step. */
  readonly probeWork?: boolean
  /** The run's own folder, or the folder in which one is made. */
  readonly directory: { readonly out: string } | { readonly resultsRoot: string }
  /** Aborts the run; what was measured until then is kept. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  readonly observer?: RunObserver
  /** What others are to see of it; absent: the file in the run's folder. */
  readonly exposure?: ExposureOptions
  /** As it was called, for the record; absent: by no command. */
  readonly command?: readonly string[]
}

/** What is put under load. */
export type TargetChoice = StrategyChoice | DescribedChoice

/** What a run tells while it goes on. */
export interface RunObserver {
  /** Before it has started, for what may take minutes: the download of an image. */
  waiting?(what: string): void
  /** Where the run can be looked at, from now on. */
  exposed?(at: ExposedAt): void
  started?(record: RunRecord, directory: string): void
  /** `warnings`: what this step can't show although its scenario is valid, a sentence each. */
  stepStarted?(plan: StepPlan, warnings: readonly string[]): void
  /** `word`: what is wrong with the step by now; null: right so far. */
  progress?(plan: StepPlan, progress: LoadProgress, word: LiveWord | null): void
  /** After the last answer, while the target settles and the ledger is read. */
  judging?(plan: StepPlan): void
  stepFinished?(step: StepRecord, checks: readonly CheckResult[], thresholds: readonly ThresholdResult[]): void
  /** After the last step, or what took its place: what the server has written to its standard error, if anything. */
  targetSaid?(words: string): void
}

export interface FinishedRun {
  readonly record: RunRecord
  /** Path of the run's folder. */
  readonly directory: string
  /** What of the run could not be taken away again, or not be written, a sentence each. The verdict stands. */
  readonly warnings: readonly string[]
}

/**
 * Runs every step of the scenario and judges it.
 * Throws HarnessError when the run could not begin; once it has begun, what ends it early stands in the record.
 */
export async function runScenario(options: RunOptions): Promise<FinishedRun> {
  const acquired = new Acquired(options.signal)
  let finished: FinishedRun
  try {
    finished = await begin(options, newRunId(), acquired)
  } catch (cause) {
    await acquired.release()
    // What fails to start after an interruption failed because of it.
    const isItsDoing = options.signal.aborted && cause instanceof HarnessError && cause.exitReason === 'environment'
    throw isItsDoing ? interruptedAtStart(cause) : cause
  }
  return { ...finished, warnings: [...finished.warnings, ...(await acquired.release())] }
}

async function begin(options: RunOptions, runId: string, acquired: Acquired): Promise<FinishedRun> {
  const loads = loadEngine(options.engine ?? { name: 'open' }, options.env)
  refuseOtherModel(loads, options.scenario)
  const exposure = options.exposure === undefined ? null : acquired.hold(await startExposure(options.exposure))
  if (exposure !== null) options.observer?.exposed?.(exposure.at)
  const services = acquired.hold(await acquireServices({ ...servicesRequest(options), runId }))
  const target = acquired.hold(await startSaleTarget(options, runId, loads, services))
  exposure?.targetStarted(options.target.kind === 'strategy' ? target.url : null)
  const originNs = process.hrtime.bigint()
  const scenario = target.fit(options.scenario)
  const engine = acquired.hold(await startEngine(loads, scenario, target, originNs))
  const directory = await createRunDirectory({
    ...options.directory,
    startedAt: new Date(),
    scenario: options.scenario.name,
    target: targetName(target.record),
  })
  return await new Run({ ...options, scenario }, runId, {
    services,
    target,
    loads,
    engine,
    directory,
    originNs,
    exposure,
  }).toTheEnd()
}

/** What a run has started, to be taken away in reverse order. */
class Acquired {
  readonly #things: AsyncDisposable[] = []
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Throws INTERRUPTED when the run was, while this was acquired. */
  hold<T extends AsyncDisposable>(thing: T): T {
    this.#things.push(thing)
    if (this.#signal.aborted) throw interruptedAtStart()
    return thing
  }

  /** All of them, whatever becomes of one. Gives what went wrong, a sentence each: none of it outweighs a verdict. */
  async release(): Promise<string[]> {
    const problems: string[] = []
    for (const thing of this.#things.toReversed()) {
      try {
        await thing[Symbol.asyncDispose]()
      } catch (error) {
        problems.push(`not cleaned up: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return problems
  }
}

function interruptedAtStart(cause?: unknown): HarnessError {
  return new HarnessError('INTERRUPTED', { message: 'interrupted before the run began', cause })
}

function servicesRequest({
  target,
  servicesMode,
  settings,
  env,
  signal,
  observer,
}: RunOptions): Omit<ServicesRequest, 'runId'> {
  const onWait = (what: string): void => observer?.waiting?.(what)
  const needs = target.kind === 'strategy' ? target.strategy.needs : []
  return { needs, mode: servicesMode, settings, env, signal, onWait }
}

async function startSaleTarget(
  { scenario, target, settings, env, signal }: RunOptions,
  runId: string,
  { model }: LoadEngine,
  services: StartedServices,
): Promise<SaleTarget> {
  if (target.kind === 'service') {
    const { processes } = services
    return await startDescribed({ choice: target, runId, scenario, model, env, processes, signal })
  }
  const { strategy, strategyModule, lostReplyShare = 0, handicap, instances } = target
  const server = await startTarget({
    runId,
    services,
    settings,
    instances,
    lostReplyShare,
    handicap,
    strategy: strategyModule === undefined ? { name: strategy.name } : { module: strategyModule },
  })
  return new ReferenceTarget(target, server, services)
}

function startEngine(
  loads: LoadEngine,
  scenario: Scenario,
  { url, described }: SaleTarget,
  originNs: bigint,
): Promise<StartedLoadEngine> {
  return loads.start({
    targetUrl: url,
    ...(described !== null && { described }),
    maxInFlight: scenario.maxInFlight,
    timeoutMs: scenario.timeoutMs,
    originNs,
    peakRatePerSec: peakOf(scenario),
  })
}

function peakOf({ steps }: Scenario): number {
  return Math.max(...steps.map(peakRatePerSec))
}

interface Started {
  readonly services: StartedServices
  readonly target: SaleTarget
  readonly loads: LoadEngine
  readonly engine: StartedLoadEngine
  readonly directory: RunDirectory
  readonly originNs: bigint
  readonly exposure: Exposure | null
}

class Run {
  readonly #options: RunOptions
  readonly #started: Started
  #record: RunRecord
  readonly #judged: JudgedStep[] = []
  readonly #saleSoFar: SaleSoFar | null
  readonly #warnings: string[] = []
  readonly #liveFile: LiveFile
  readonly #telemetry: RunTelemetry
  readonly #storeWork: StoreWorkReader | null
  readonly #useWatch: UseWatch | null

  constructor(options: RunOptions, runId: string, started: Started) {
    this.#options = options
    this.#started = started
    this.#saleSoFar = isOneSale(started.target.record) ? new SaleSoFar() : null
    this.#record = firstRecord(options, runId, started)
    const { exposure } = started
    this.#liveFile = openLiveFile(started.directory.path)
    const isWatched = exposure !== null
    this.#telemetry = new RunTelemetry(this.#record, isWatched ? [exposure, this.#liveFile] : [this.#liveFile])
    this.#storeWork = isWatched ? readStoreWork(started.services) : null
    this.#useWatch = isWatched
      ? watchUse(
          () => this.#lookAtUse(),
          (use) => this.#telemetry.used(use),
        )
      : null
  }

  async toTheEnd(): Promise<FinishedRun> {
    try {
      return await this.#toItsVerdict()
    } finally {
      await this.#endTelemetry()
    }
  }

  async #toItsVerdict(): Promise<FinishedRun> {
    const { directory } = this.#started
    await directory.writeRecord(this.#record)
    this.#options.observer?.started?.(this.#record, directory.path)
    const endedEarly = await this.#everyStep()
    const ended = await this.#endSales().then((failure) => endedEarly ?? failure)
    const words = this.#started.target.lastWords()
    if (words !== '') this.#options.observer?.targetSaid?.(words)
    await this.#finish(ended)
    return { record: this.#record, directory: directory.path, warnings: this.#warnings }
  }

  async #lookAtUse(): Promise<Use> {
    const { target } = this.#started
    const [resources, work] = await Promise.all([target.lookAtUse(), this.#storeWork?.read() ?? {}])
    return { resources, work }
  }

  /** What can't be told any more is no failure of the run. */
  async #endTelemetry(): Promise<void> {
    this.#useWatch?.stop()
    await this.#storeWork?.[Symbol.asyncDispose]()
    this.#telemetry.close()
    const problem = await this.#liveFile.end()
    if (problem !== null) this.#warnings.push(problem)
    this.#warnings.push(...((await this.#started.exposure?.runEnded(this.#options.signal)) ?? []))
  }

  /** Runs the steps; says what ended the run before its last one, or null. */
  async #everyStep(): Promise<EarlyEnd | null> {
    const { scenario, signal } = this.#options
    try {
      const { target, engine } = this.#started
      this.#telemetry.warmingUp()
      const warmUp = { runId: this.#record.runId, terms: scenario.sale, signal }
      await target.warmUp(engine, warmUp)
      if (this.#options.probeWork === true && !signal.aborted) {
        this.#record = { ...this.#record, workAnOrder: await target.probeWork(warmUp) }
      }
      for (const stepIndex of scenario.steps.keys()) {
        if (signal.aborted) return interruptedBefore(stepIndex, scenario.steps.length)
        const result = await this.#oneStep(this.#plan(stepIndex))
        if (result.failure !== null) throw result.failure
        if (this.#endsHere(result)) return failedFastIn(result.step, scenario.steps.length)
        if (result.interrupted) return interruptedIn(stepIndex, scenario.steps.length)
      }
      return null
    } catch (error) {
      const isWritten = !(error instanceof HarnessError && error.code === 'RESULTS_NOT_WRITABLE')
      if (signal.aborted && isWritten) return interruptedBefore(this.#judged.length, scenario.steps.length)
      if (error instanceof HarnessError && error.exitReason === 'environment') {
        return { by: 'environment', sentence: this.#withLastWords(error.message) }
      }
      await this.#endSales()
      const isUsage = error instanceof HarnessError && error.exitReason === 'usage'
      const sentence = isUsage ? error.message : `a bug of ours: ${String(error)}`
      await this.#finish({ by: 'environment', sentence })
      throw error
    }
  }

  /** Ends what still goes on; says why that failed, or null. */
  async #endSales(): Promise<EarlyEnd | null> {
    try {
      await this.#started.target.endSales()
      return null
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      return { by: 'environment', sentence: error.message }
    }
  }

  /** A wrong step that was not seen to be so while it ran ends the run all the same, if there are more. */
  #endsHere({ failedFast, step }: StepResult): boolean {
    const isLast = step.index + 1 === this.#options.scenario.steps.length
    return failedFast || (this.#options.failFast === true && step.verdict === 'wrong' && !isLast)
  }

  #plan(stepIndex: number): StepPlan {
    const plan = this.#started.target.adapt(planStep(this.#options.scenario, stepIndex))
    return this.#saleSoFar === null ? plan : this.#saleSoFar.continued(plan)
  }

  async #oneStep(plan: StepPlan): Promise<StepResult> {
    const { observer, scenario, signal } = this.#options
    observer?.stepStarted?.(plan, planWarnings(scenario, plan, { setsStock: this.#saleSoFar === null }))
    const result = await runStep({
      ...this.#started,
      runId: this.#record.runId,
      scenario,
      plan,
      saleSoFar: this.#saleSoFar,
      signal,
      failFast: this.#options.failFast ?? false,
      telemetry: this.#telemetry,
      onProgress: (progress, word) => observer?.progress?.(plan, progress, word),
      onJudging: () => observer?.judging?.(plan),
    })
    this.#judged.push(result.judged)
    this.#record = {
      ...this.#record,
      steps: [...this.#record.steps, result.step],
      checks: [...this.#record.checks, ...result.judged.checks],
      thresholds: [...this.#record.thresholds, ...result.judged.thresholds],
    }
    await this.#started.directory.writeRecord(this.#record)
    observer?.stepFinished?.(result.step, result.judged.checks, result.judged.thresholds)
    return result
  }

  async #finish(ended: EarlyEnd | null): Promise<void> {
    await this.#writeEnd(ended)
    this.#telemetry.finished(this.#record)
  }

  async #writeEnd(ended: EarlyEnd | null): Promise<void> {
    const { directory } = this.#started
    this.#conclude(ended)
    try {
      await directory.writeRecord(this.#record)
      await directory.writeText('summary.md', markdownSummary(this.#record))
      await directory.writeText('junit.xml', junitXml(this.#record))
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      this.#warnings.push(error.message)
      // Nobody can judge it again: no run that passed. What it found wrong is wrong all the same.
      if (ended === null) this.#conclude({ by: 'environment', sentence: error.message })
    }
  }

  #conclude(ended: EarlyEnd | null): void {
    const whole = ended === null ? judgeWhole(this.#options.scenario, this.#judged) : []
    const verdict = runVerdict({
      steps: this.#record.steps.map((step) => step.verdict),
      wholeThresholds: whole,
      hasUnreadAnswers: this.#record.steps.some(hasUnreadAnswers),
      endedBy: ended?.by ?? null,
    })
    this.#record = {
      ...this.#record,
      status: ended === null ? 'complete' : 'interrupted',
      finishedAt: new Date().toISOString(),
      thresholds: [...this.#record.thresholds.filter(({ step }) => step !== null), ...whole],
      verdict,
      exitCode: exitCodeOf(verdict),
      endedBy: ended?.by ?? null,
      endedEarly: ended?.sentence ?? null,
    }
  }

  #withLastWords(message: string): string {
    const words = this.#started.target.lastWords()
    return words === '' ? message : `${message}\nThe target's last words:\n${words}`
  }
}

interface EarlyEnd {
  readonly by: NonNullable<RunRecord['endedBy']>
  readonly sentence: string
}

function failedFastIn({ index, live }: StepRecord, steps: number): EarlyEnd {
  const seen = live.firstViolation === null ? '' : ` (${live.firstViolation.sentence})`
  return { by: 'fail-fast', sentence: `ended by --fail-fast in step ${index + 1} of ${steps}${seen}` }
}

function interruptedIn(stepIndex: number, steps: number): EarlyEnd {
  return { by: 'interrupted', sentence: `interrupted in step ${stepIndex + 1} of ${steps}` }
}

function interruptedBefore(stepIndex: number, steps: number): EarlyEnd {
  return { by: 'interrupted', sentence: `interrupted before step ${stepIndex + 1} of ${steps}` }
}

function firstRecord(
  { scenario, command }: RunOptions,
  runId: string,
  { target, services, loads, engine }: Started,
): RunRecord {
  return {
    schema: RUN_SCHEMA,
    runId,
    status: 'running',
    writer: currentWriter(),
    startedAt: new Date().toISOString(),
    finishedAt: null,
    scenario,
    seed: scenario.seed,
    ...(command && { command }),
    target: target.record,
    engine: {
      name: loads.name,
      version: loads.version,
      model: loads.model,
      workers: engine.workers,
    },
    environment: describeEnvironment(services),
    workAnOrder: null,
    steps: [],
    checks: [],
    thresholds: [],
    verdict: null,
    exitCode: null,
    endedBy: null,
    endedEarly: null,
  }
}
