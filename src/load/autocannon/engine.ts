/**
 * autocannon's client as a load engine of the closed model: a step is so many connections, each of which sends the next
 * request of the plan when its answer came. This thread only prepares and waits; the connections live in another.
 *
 * The warm-up is that of the open-loop engine, with connections of its own: they make the target's code hot and are then
 * closed. Those of a step are opened by its first requests, whose times hold the connecting.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { nowNs } from '../../core/clock.ts'
import { connectionsOf } from '../../core/closed-model.ts'
import { compiledModuleUrl } from '../../core/compiled.ts'
import { HarnessError } from '../../core/errors.ts'
import { OUTCOME_OPEN } from '../../core/history.ts'
import type { ResourceFigures } from '../../core/run-record.ts'
import type { StepPlan } from '../../core/scenario.ts'
import { NS_PER_MS } from '../../core/units.ts'
import type { LoadEngineOptions, RunningHistory, RunStepOptions, StartedLoadEngine, StepLoad } from '../load-engine.ts'
import { KNOWN_CODES } from '../open-loop/code-table.ts'
import { SharedState } from '../open-loop/shared-state.ts'
import { stepHistory } from '../open-loop/step-history.ts'
import { createStepMemory, type StepMemory } from '../open-loop/step-memory.ts'
import { StepProgress } from '../open-loop/step-progress.ts'
import { UseMeter } from '../open-loop/use-meter.ts'
import { checkPlan } from '../protocol/index.ts'
import { ThreadHandle } from '../thread-handle.ts'
import { stepNotes } from './step-notes.ts'
import type { ClosedReport, WorkerCommand, WorkerData, WorkerReply } from './worker-messages.ts'

const PROGRESS_EVERY_MS = 250
/** From fixing the start to the first request. */
const LEAD_NS = 10e6
const PREPARE_DEADLINE_MS = 30_000
/** Beyond the step and the timeout of its last request. */
const SLACK_MS = 30_000
const UNREACHABLE_AFTER_MS = 1_000
const RETRY_CONNECT_MS = 100

export class AutocannonRun implements StartedLoadEngine {
  readonly workers = 1
  readonly warmUps: readonly StepPlan[]
  readonly #options: LoadEngineOptions
  /** null when its work is done. */
  #warmer: StartedLoadEngine | null
  readonly #state = new SharedState(1)
  readonly #thread: ThreadHandle<WorkerCommand, WorkerReply>

  /** `warmer`: an open-loop engine on the same target; from here on it belongs to this one. */
  constructor(options: LoadEngineOptions, warmer: StartedLoadEngine) {
    this.#options = options
    this.#warmer = warmer
    this.warmUps = warmer.warmUps
    const { targetUrl, described = null, timeoutMs, originNs } = options
    const workerData: WorkerData = { state: this.#state.buffer, targetUrl, described, timeoutMs, originNs }
    const module = compiledModuleUrl(import.meta.url, './worker.ts')
    this.#thread = new ThreadHandle(new Worker(module, { workerData, name: 'load-closed' }), { do: 'close' })
  }

  async warmUp(plan: StepPlan, options: Pick<RunStepOptions, 'requestIdPrefix' | 'signal'>): Promise<void> {
    await this.#warmer?.warmUp(plan, options)
  }

  async #endWarmer(): Promise<void> {
    const warmer = this.#warmer
    this.#warmer = null
    await warmer?.[Symbol.asyncDispose]()
  }

  async runStep(plan: StepPlan, options: RunStepOptions): Promise<StepLoad> {
    if (this.#options.described !== undefined) checkPlan(this.#options.described, plan)
    await this.#endWarmer()
    const memory = createStepMemory(plan)
    const skus = plan.sales.map(({ sku }) => sku)
    await this.#awaitTarget(options.signal)
    this.#state.clear()
    const { requestIdPrefix, signal } = options
    const { buffer, length } = memory
    const connections = connectionsOf(plan.step, this.#options.maxInFlight)
    const step = { buffer, length, skus, requestIdPrefix, connections }
    await this.#thread.call({ do: 'prepare', step }, 'prepared', PREPARE_DEADLINE_MS)
    const startedAtNs = Math.max(this.#now() + LEAD_NS, options.notBeforeNs ?? 0)
    options.onStart?.(this.#runningHistory(plan, memory, options))
    const { report, generator, tookMs } = await this.#run(plan, memory, startedAtNs, options)
    return {
      history: stepHistory(plan, memory, options, [{ rows: null, report }]),
      startedAtNs,
      interrupted: report.cutShort && (signal.aborted || report.unreachable !== null),
      failure: report.unreachable === null ? null : this.#unreachable(report.unreachable),
      connections: report.connections,
      generator,
      generatorPauses: report.pauses,
      notUnderstood: report.notUnderstood,
      notes: stepNotes(plan, { maxInFlight: this.#options.maxInFlight, sent: report.reached, tookMs }),
    }
  }

  #now(): number {
    return nowNs(this.#options.originNs)
  }

  /** Rows have their moments when they are sent: what has none was not reached. */
  #runningHistory(plan: StepPlan, memory: StepMemory, { requestIdPrefix }: RunStepOptions): RunningHistory {
    const { stepIndex } = plan
    const skus = plan.sales.map(({ sku }) => sku)
    return {
      columns: { ...memory, stepIndex, skus, requestIdPrefix, codes: KNOWN_CODES, orderId: () => null },
      planned: plan.length,
      retryRows: () => [],
      isSettled: (row) => Atomics.load(memory.outcome, row) !== OUTCOME_OPEN,
      nowNs: () => this.#now(),
    }
  }

  async #run(
    plan: StepPlan,
    memory: StepMemory,
    startNs: number,
    { signal, onProgress }: RunStepOptions,
  ): Promise<{ report: ClosedReport; generator: ResourceFigures; tookMs: number }> {
    const stop = (): void => this.#thread.tell({ do: 'stop' })
    const use = new UseMeter(null)
    const progress = new StepProgress(this.#state, memory.scheduledAtNs, startNs)
    const timer = setInterval(() => {
      use.look()
      onProgress?.(progress.look(this.#now()))
    }, PROGRESS_EVERY_MS)
    const waitMs = Math.max(0, startNs - this.#now()) / NS_PER_MS
    const deadlineMs = waitMs + plan.step.durationMs + this.#options.timeoutMs + SLACK_MS
    const endNs = startNs + plan.step.durationMs * NS_PER_MS
    try {
      // Before the thread begins: then nothing is sent.
      if (signal.aborted) stop()
      const running = this.#thread.call({ do: 'go', startNs, endNs }, 'done', deadlineMs)
      signal.addEventListener('abort', stop)
      const { report } = await running
      const tookMs = (this.#now() - startNs) / NS_PER_MS
      onProgress?.(progress.look(this.#now()))
      return { report, generator: use.figures([report]), tookMs }
    } finally {
      clearInterval(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  /** One connection, before anything is timed. A target that only now begins to listen is awaited. */
  async #awaitTarget(signal: AbortSignal): Promise<void> {
    const deadlineNs = this.#now() + UNREACHABLE_AFTER_MS * NS_PER_MS
    for (;;) {
      const error = await connectError(new URL(this.#options.targetUrl), UNREACHABLE_AFTER_MS)
      if (error === null || signal.aborted) return
      if (this.#now() >= deadlineNs) throw this.#unreachable(error)
      await delay(RETRY_CONNECT_MS)
    }
  }

  #unreachable(detail: string): HarnessError {
    return new HarnessError('TARGET_UNREACHABLE', {
      message: `${this.#options.targetUrl} took no connection for one second (${detail})`,
      hint: 'Does the target listen there? Its own output says why it stopped, if it did.',
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#thread.close(), this.#endWarmer()])
  }
}

/** Why no connection can be had; null: one could. */
async function connectError({ hostname, port }: URL, deadlineMs: number): Promise<string | null> {
  const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 80) })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(deadlineMs) })
    return null
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause)
  } finally {
    // What comes after the deadline is nobody's.
    socket.on('error', () => {})
    socket.destroy()
  }
}
