/**
 * What a running run tells of itself, once a second, at each change of phase, and as soon as it is seen to be wrong:
 * counts since its start, of the walk over its history that the live judge makes anyway, and corrected at a step's end by
 * what was read and judged then. Whoever takes it is told, and never waited for. It decides nothing.
 */
import { CHECK_NAMES, type CheckName, type CheckResult, type CheckVerdict } from '../core/check.ts'
import type { HistoryColumns } from '../core/history.ts'
import { type ResourceFigures, type RunRecord, type StepRecord, targetName } from '../core/run-record.ts'
import type { StepPlan } from '../core/scenario.ts'
import {
  type CheckTelemetry,
  type StepTelemetry,
  type Telemetry,
  TELEMETRY_SCHEMA,
  type TelemetrySink,
  type TelemetrySource,
} from '../core/telemetry.ts'
import type { LoadProgress } from '../load/load-engine.ts'
import { headlineOf } from '../report/index.ts'
import { isJudgedLive } from './judge-step.ts'
import type { HistoryLook } from './history-walk.ts'
import type { LiveWord } from './live-judge.ts'
import { RunTally } from './run-tally.ts'
import { isOneSale } from './sale-so-far.ts'
import { SaleTally } from './sale-tally.ts'
import { isGeneratorLate } from './verdict.ts'

const TELL_EVERY_MS = 1_000

export interface Use {
  readonly resources: Telemetry['resources']
  readonly work: Telemetry['work']
}

const NO_USE: Use = { resources: {}, work: {} }

export class RunTelemetry {
  readonly #record: RunRecord
  readonly #sinks: readonly TelemetrySink[]
  readonly #sales: SaleTally
  readonly #tally: RunTally
  readonly #checks = new Map<CheckName, CheckTelemetry & { readonly measured: number }>()
  readonly #timer: NodeJS.Timeout
  #phase: Telemetry['phase'] = 'starting'
  #step: StepTelemetry | null = null
  /** What is wrong by the last look at the step that is on. */
  #wrongSoFar: string | null = null
  #use = NO_USE
  /** By name, CPU of steps that have ended added up. */
  #usedByEngine: ResourceFigures = { cpuSeconds: 0, maxRssBytes: 0 }
  #end: Pick<Telemetry, 'verdict' | 'sentence'> | null = null

  /** Tells its first at once, and goes on until {@link finished} or {@link close}. */
  constructor(record: RunRecord, sinks: readonly TelemetrySink[]) {
    const { scenario, target } = record
    this.#record = record
    this.#sinks = sinks
    this.#sales = new SaleTally({ isOneSale: isOneSale(target), answersConvict: isJudgedLive(target) })
    this.#tally = new RunTally(scenario.timeoutMs, this.#sales)
    this.#timer = setInterval(() => this.#tell(), TELL_EVERY_MS)
    this.#timer.unref()
    this.#tell()
  }

  warmingUp(): void {
    this.#enter('warming-up')
  }

  /** `stocks` by SKU, as they are known at the opening. */
  stepBegins({ stepIndex, step, buy }: StepPlan, stocks: ReadonlyMap<string, number>): void {
    const { engine, scenario } = this.#record
    this.#step = {
      number: stepIndex + 1,
      of: scenario.steps.length,
      offeredRatePerSec: engine.model === 'closed' ? null : step.arrivalRatePerSec,
      durationMs: step.durationMs,
      elapsedMs: 0,
      saturated: null,
      generatorLate: null,
    }
    this.#wrongSoFar = null
    this.#sales.begin(stepIndex + 1, stocks, buy)
    this.#enter('load')
  }

  /** A look at the step that is on. `word`: what is wrong with it; null: right so far, or nobody judges it yet. */
  looked(history: HistoryColumns, look: HistoryLook, progress: LoadProgress, word: LiveWord | null): void {
    this.#tally.take(history, look.settled)
    const { planned: offered, inFlight, elapsedMs } = progress
    this.#tally.stands({ offered, open: look.openFirstAttempts, inFlight })
    if (this.#step !== null) this.#step = { ...this.#step, elapsedMs }
    if (word === null) return
    this.#wrongSoFar = word.finding.sentence
    const isNews = this.#checks.get(word.finding.check)?.verdict !== 'fail'
    this.#hear({ ...word.finding, verdict: 'fail', sku: word.sku, measured: 0 })
    if (isNews) this.#tell()
  }

  /** After the last answer. `rows`: those that no look has met; `codes`: as the history has them in the end. */
  loadEnded(history: HistoryColumns, rows: readonly number[], codes: readonly string[]): void {
    this.#tally.take(history, rows)
    this.#tally.endOfLoad(codes)
    this.#enter('judging')
  }

  stepEnded(step: StepRecord, checks: readonly CheckResult[]): void {
    this.#tally.endOfStep(step)
    this.#sales.endOfStep(step.sales, checks)
    for (const { check, verdict, sku, sentence, measured } of checks) {
      this.#hear({ check, verdict, sku, sentence, measured: measured ?? 0 })
    }
    this.#wrongSoFar = null
    this.#addEngineUse(step.resources['generator'])
    if (this.#step !== null) {
      const { saturated } = step
      this.#step = { ...this.#step, saturated, generatorLate: isGeneratorLate(step) }
    }
    this.#tell()
  }

  used(use: Use): void {
    this.#use = use
  }

  finished(record: RunRecord): void {
    const { word, rest, verdict } = headlineOf(record)
    this.#end = { verdict: record.verdict ?? verdict, sentence: `${word}${rest}`.replaceAll(/ {2,}/g, ' ') }
    this.#enter('finished')
    this.close()
  }

  /** Nothing more is told. */
  close(): void {
    clearInterval(this.#timer)
  }

  #enter(phase: Telemetry['phase']): void {
    this.#phase = phase
    this.#tell()
  }

  /** The worse word on a check, and of two that are as bad the one about more: what was found beats what was seen. */
  #hear(heard: CheckTelemetry & { readonly measured: number }): void {
    const known = this.#checks.get(heard.check)
    const worse = known === undefined ? 1 : BADNESS[heard.verdict] - BADNESS[known.verdict]
    if (worse > 0 || (worse === 0 && heard.measured >= known!.measured)) this.#checks.set(heard.check, heard)
  }

  #tell(): void {
    const telemetry = this.#telemetry()
    for (const sink of this.#sinks) sink.take(telemetry)
  }

  #telemetry(): Telemetry {
    return {
      schema: TELEMETRY_SCHEMA,
      atMs: Date.now(),
      source: sourceOf(this.#record),
      phase: this.#phase,
      step: this.#step,
      counts: this.#tally.counts(),
      ...this.#tally.times(),
      sales: this.#sales.telemetry(),
      checks: this.#checksInOrder(),
      resources: { ...this.#use.resources, generator: this.#generatorUse() },
      work: this.#use.work,
      verdict: this.#end?.verdict ?? null,
      sentence: this.#end?.sentence ?? this.#sentenceSoFar(),
    }
  }

  #checksInOrder(): CheckTelemetry[] {
    return CHECK_NAMES.flatMap((name) => {
      const heard = this.#checks.get(name)
      if (heard === undefined) return []
      const { measured: _, ...check } = heard
      return [check]
    })
  }

  #sentenceSoFar(): string {
    if (this.#wrongSoFar !== null) return this.#wrongSoFar
    const failed = this.#checksInOrder().find(({ verdict }) => verdict === 'fail')
    return failed === undefined ? 'right so far' : `WRONG so far: ${failed.sentence}`
  }

  /** An engine that is a process of its own says what it used when a step is over; the others are in this one. */
  #generatorUse(): ResourceFigures {
    if (this.#record.engine.name === 'k6') return this.#usedByEngine
    const { user, system } = process.cpuUsage()
    return { cpuSeconds: (user + system) / 1e6, maxRssBytes: process.resourceUsage().maxRSS * 1024 }
  }

  #addEngineUse(used: ResourceFigures | undefined): void {
    const { cpuSeconds, maxRssBytes } = this.#usedByEngine
    this.#usedByEngine = {
      cpuSeconds: cpuSeconds + (used?.cpuSeconds ?? 0),
      maxRssBytes: Math.max(maxRssBytes, used?.maxRssBytes ?? 0),
    }
  }
}

const BADNESS: Readonly<Record<CheckVerdict, number>> = { 'not-checked': 0, pass: 1, unknown: 2, fail: 3 }

function sourceOf({ runId, scenario, target, engine, environment }: RunRecord): TelemetrySource {
  return {
    kind: 'run',
    runId,
    scenario: scenario.name,
    target: targetName(target),
    engine: engine.name,
    model: engine.model,
    stores: Object.fromEntries(
      Object.entries(environment.services).map(([name, { version }]) => [name, version.split(' ', 1)[0]!]),
    ),
    objectives: objectivesOf(scenario.thresholds),
  }
}

/** The strictest upper bound of each quantile of the response time. */
function objectivesOf(thresholds: RunRecord['scenario']['thresholds']): Record<string, number> {
  const objectives: Record<string, number> = {}
  for (const { metric, comparison, limit } of thresholds) {
    const digits = /^p(\d+)$/.exec(metric)?.[1]
    if (digits === undefined || (comparison !== '<' && comparison !== '<=')) continue
    const quantile = String(Number(`0.${digits}`))
    objectives[quantile] = Math.min(objectives[quantile] ?? Number.POSITIVE_INFINITY, limit / 1_000)
  }
  return objectives
}
