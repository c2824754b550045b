/**
 * k6 as a load engine: it keeps the schedule and sends, the harness plans, records and judges. What it hands back is the
 * same history as that of the open-loop engine; docs/k6.md says where it can't be, and docs/decisions/0006-k6-history.md
 * how it comes back.
 */
import { HarnessError } from '../../core/errors.ts'
import type { StepPlan } from '../../core/scenario.ts'
import type { LoadEngine, LoadEngineOptions, RunStepOptions, StartedLoadEngine, StepLoad } from '../load-engine.ts'
import { openLoopEngine } from '../open-loop/index.ts'
import { findK6, type FoundK6 } from './find-k6.ts'
import { K6Step } from './k6-step.ts'

export interface K6EngineOptions {
  /** Processes that share the load, each with its segment of it. */
  readonly segments: number
  /** Where k6 is found, and what it is started with. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Throws HarnessError SERVICE_UNAVAILABLE, with the ways to get it, where there is no k6. */
export function createK6Engine(options: K6EngineOptions): LoadEngine {
  const k6 = findK6(options.env)
  return {
    name: 'k6',
    version: k6.version,
    model: 'open',
    start: async (load) => {
      if (options.segments > load.maxInFlight) {
        throw new HarnessError('USAGE', {
          message: `${options.segments} k6 processes can't share ${load.maxInFlight} requests in flight`,
          hint: 'Each needs one at least: fewer --k6-segments, or a larger maxInFlight.',
        })
      }
      if (load.described?.tls?.serverName !== undefined) {
        throw new HarnessError('USAGE', {
          message: 'k6 has no way to ask for another server name in TLS than the URL’s',
        })
      }
      return new K6Run(options, k6, load, await openLoopEngine.start(load))
    },
  }
}

class K6Run implements StartedLoadEngine {
  readonly workers: number
  readonly #options: K6EngineOptions
  readonly #k6: FoundK6
  readonly #load: LoadEngineOptions
  /** Warms the target up, and is gone before the first step: its connections are none of k6's. */
  #warm: StartedLoadEngine | null
  #ready: { readonly plan: StepPlan; readonly step: K6Step } | null = null

  constructor(options: K6EngineOptions, k6: FoundK6, load: LoadEngineOptions, warm: StartedLoadEngine) {
    this.workers = options.segments
    this.#options = options
    this.#k6 = k6
    this.#load = load
    this.#warm = warm
    this.warmUps = warm.warmUps
  }

  readonly warmUps: readonly StepPlan[]

  async warmUp(plan: StepPlan, options: Pick<RunStepOptions, 'requestIdPrefix' | 'signal'>): Promise<void> {
    await this.#warm?.warmUp(plan, options)
  }

  async prepareStep(plan: StepPlan, options: Pick<RunStepOptions, 'requestIdPrefix' | 'signal'>): Promise<void> {
    await this.#warm?.[Symbol.asyncDispose]()
    this.#warm = null
    await this.#ready?.step[Symbol.asyncDispose]()
    this.#ready = null
    const { segments, env } = this.#options
    const step = await K6Step.ready({ k6: this.#k6, segments, env, load: this.#load }, plan, options)
    this.#ready = { plan, step }
  }

  async runStep(plan: StepPlan, options: RunStepOptions): Promise<StepLoad> {
    if (this.#ready?.plan !== plan) await this.prepareStep(plan, options)
    const step = this.#ready!.step
    this.#ready = null
    try {
      return await step.run(options)
    } finally {
      await step[Symbol.asyncDispose]()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#warm?.[Symbol.asyncDispose]()
    await this.#ready?.step[Symbol.asyncDispose]()
  }
}
