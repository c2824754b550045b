/**
 * One step in k6's hands: its files, its processes, and what they say, from the start up to the history. It is made ready
 * before its sales are opened, since k6 takes seconds to set up its VUs, and goes when it is told to.
 */
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { nowNs } from '../../core/clock.ts'
import { HarnessError } from '../../core/errors.ts'
import { OUTCOME_OPEN } from '../../core/history.ts'
import { REFERENCE_PROTOCOL } from '../../core/reference-protocol.ts'
import { redactor, secretsOfLoad } from '../../core/redactor.ts'
import type { StepPlan } from '../../core/scenario.ts'
import { AnswerSamples } from '../answer-samples.ts'
import type { LoadEngineOptions, RunningHistory, RunStepOptions, StepLoad } from '../load-engine.ts'
import { k6Exit } from './exit-codes.ts'
import type { FoundK6 } from './find-k6.ts'
import { parseHistoryLine, type ClockLine, type EndLine, type RequestLine } from './history-line.ts'
import { k6Arguments, k6Environment, segmentOf } from './k6-environment.ts'
import { K6Process } from './k6-process.ts'
import { ProcessorUse } from './processor-use.ts'
import { executorOf, type K6Executor } from './script/executor.ts'
import { gracefulStopMs, type WarmUp } from './script/script-parts.ts'
import { StartGate } from './start-gate.ts'
import { reckonHistory, type Lane } from './step-history.ts'
import { stepVariables, warmUpOf, writeStepFiles } from './step-files.ts'
import { makeStepFolder } from './step-folder.ts'
import { stepNotes } from './step-notes.ts'
import { K6Progress } from './step-progress.ts'
import { StepRecording } from './step-recording.ts'
import { errorOf, gapBetween, hull, intersection, type Interval, measureOffsetNs, middleOf } from './wall-clock.ts'

export interface K6StepOptions {
  readonly k6: FoundK6
  readonly segments: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly load: LoadEngineOptions
}

const PROGRESS_EVERY_MS = 250
/** For k6 to read the script, and for each VU. */
const READY_MS = 60_000
const READY_MS_PER_VU = 30
/** Beyond the step, and all that it may wait for. */
const SLACK_MS = 30_000
const UNREACHABLE_AFTER_MS = 1_000
/** A line is in the pipe, or being read. */
const LINE_MS = 250
/** The wall clock was set, not only slewed, if it moved by so much against the monotonic one. */
const CLOCK_SET_MS = 1

/** A process and what it said of itself. */
class Runner {
  readonly clock: ClockLine[] = []
  end: EndLine | null = null
  /** On the run's clock. */
  endedAtNs = Number.NaN
  /** Rows of it, from the first that was heard of. */
  lane: number | null = null

  /** 0 of its clock on the wall clock, ns. */
  get startedAtWallNs(): Interval {
    const intervals = this.clock.map(({ wallMs, fromMs, toMs }) => ({
      low: (wallMs - toMs) * 1e6,
      high: (wallMs - fromMs) * 1e6,
    }))
    return intersection(intervals) ?? hull(intervals)
  }
}

export class K6Step implements AsyncDisposable {
  readonly #options: K6StepOptions
  readonly #plan: StepPlan
  readonly #requestIdPrefix: string
  readonly #executor: K6Executor
  readonly #slotsNs: Float64Array
  readonly #folder: string
  readonly #gate: StartGate
  /** One of each for every segment. */
  readonly #runners: readonly Runner[]
  #processes: readonly K6Process[] = []
  readonly #vus: number
  readonly #warmUp: WarmUp | null
  #wallOffset: Interval = { low: 0, high: 0 }
  #wallWasSet = false
  #recording!: StepRecording
  #progress: K6Progress | null = null
  readonly #redact: (text: string) => string
  readonly #samples: AnswerSamples

  private constructor(
    options: K6StepOptions,
    plan: StepPlan,
    requestIdPrefix: string,
    folder: string,
    gate: StartGate,
  ) {
    this.#options = options
    this.#plan = plan
    this.#requestIdPrefix = requestIdPrefix
    this.#folder = folder
    this.#gate = gate
    this.#executor = executorOf(plan)
    this.#redact = redactor(secretsOfLoad(options.load.described ?? null))
    this.#samples = new AnswerSamples(this.#redact)
    this.#slotsNs = this.#executor.slots(plan.length + 1)
    // k6 splits VUs and iterations alike: only of equal parts has each process every n-th iteration.
    this.#vus = Math.floor(options.load.maxInFlight / options.segments)
    this.#warmUp = warmUpOf(options.load)
    this.#runners = Array.from({ length: options.segments }, () => new Runner())
  }

  /** Resolves when all processes wait to begin. Throws HarnessError when one of them can't. */
  static async ready(
    options: K6StepOptions,
    plan: StepPlan,
    { requestIdPrefix, signal }: Pick<RunStepOptions, 'requestIdPrefix' | 'signal'>,
  ): Promise<K6Step> {
    const folder = await makeStepFolder(tmpdir())
    const gate = await StartGate.start(options.segments)
    const step = new K6Step(options, plan, requestIdPrefix, folder, gate)
    try {
      await step.#start(signal)
      return step
    } catch (error) {
      await step[Symbol.asyncDispose]()
      throw error
    }
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { load, segments, env, k6 } = this.#options
    const files = await writeStepFiles(this.#folder, {
      plan: this.#plan,
      load,
      executor: this.#executor,
      requestIdPrefix: this.#requestIdPrefix,
      maxInFlight: this.#vus * segments,
      warmUp: this.#warmUp,
    })
    this.#processes = this.#runners.map(
      (runner, index) =>
        new K6Process({
          path: k6.path,
          args: k6Arguments({ ...files, segment: segmentOf(index, segments) }),
          env: k6Environment(env, stepVariables(this.#folder, this.#gate.url, load)),
          folder: this.#folder,
          onLine: (line) => this.#take(line, runner),
        }),
    )
    const deadlineMs = READY_MS + READY_MS_PER_VU * this.#vus * segments
    const waiting = new AbortController()
    const isTooLate = delay(deadlineMs, 'late' as const, { signal: waiting.signal }).catch(() => 'late' as const)
    const isInterrupted = new Promise<'interrupted'>((resolve) => {
      signal.addEventListener('abort', () => resolve('interrupted'), { once: true, signal: waiting.signal })
      if (signal.aborted) resolve('interrupted')
    })
    const first = await Promise.race([
      this.#gate.allThere.then(() => 'there' as const),
      ...this.#processes.map((process) => process.ended.then(() => process)),
      isTooLate,
      isInterrupted,
    ])
    waiting.abort()
    if (first === 'late') {
      throw new HarnessError('SERVICE_TIMEOUT', { message: `k6 was not ready to begin within ${deadlineMs / 1_000} s` })
    }
    if (first === 'interrupted') throw new HarnessError('INTERRUPTED', { message: 'interrupted while k6 got ready' })
    if (first !== 'there') throw failureOf(first, 'before it began', this.#redact)
  }

  #take(line: string, runner: Runner): boolean {
    const parsed = parseHistoryLine(line)
    switch (parsed?.is) {
      case 'request':
        this.#takeRequest(parsed, runner)
        return true
      case 'sample':
        this.#samples.keep(parsed.text)
        return true
      case 'clock':
        runner.clock.push(parsed)
        return true
      case 'end':
        runner.end = parsed
        runner.endedAtNs = this.#now()
        return true
      case undefined:
        return false
    }
  }

  #takeRequest(line: RequestLine, runner: Runner): void {
    runner.lane ??= line.row % this.#options.segments
    this.#recording.take(line, middleOf(this.#wallOffset) + middleOf(runner.startedAtWallNs))
    this.#progress?.answered(line.doneMs - line.sentMs)
  }

  /** Begins, and resolves when all is over; what came is kept, whatever ends it. */
  async run(options: RunStepOptions): Promise<StepLoad> {
    const offsetBefore = this.#measureOffset()
    this.#wallOffset = offsetBefore
    const warmUpNs = (this.#warmUp?.lengthMs ?? 0) * 1e6
    const startsAtNs = Math.max(this.#now() + warmUpNs, options.notBeforeNs ?? 0)
    const scheduledAtNs = Float64Array.from(
      { length: this.#plan.length },
      (_, row) => startsAtNs + (this.#slotsNs[row] ?? Number.NaN),
    )
    this.#recording = new StepRecording(this.#plan, this.#requestIdPrefix, scheduledAtNs)
    this.#progress = new K6Progress(this.#recording, startsAtNs, this.#options.load.maxInFlight)
    options.onStart?.(this.#runningHistory())
    await delay(Math.max(0, (startsAtNs - warmUpNs - this.#now()) / 1e6))
    const use = new ProcessorUse(this.#processes.flatMap(({ pid }) => pid ?? []))
    this.#gate.open()
    const cut = await this.#untilEnded(startsAtNs, use, options)
    const offsetAfter = this.#measureOffset()
    this.#wallOffset = hull([offsetBefore, offsetAfter])
    this.#wallWasSet = gapBetween(offsetBefore, offsetAfter) > CLOCK_SET_MS * 1e6
    return this.#load(startsAtNs, cut, use, options)
  }

  #now(): number {
    return nowNs(this.#options.load.originNs)
  }

  #measureOffset(): Interval {
    return measureOffsetNs({ nowNs: () => this.#now(), wallMs: () => Date.now() })
  }

  #runningHistory(): RunningHistory {
    const { timeoutMs, described } = this.#options.load
    // k6 tells of a request when it is over: only what is older than any that may be open is all there.
    const pollMs = described?.protocol.poll?.deadlineMs ?? 0
    const lagNs = (timeoutMs + pollMs + LINE_MS) * 1e6
    return {
      columns: this.#recording.columns,
      planned: this.#plan.length,
      retryRows: () => [],
      isSettled: (row) => this.#recording.outcome[row] !== OUTCOME_OPEN,
      nowNs: () => this.#now() - lagNs,
    }
  }

  /** How and when it was cut short; null: it wasn't. */
  async #untilEnded(startsAtNs: number, use: ProcessorUse, options: RunStepOptions): Promise<Cut | null> {
    const graceMs = this.#graceMs
    const deadlineNs = startsAtNs + (this.#executor.lengthMs + graceMs + SLACK_MS) * 1e6
    const processes = this.#processes
    let cut: Cut | null = null
    const stopping: Promise<void>[] = []
    const stop = (why: Cut['why']): void => {
      if (cut !== null) return
      cut = { why, atNs: this.#now() }
      stopping.push(...processes.map((process) => process.stop(graceMs)))
    }
    const onAbort = (): void => stop('interrupted')
    const timer = setInterval(() => {
      use.look()
      options.onProgress?.(this.#progress!.look(this.#now()))
      if (this.#isUnreachable()) stop('unreachable')
      if (this.#now() > deadlineNs) stop('too late')
    }, PROGRESS_EVERY_MS)
    const stepBegins = setTimeout(() => use.beginAnew(), (startsAtNs - this.#now()) / 1e6)
    options.signal.addEventListener('abort', onAbort, { once: true })
    if (options.signal.aborted) onAbort()
    for (const process of processes) {
      // One that fails takes the others along: a step that lacks a part of its arrivals is none.
      void process.ended.then(({ code }) => {
        if (code === null || k6Exit(code).means !== 'whole') stop('failed')
      })
    }
    try {
      await Promise.all(processes.map((process) => process.ended))
      await Promise.all(stopping)
      options.onProgress?.(this.#progress!.look(this.#now()))
      return cut
    } finally {
      clearInterval(timer)
      clearTimeout(stepBegins)
      options.signal.removeEventListener('abort', onAbort)
    }
  }

  get #graceMs(): number {
    const { timeoutMs, described } = this.#options.load
    return gracefulStopMs(timeoutMs, described?.protocol ?? REFERENCE_PROTOCOL)
  }

  #isUnreachable(): boolean {
    const { refusedSinceMs } = this.#recording
    const runner = this.#runners[0]!
    if (Number.isNaN(refusedSinceMs) || runner.clock.length === 0) return false
    const sinceNs = middleOf(this.#wallOffset) + middleOf(runner.startedAtWallNs) + refusedSinceMs * 1e6
    return this.#now() - sinceNs > UNREACHABLE_AFTER_MS * 1e6
  }

  #load(startsAtNs: number, cut: Cut | null, use: ProcessorUse, options: RunStepOptions): StepLoad {
    const starved = use.starvedShare(this.#recording.meanMs())
    const { history, startedAtNs, lost } = reckonHistory({
      plan: this.#plan,
      recording: this.#recording,
      lanes: this.#lanes(startsAtNs),
      toldToBeginAtNs: startsAtNs,
      slotsNs: this.#slotsNs,
      cutAtNs: cut?.atNs ?? null,
      vusOfLane: this.#vus,
      dropCode: starved === null ? 'IN_FLIGHT_BOUND' : 'NOT_SENT',
    })
    const dropped = this.#runners.reduce((sum, { end }) => sum + (end?.dropped ?? 0), 0)
    return {
      history,
      startedAtNs: Number.isNaN(startedAtNs) ? startsAtNs : startedAtNs,
      interrupted: cut !== null,
      failure: this.#failure(cut),
      connections: { opened: 0, reused: 0, reset: this.#resets() },
      generator: use.figures(),
      generatorPauses: { count: 0, totalMs: 0, maxMs: 0 },
      notUnderstood: this.#samples.kept,
      clockErrorMs: this.#clockErrorMs(options.notBeforeNs !== undefined),
      notes: stepNotes({
        plan: this.#plan,
        maxInFlight: this.#options.load.maxInFlight,
        inFlight: this.#vus * this.#options.segments,
        starvedShare: dropped > 0 ? starved : null,
        lost,
        exitCodes: this.#processes.map(({ ending }) => ending?.code ?? null),
      }),
    }
  }

  #lanes(startsAtNs: number): Lane[] {
    // k6 cuts nothing off before: it began later than it was told to, and its timers never run ahead.
    const cutsOffAtNs = startsAtNs + (this.#executor.lengthMs + this.#graceMs) * 1e6
    const taken = new Set(this.#runners.map(({ lane }) => lane))
    // One that sent nothing has what the others leave.
    const left = [...this.#runners.keys()].filter((lane) => !taken.has(lane))
    return this.#runners.map(({ lane, end, endedAtNs, startedAtWallNs }) => ({
      first: lane ?? left.shift()!,
      every: this.#options.segments,
      originNs: middleOf(this.#wallOffset) + middleOf(startedAtWallNs),
      counted: end,
      mayHaveCutOff: !(endedAtNs < cutsOffAtNs),
    }))
  }

  #resets(): number {
    const { codes, code } = this.#recording
    return code.reduce((count, number) => (codes[number] === 'RESET' ? count + 1 : count), 0)
  }

  /**
   * Between requests of one process nothing is lost: one clock, whose order holds as long as nobody sets it. Between
   * processes their starts count, and against the sale's opening hours the wall clock's distance from the run's.
   */
  #clockErrorMs(hasHours: boolean): number {
    const startNs = Math.max(...this.#runners.map(({ startedAtWallNs }) => errorOf(startedAtWallNs)))
    const offsetNs = errorOf(this.#wallOffset)
    const errorNs = hasHours || this.#wallWasSet ? startNs + offsetNs : this.#runners.length > 1 ? startNs : 0
    return Math.ceil(errorNs / 1e3) / 1e3
  }

  #failure(cut: Cut | null): HarnessError | null {
    switch (cut?.why) {
      case undefined:
      case 'interrupted':
        return null
      case 'unreachable':
        return new HarnessError('TARGET_UNREACHABLE', {
          message: `${this.#options.load.targetUrl} took no connection for one second`,
          hint: 'Does the target listen there? Its own output says why it stopped, if it did.',
        })
      case 'too late':
        return new HarnessError('SERVICE_TIMEOUT', { message: 'k6 did not come to an end in time' })
      case 'failed': {
        const failed = this.#processes.find((process) => {
          const { code } = process.ending!
          return code === null || k6Exit(code).means === 'failed'
        })
        return failureOf(failed ?? this.#processes[0]!, 'during the step', this.#redact)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()))
    await this.#gate[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

interface Cut {
  readonly why: 'interrupted' | 'unreachable' | 'too late' | 'failed'
  /** On the run's clock. */
  readonly atNs: number
}

function failureOf(process: K6Process, when: string, redact: (text: string) => string): HarnessError {
  const { code = null, signal = null } = process.ending ?? {}
  const how =
    code === null ? `was ended by ${signal ?? 'the system'}` : `ended with code ${code} (${k6Exit(code).meaning})`
  const words = redact(process.lastWords)
  return new HarnessError('SERVICE_FAILED', { message: `k6 ${how} ${when}${words === '' ? '' : `\n${words}`}` })
}
