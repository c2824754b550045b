/**
 * The engine as the run holds it: threads, connections, one step after another. This thread only prepares and waits;
 * whatever is timed happens in the workers.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { nowNs } from '../../core/clock.ts'
import { HarnessError } from '../../core/errors.ts'
import { OUTCOME_OPEN } from '../../core/history.ts'
import type { ResourceFigures } from '../../core/run-record.ts'
import type { StepPlan } from '../../core/scenario.ts'
import type { LoadEngineOptions, RunningHistory, RunStepOptions, StartedLoadEngine, StepLoad } from '../load-engine.ts'
import { redactor, secretsOfLoad } from '../../core/redactor.ts'
import { checkPlan } from '../protocol/index.ts'
import { transportFor, type TransportName } from '../transport/index.ts'
import { KNOWN_CODES } from './code-table.ts'
import { dealRows } from './deal-rows.ts'
import { roomForRetries, type RowRange } from './retry-queue.ts'
import { SharedState } from './shared-state.ts'
import { stepHistory } from './step-history.ts'
import { createStepMemory, schedule, type StepMemory } from './step-memory.ts'
import { StepProgress } from './step-progress.ts'
import { TickerHandle } from './ticker-handle.ts'
import { warmUpPlans } from './warm-up-plan.ts'
import { sumConnections, sumPauses, UseMeter } from './use-meter.ts'
import { WorkerHandle } from './worker-handle.ts'
import type { StepReport } from './worker-messages.ts'

/** What a run has no need to choose; the bench and the tests do. */
export interface EngineSettings {
  /** Where ticks come from: a thread of its own each `tickMs`, or each worker's timer of 1 ms. */
  readonly ticks: { readonly from: 'thread'; readonly tickMs: number } | { readonly from: 'timer' }
  /** By default chosen by the target's URL. */
  readonly transport?: TransportName
}

const PROGRESS_EVERY_MS = 250
/** From fixing the schedule to its first moment: workers hear of it in well under that. */
const LEAD_NS = 10e6
const OPEN_DEADLINE_MS = 60_000
const PREPARE_DEADLINE_MS = 30_000
/** Beyond the plan and the timeout of its last request. */
const SLACK_MS = 30_000
const UNREACHABLE_AFTER_MS = 1_000
const RETRY_CONNECT_MS = 100

/** A worker and what it is to send. */
interface Share {
  readonly worker: WorkerHandle
  readonly rows: Uint32Array | null
  /** Where its retries stand; null: nobody asks again. */
  readonly retryRows: RowRange | null
}

type ReportedShare = Omit<Share, 'worker'> & { readonly report: StepReport }

export class OpenLoopRun implements StartedLoadEngine {
  readonly workers: number
  readonly warmUps: readonly StepPlan[]
  readonly #options: LoadEngineOptions
  readonly #state: SharedState
  readonly #ticker: TickerHandle | null
  readonly #handles: readonly WorkerHandle[]

  constructor(options: LoadEngineOptions, workers: number, settings: EngineSettings) {
    this.workers = workers
    this.warmUps = options.described === undefined ? warmUpPlans(options.maxInFlight, options.peakRatePerSec) : []
    this.#options = options
    this.#state = new SharedState(workers)
    this.#state.clear()
    const { ticks } = settings
    this.#ticker = ticks.from === 'thread' ? new TickerHandle(this.#state, options.originNs, ticks.tickMs) : null
    const ports = this.#ticker?.ports
    const transport = settings.transport ?? transportFor(new URL(options.targetUrl))
    this.#handles = Array.from(
      { length: workers },
      (_, index) =>
        new WorkerHandle({
          index,
          workers,
          state: this.#state.buffer,
          ticks: ports?.[index] ?? null,
          targetUrl: options.targetUrl,
          described: options.described ?? null,
          transport,
          maxInFlight: options.maxInFlight,
          timeoutMs: options.timeoutMs,
          originNs: options.originNs,
        }),
    )
  }

  async warmUp(plan: StepPlan, options: Pick<RunStepOptions, 'requestIdPrefix' | 'signal'>): Promise<void> {
    const { failure } = await this.runStep(plan, options)
    if (failure !== null) throw failure
  }

  async runStep(plan: StepPlan, options: RunStepOptions): Promise<StepLoad> {
    if (this.#options.described !== undefined) checkPlan(this.#options.described, plan)
    const shares = this.#deal(plan)
    const memory = createStepMemory(plan, (shares.at(-1)!.retryRows?.end ?? plan.length) - plan.length)
    const skus = plan.sales.map(({ sku }) => sku)
    await this.#openConnections(options.signal)
    this.#state.clear()
    const { requestIdPrefix } = options
    await this.#all(({ worker, rows, retryRows }) => {
      const { buffer, length } = memory
      const retries =
        plan.retries === undefined || retryRows === null ? null : { planned: plan.retries, rows: retryRows }
      const share = { buffer, length, planned: plan.length, rows, retries, skus, requestIdPrefix }
      return worker.call({ do: 'prepare', share }, 'prepared', PREPARE_DEADLINE_MS)
    }, shares)
    const startedAtNs = Math.max(this.#now() + LEAD_NS + plan.length * 10, options.notBeforeNs ?? 0)
    schedule(memory, plan, startedAtNs)
    // The ticker knows the first moment before the workers do.
    this.#state.nextDueNs.fill(startedAtNs)
    options.onStart?.(this.#runningHistory(plan, memory, shares, options))
    const { reports, generator } = await this.#run(plan, memory, startedAtNs, shares, options)
    const unreachable = reports.find(({ report }) => report.unreachable !== null)?.report.unreachable ?? null
    const isCutShort = options.signal.aborted || unreachable !== null
    return {
      history: stepHistory(plan, memory, options, reports),
      startedAtNs,
      interrupted: isCutShort && reports.some((share) => isUnfinished(share, plan)),
      failure: unreachable === null ? null : this.#unreachable(unreachable),
      connections: sumConnections(reports.map(({ report }) => report.connections)),
      generator,
      generatorPauses: sumPauses(reports.map(({ report }) => report.pauses)),
      notUnderstood: [...new Set(reports.flatMap(({ report }) => report.notUnderstood))],
    }
  }

  #now(): number {
    return nowNs(this.#options.originNs)
  }

  #deal(plan: StepPlan): Share[] {
    const dealt = this.workers === 1 ? null : dealRows(plan.buy, plan.length, this.workers)
    let from = plan.length
    return this.#handles.map((worker, index) => {
      const rows = dealt?.[index] ?? null
      if (plan.retries === undefined) return { worker, rows, retryRows: null }
      const retryRows = { from, end: from + roomForRetries(plan.retries, plan.buy, plan.length, rows) }
      from = retryRows.end
      return { worker, rows, retryRows }
    })
  }

  #runningHistory(
    plan: StepPlan,
    memory: StepMemory,
    shares: readonly Share[],
    { requestIdPrefix }: RunStepOptions,
  ): RunningHistory {
    const { stepIndex } = plan
    const skus = plan.sales.map(({ sku }) => sku)
    const columns = { ...memory, stepIndex, skus, requestIdPrefix, codes: KNOWN_CODES, orderId: () => null }
    return {
      columns,
      planned: plan.length,
      retryRows: () =>
        shares.flatMap(({ retryRows }, index) =>
          retryRows === null ? [] : [{ from: retryRows.from, end: retryRows.from + this.#state.retriesOf(index) }],
        ),
      isSettled: (row) => Atomics.load(memory.outcome, row) !== OUTCOME_OPEN,
      nowNs: () => this.#now(),
    }
  }

  async #all<T>(call: (share: Share) => Promise<T>, shares: readonly Share[]): Promise<T[]> {
    return Promise.all(shares.map(call))
  }

  /** All connections that may be needed, before anything is timed. A target that only now begins to listen is awaited. */
  async #openConnections(signal: AbortSignal): Promise<void> {
    const connections = Math.ceil(this.#options.maxInFlight / this.workers)
    const deadlineNs = this.#now() + UNREACHABLE_AFTER_MS * 1e6
    for (;;) {
      const opened = await Promise.all(
        this.#handles.map((worker) => worker.call({ do: 'open', connections }, 'opened', OPEN_DEADLINE_MS)),
      )
      if (signal.aborted || opened.some(({ open }) => open > 0)) return
      if (this.#now() >= deadlineNs) throw this.#unreachable(opened[0]?.error ?? 'no connection')
      await delay(RETRY_CONNECT_MS)
    }
  }

  async #run(
    plan: StepPlan,
    memory: StepMemory,
    startedAtNs: number,
    shares: readonly Share[],
    options: RunStepOptions,
  ): Promise<{ reports: ReportedShare[]; generator: ResourceFigures }> {
    const stop = (): void => this.#handles.forEach((handle) => handle.stop())
    const use = new UseMeter(this.#ticker)
    const progress = new StepProgress(this.#state, memory.scheduledAtNs.subarray(0, plan.length), startedAtNs)
    const timer = setInterval(() => {
      use.look()
      options.onProgress?.(progress.look(this.#now()))
    }, PROGRESS_EVERY_MS)
    const retriesUntilNs = startedAtNs + plan.step.durationMs * 1e6
    const lastMs = Math.max((plan.atNs[plan.length - 1] ?? 0) / 1e6, plan.step.durationMs)
    const waitMs = Math.max(0, startedAtNs - this.#now()) / 1e6
    const deadlineMs = waitMs + lastMs + this.#longestAnswerMs() + SLACK_MS
    const go = async ({ worker, rows, retryRows }: Share): Promise<ReportedShare> => {
      const { report } = await worker.call({ do: 'go', retriesUntilNs }, 'done', deadlineMs)
      if (report.unreachable !== null) stop()
      return { rows, retryRows, report }
    }
    try {
      this.#ticker?.tick()
      const running = this.#all(go, shares)
      options.signal.addEventListener('abort', stop)
      if (options.signal.aborted) stop()
      const reports = await running
      options.onProgress?.(progress.look(this.#now()))
      return { reports, generator: use.figures(reports.map(({ report }) => report)) }
    } finally {
      clearInterval(timer)
      options.signal.removeEventListener('abort', stop)
      this.#ticker?.rest()
    }
  }

  /** From a request to its final answer: a buyer who is queued asks until the deadline, and awaits that answer too. */
  #longestAnswerMs(): number {
    const { timeoutMs, described } = this.#options
    const poll = described?.protocol.poll ?? null
    return poll === null ? timeoutMs : timeoutMs + poll.deadlineMs + timeoutMs
  }

  #unreachable(detail: string): HarnessError {
    const { targetUrl, described } = this.#options
    const redact = redactor(secretsOfLoad(described ?? null))
    const isVouchedFor = targetUrl.startsWith('https:') ? ' Is its certificate one that tls.ca vouches for?' : ''
    return new HarnessError('TARGET_UNREACHABLE', {
      message: redact(`${targetUrl} took no connection for one second (${detail})`),
      hint: `Does the target listen there?${isVouchedFor} Its own output says why it stopped, if it did.`,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#handles.map((handle) => handle.close()), this.#ticker?.close()])
  }
}

function isUnfinished({ rows, report }: ReportedShare, plan: StepPlan): boolean {
  return report.reached < (rows?.length ?? plan.length) || report.retriesLeft > 0
}
