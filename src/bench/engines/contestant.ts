/** What the bench of engines drives, and what comes of it. */
import type { EngineChoice } from '../../run/engines.ts'

/** One of the engines, or k6 with less than the engine asks of it. */
export type Generator = EngineChoice | { readonly name: 'k6 without its history' } | { readonly name: 'k6 alone' }

export interface EngineLoad {
  readonly generator: Generator
  readonly url: string
  /** Requests per second; of the closed model the most that is planned. */
  readonly ratePerSec: number
  /** In flight at most; of the closed model, those that there are. */
  readonly connections: number
  readonly durationMs: number
}

export interface EngineFigures {
  readonly answered: number
  /** From the start to the last answer, or as long as the load was meant to last, if that is longer. */
  readonly tookMs: number
  /** User and system: of the generator, and of the process that takes its history. */
  readonly cpuSeconds: number
  /** NaN where there is no schedule, or no history. */
  readonly lateP50Ms: number
  readonly lateP99Ms: number
  /** Median response time. */
  readonly responseP50Ms: number
}
