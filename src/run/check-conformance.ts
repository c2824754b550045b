/**
 * The conformance suite on one strategy: a server with real stores, case by case, the books read by the auditor. As a
 * run does, it acquires and releases in sight of each other, draws nothing, and exits nothing.
 */
import {
  CONFORMANCE_CASES,
  type ConformanceCase,
  type ConformanceTarget,
  failureSentence,
} from '../conformance/index.ts'
import type { StrategyDescription } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import { readLedger } from '../ledger/index.ts'
import { acquireServices } from '../services/index.ts'
import type { ServiceSettings, ServicesMode, StartedServices } from '../services/service.ts'
import { newRunId } from './run-id.ts'
import { type StartedTarget, startTarget } from './target-process.ts'

export interface ConformanceOptions {
  readonly strategy: StrategyDescription
  /** Path of the module that holds the strategy, for one that the server doesn't bring. */
  readonly strategyModule?: string | undefined
  readonly instances: number
  readonly servicesMode: ServicesMode
  readonly settings: ServiceSettings
  /** Ends the suite before its next case. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Called as each case ends. */
  readonly onCase?: (result: CaseResult) => void
}

export interface CaseResult {
  readonly name: string
  readonly verdict: 'pass' | 'fail'
  /** Why it failed; null if it passed. */
  readonly why: string | null
}

export interface ConformanceReport {
  readonly schema: 'doorbuster.conformance/1'
  readonly strategy: string
  readonly instances: number
  readonly cases: readonly CaseResult[]
  /** What the server wrote to its standard error meanwhile. */
  readonly serverSaid: string
}

/** How long a server that may have crashed is waited for, so that its end is known from a call that failed, ms. */
const CRASH_SEEN_WITHIN_MS = 1_000

/**
 * Runs every case.
 * Throws HarnessError when the suite can't begin or go on: no stores, a strategy that doesn't start, a server that ended.
 */
export async function checkConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { strategy, instances, servicesMode, settings, env, signal } = options
  const runId = newRunId()
  const services = await acquireServices({ needs: strategy.needs, mode: servicesMode, settings, runId, env })
  try {
    const server = await RestartableServer.start(options, services, runId)
    try {
      const cases: CaseResult[] = []
      for (const one of CONFORMANCE_CASES) {
        if (signal.aborted) throw new HarnessError('INTERRUPTED', { message: `interrupted before "${one.name}"` })
        const result = await runCase(one, server)
        cases.push(result)
        options.onCase?.(result)
      }
      return { schema: 'doorbuster.conformance/1', strategy: strategy.name, instances, cases, serverSaid: server.words }
    } finally {
      await server.stop()
    }
  } finally {
    await services[Symbol.asyncDispose]()
  }
}

async function runCase(one: ConformanceCase, server: RestartableServer): Promise<CaseResult> {
  try {
    await one.run(server)
    return { name: one.name, verdict: 'pass', why: null }
  } catch (error) {
    if (error instanceof HarnessError) throw error
    if (await server.endedWithin(CRASH_SEEN_WITHIN_MS)) {
      throw new HarnessError('TARGET_FAILED', { message: `the server ended during "${one.name}"\n${server.words}` })
    }
    return { name: one.name, verdict: 'fail', why: failureSentence(error) }
  }
}

class RestartableServer implements ConformanceTarget {
  readonly description: StrategyDescription
  readonly #options: ConformanceOptions
  readonly #services: StartedServices
  readonly #runId: string
  #target: StartedTarget
  #earlierWords = ''

  private constructor(options: ConformanceOptions, services: StartedServices, runId: string, target: StartedTarget) {
    this.description = options.strategy
    this.#options = options
    this.#services = services
    this.#runId = runId
    this.#target = target
  }

  static async start(
    options: ConformanceOptions,
    services: StartedServices,
    runId: string,
  ): Promise<RestartableServer> {
    return new RestartableServer(options, services, runId, await startServer(options, services, runId))
  }

  get adminToken(): string {
    return this.#target.adminToken
  }

  get words(): string {
    return [this.#earlierWords, this.#target.lastWords()].filter((words) => words !== '').join('\n')
  }

  url(): string {
    return this.#target.url
  }

  async restart(): Promise<void> {
    await this.stop()
    this.#earlierWords = this.words
    this.#target = await startServer(this.#options, this.#services, this.#runId)
  }

  audit(sku: string): ReturnType<ConformanceTarget['audit']> {
    const { postgres, redis } = this.#services
    const { books } = this.description
    return readLedger({ postgres, redis, books, sku, stepIndex: 0, settled: true, shownAfterSettling: null })
  }

  endedWithin(deadlineMs: number): Promise<boolean> {
    return this.#target.endedWithin(deadlineMs)
  }

  async stop(): Promise<void> {
    await this.#target[Symbol.asyncDispose]()
  }
}

function startServer(options: ConformanceOptions, services: StartedServices, runId: string): Promise<StartedTarget> {
  const { strategy, strategyModule, instances, settings } = options
  return startTarget({
    runId,
    strategy: strategyModule === undefined ? { name: strategy.name } : { module: strategyModule },
    instances,
    lostReplyShare: 0,
    services,
    settings,
  })
}
