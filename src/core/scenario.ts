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
  /** Of each SKU. */
  readonly stock:
    | { readonly kind: 'units'; readonly units: number }
    /** Stock = round(share x units of it that the planned distinct buys of the step ask for), at least 1. */
    | { readonly kind: 'sellThrough'; readonly share: number }
  /** Units per user; null: no limit. */
  readonly perUserLimit: number | null
  /** When the sale of each step opens, ms after the step's start; null: it is open before. */
  readonly opensAfterMs: number | null
  /** When it closes, likewise; null: it stays open. */
  readonly closesAfterMs: number | null
  /** null: each step sells one SKU. */
  readonly skus: SkuTerms | null
}

export interface SkuTerms {
  /** What tells the SKUs of one step apart; the first is asked for most. */
  readonly names: readonly string[]
  /** Exponent of Zipf's law: the SKU of rank k is asked for in proportion to k to the power of minus this; 0: all alike. */
  readonly skew: number
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
  /** HTTP requests per second; where the rate changes, its mean over the step. */
  readonly arrivalRatePerSec: number
  readonly durationMs: number
  readonly arrivals: 'uniform' | 'poisson'
  /** How the rate runs over the step; absent: it is the same all along. */
  readonly shape?: StepShape
  /** For engines of the closed model: so many connections; absent: not said, see `connectionsOf`. */
  readonly connections?: number
}

export type StepShape =
  /** Rises, or falls, linearly. */
  | { readonly kind: 'ramp'; readonly fromRatePerSec: number; readonly toRatePerSec: number }
  /** Everyone at once: the rate is highest at the start and decays exponentially, cut off at the end of the step. */
  | {
      readonly kind: 'spike'
      /** After so long the rate is 1/e of what it was. */
      readonly decayMs: number
    }
  /** Arrivals at moments that were recorded. */
  | {
      readonly kind: 'replay'
      /** As the scenario names it. */
      readonly file: string
      /** Since the start of the step, never falling; one a request. */
      readonly atMs: readonly number[]
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
  /** Units that the sales of this step open with, together. */
  readonly initialStock: number
  /** At least one; each SKU of each step is a sale of its own. */
  readonly sales: readonly PlannedSale[]
  /** Index into `sales` of each row; null: all are of the only one. */
  readonly saleIndex: Uint16Array | null
  /** Buyers who ask again; absent: nobody does. */
  readonly retries?: PlannedRetries
}

export interface PlannedSale {
  readonly sku: string
  /** Units that the planned distinct buys ask for. */
  readonly unitsAskedFor: number
  /** Units that it opens with. */
  readonly initialStock: number
}
