/**
 * A scenario after loading: every default filled in, every unit in its name, frozen. And the plan made of it.
 */

import type { PlannedRetries } from './retries.ts'

export interface Scenario {
  readonly name: string
  readonly description: string
  /** Same seed, same arrivals, same buyers, quantities and kinds. An unsigned 32-bit integer. */
  readonly seed: number
  readonly sale: SaleTerms
  readonly buyers: Buyers
  readonly steps: readonly Step[]
  /** Requests in flight at most; an arrival beyond is dropped and counted. */
  readonly maxInFlight: number
  /** A request without an answer for so long is given up: unknown. */
  readonly timeoutMs: number
  readonly thresholds: readonly Threshold[]
}

export interface SaleTerms {
  readonly stock:
    | { readonly kind: 'units'; readonly units: number }
    /** Stock = round(share x units that the planned distinct buys of the step ask for), at least 1. */
    | { readonly kind: 'sellThrough'; readonly share: number }
  /** Units per user; null: no limit. */
  readonly perUserLimit: number | null
  /** When the sale of each step opens, ms after the step's start; null: it is open before. */
  readonly opensAfterMs: number | null
  /** When it closes, likewise; null: it stays open. */
  readonly closesAfterMs: number | null
}

export interface Buyers {
  /** Distinct users that arrivals are drawn from. */
  readonly population: number
  /** Quantity -> weight; weights need not add up to 1. */
  readonly quantities: readonly { readonly quantity: number; readonly weight: number }[]
  /** Share of buys that are sent twice at once with one request id, 0..1. */
  readonly doubleClickShare: number
  /** Share of arrivals that read the stock, 0..1. */
  readonly readShare: number
  /** Buyers who ask again; null: nobody does. */
  readonly retries: Omit<PlannedRetries, 'seed'> | null
  /** Few users who press as often as many do; null: there are none. */
  readonly bots: Bots | null
}

interface Bots {
  /** Share of the buys that are theirs, 0..1. */
  readonly share: number
  /** So many users, beside the population. */
  readonly users: number
}

export interface Step {
  readonly arrivalRatePerSec: number
  readonly durationMs: number
  readonly arrivals: 'uniform' | 'poisson'
}

export type ThresholdComparison = '<' | '<=' | '>' | '>=' | '=='

export interface Threshold {
  /** As written: `p99 < 42ms`. */
  readonly expression: string
  /** `p50`, `p99`, `mean`, `errorRate`, `achieved`, `unsold`, ... */
  readonly metric: string
  readonly comparison: ThresholdComparison
  /** In the metric's own unit: ms for times, a share (0..1) for percentages, else a count. */
  readonly limit: number
  /** Index of the step it holds for; 'each' step by itself; 'whole': over all steps together. */
  readonly scope: number | 'each' | 'whole'
  /** Whether the scenario asked for it or it holds unless the scenario says otherwise. */
  readonly origin: 'scenario' | 'default' | 'option'
}

/**
 * The planned requests of one step, in order of time, in columns. A double click is two rows with one `buy`.
 * A pure function of (scenario, step index).
 */
export interface StepPlan {
  readonly stepIndex: number
  readonly step: Step
  /** Number of rows = HTTP requests. */
  readonly length: number
  /** ns since the start of the step, never falling. */
  readonly atNs: Float64Array
  /** Index into KIND_CODES: 0 buy, 1 read. */
  readonly kind: Uint8Array
  readonly user: Uint32Array
  /** Number of the buy within the step, NO_BUY for reads. */
  readonly buy: Uint32Array
  /** Units; 0 for reads. */
  readonly quantity: Uint16Array
  /** Distinct buys, and the units they ask for together. */
  readonly distinctBuys: number
  readonly unitsAskedFor: number
  /** Distinct users among the buys. */
  readonly distinctUsers: number
  /** Units that the sale of this step opens with. */
  readonly initialStock: number
  /** Buyers who ask again; absent: nobody does. */
  readonly retries?: PlannedRetries
}
