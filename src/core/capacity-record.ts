/** `capacity.json`, schema `doorbuster.capacity/1`: how much a target carries, what it costs, and what a sale would need. */
import type { CheckName } from './check.ts'
import type { RunVerdict } from './exit-codes.ts'
import type { MachineState } from './machine-state.ts'
import type { RunEnvironment, RunTarget, TimeFigures } from './run-record.ts'
import type { Scenario } from './scenario.ts'
import type { Interval } from './statistics/estimate.ts'
import type { RequestKind } from './work-record.ts'

export const CAPACITY_SCHEMA = 'doorbuster.capacity/1'

export interface CapacityRecord {
  readonly schema: typeof CAPACITY_SCHEMA
  readonly capacityId: string
  readonly status: 'running' | 'complete' | 'interrupted'
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string | null
  /** As it was called: words behind `doorbuster capacity`. Absent: not by a command. */
  readonly command?: readonly string[]
  /** As it was given; each trial's own stands in its run. */
  readonly scenario: Scenario
  readonly seed: number
  /** null until the first trial has started. */
  readonly target: RunTarget | null
  readonly environment: RunEnvironment | null
  /** What a trial has to meet, as threshold expressions. */
  readonly slo: readonly string[]
  readonly sloFrom: 'option' | 'scenario' | 'default'
  readonly budgetMs: number
  readonly search: SearchRecord
  readonly trials: readonly CapacityTrial[]
  /** null: no trial of the search has been made. */
  readonly capacity: CapacityInterval | null
  /** Where response time begins to rise out of proportion; null: nowhere in what was measured. */
  readonly knee: Knee | null
  /** null: too few trials to tell demands. */
  readonly demand: DemandModel | null
  readonly scalability: ScalabilityFit
  /** null: nobody asked for one, or there are no demands to make it of. */
  readonly plan: SalePlan | null
  /** null: nobody asked for one, or it could not be made. */
  readonly prediction: Prediction | null
  /** The first failed check of all trials; null: none failed. */
  readonly wrong: WrongTrial | null
  /** What a reader has to know of how the figures came about, a sentence each. */
  readonly notes: readonly string[]
  /** null while running. */
  readonly verdict: RunVerdict | null
  readonly exitCode: number | null
}

export interface SearchRecord {
  readonly fromRatePerSec: number
  readonly toRatePerSec: number
  /** Width of the interval that is aimed at, as a share of its lower end. */
  readonly precision: number
  readonly phases: readonly SearchPhase[]
}

/** Trials of one length, and when a load counts as decided by them. */
export interface SearchPhase {
  readonly trialMs: number
  /** Of trials at one load, which it takes to decide it; as many times more where they have to be longer than `trialMs`. */
  readonly durationSumMs: number
  /** Width of the interval at which the next phase begins, as a share. */
  readonly width: number
}

/** `none`: it says nothing of the target, since the generator was late or a check could not be made. */
export type TrialAnswer = 'good' | 'bad' | 'none'

export interface CapacityTrial {
  /** From 1. */
  readonly number: number
  readonly purpose: 'search' | 'demand' | 'prediction'
  /** Beside capacity.json. */
  readonly directory: string
  readonly runId: string
  /** How quiet the machine was before. */
  readonly machine: MachineState
  readonly ratePerSec: number
  readonly durationMs: number
  /** Stock as a share of the units asked for; null: the target's own stock. */
  readonly sellThrough: number | null
  readonly readShare: number
  readonly doubleClickShare: number
  readonly answer: TrialAnswer
  /** "p99 was 51.2ms, allowed < 42ms" */
  readonly because: string
  readonly achievedRatePerSec: number
  readonly saturated: boolean
  readonly responseMs: TimeFigures
  /** Answers by what they cost the target; limits that were reached count as sold out. */
  readonly requests: Readonly<Record<RequestKind, number>>
  /** By who used them. */
  readonly cpuSeconds: Readonly<Record<string, number>>
  /** Of its run. */
  readonly verdict: RunVerdict
}

export interface CapacityInterval {
  /** The SLO holds up to here; null: at no rate that was tried. */
  readonly lowerRatePerSec: number | null
  /** It doesn't from here on; null: nothing was tried that it didn't hold at. */
  readonly upperRatePerSec: number | null
  /** Highest load that trials of the last length decided to be good, and the lowest that they decided to be bad (RFC 9971). */
  readonly relevantLowerRatePerSec: number | null
  readonly relevantUpperRatePerSec: number | null
  /** Definite answers a second in half of the trials or more at the relevant lower bound. */
  readonly conditionalThroughputPerSec: number | null
  /** Length of the trials that decided. */
  readonly trialMs: number
  readonly ended: SearchEnd
}

export type SearchEnd =
  /** As narrow as was asked for. */
  | 'precise'
  /** `--to` was reached. */
  | 'cap'
  /** Beyond the lower end the generator could not keep its schedule, or nothing else could be told. */
  | 'no-answer'
  /** No rate was low enough. */
  | 'floor'
  /** The time, or the number of trials, was used up. */
  | 'budget'
  | 'interrupted'
  | 'wrong'
  | 'environment'

export interface Knee {
  readonly ratePerSec: number
  /** Mean response time there. */
  readonly responseMs: number
}

/** CPU seconds that one request of a kind takes from one resource; the interval is that of a bootstrap over trials. */
export interface Demand extends Interval {
  readonly seconds: number
}

export interface ResourceDemand {
  /** `target`, `postgres`, `redis`, `generator`, or as the descriptor names it. */
  readonly resource: string
  /** Cores that it can use at once. */
  readonly cores: number
  /** Why so many: "one a server process". */
  readonly coresBecause: string
  /** null: such requests were not among those that were measured, or can't be told apart. */
  readonly perRequest: Readonly<Record<RequestKind, Demand | null>>
  /** Cores that it uses when nobody asks. */
  readonly idleCores: number
  /** Of the mix of the scenario, a request. */
  readonly perMixedRequest: Demand
  /**
   * The same at the capacity, or at the highest rate beyond it that the target still kept up with, where a request may cost
   * more or less than in calmer trials; null: not measured there.
   */
  readonly secondsAtCapacity: number | null
  /** Requests of the scenario's mix a second at which it has no more to give, by their cost there; null: it uses nothing. */
  readonly ceiling: (Interval & { readonly ratePerSec: number }) | null
}

export interface DemandModel {
  /** In the order of their ceilings, the lowest first. */
  readonly resources: readonly ResourceDemand[]
  /** All that run on the machine of the generator, with it. */
  readonly machine: { readonly cores: number; readonly ceilingRatePerSec: number | null }
  /** Shares of the requests of the scenario, of 1 together. */
  readonly mix: Readonly<Record<RequestKind, number>>
  readonly bottleneck: Bottleneck
  /** Trials that it was made of. */
  readonly trials: number
  /** What could not be told apart, a sentence each. */
  readonly doubts: readonly string[]
}

export interface Bottleneck {
  /** null: no resource that was measured is used up at the capacity that was found; it waits for something else. */
  readonly resource: string | null
  readonly second: string | null
  /** "the server's one core: 0.11 ms a request, which sets a ceiling of 9,100/s" */
  readonly sentence: string
  /** Share of each resource in use at the lower end of the capacity. */
  readonly utilisation: Readonly<Record<string, number>>
}

/** The Universal Scalability Law (Gunther): X(N) = c N / (1 + s (N - 1) + k N (N - 1)), N requests in flight. */
export type ScalabilityFit =
  | { readonly fitted: false; readonly because: string }
  | {
      readonly fitted: true
      readonly perRequestInFlightPerSec: number
      readonly contention: number
      readonly coherency: number
      /** null: it has no peak. */
      readonly peak: { readonly inFlight: number; readonly ratePerSec: number } | null
      /** Largest residual of a load level, as a share of what was measured. */
      readonly worstResidual: number
      readonly levels: number
    }

export interface PlanTerms {
  readonly ratePerSec: number
  readonly stock: number
  readonly readShare: number
  readonly durationMs: number
  /** Share of a resource that may be in use. */
  readonly headroom: number
}

export interface SalePlan extends PlanTerms {
  /** Of the whole sale. */
  readonly expected: { readonly sold: number; readonly refused: number; readonly reads: number }
  /** How long there is something to sell. */
  readonly soldOutAfterMs: number | null
  /** Server processes; null: what the server uses could not be measured, or is more than the headroom when nobody asks. */
  readonly instances: (Interval & { readonly needed: number }) | null
  readonly resources: readonly PlannedResource[]
  /** What has no more to give first when the rate grows and servers are added; null: nothing that was measured. */
  readonly breaksFirst: { readonly resource: string; readonly atRatePerSec: number; readonly interval: Interval } | null
  readonly assumptions: readonly string[]
}

export interface PlannedResource {
  readonly resource: string
  readonly cores: number
  /** Of the cores, 0..1 and above where they don't suffice, in the busier of the two parts of the sale. */
  readonly utilisation: Interval & { readonly share: number }
}

/**
 * What low load says of high load, beside what was measured there. An interval runs between two bounds: each request goes on
 * costing what it did at low load, or ever less, as it did between the low loads.
 */
export interface Prediction {
  /** Busiest load from which it was predicted, of the lower end of the capacity. */
  readonly lowLoadShare: number
  readonly saturation: {
    readonly predictedPerSec: Interval
    /** What is used up at the lower end. */
    readonly resource: string
    /** Highest rate that was tried without saturation, and lowest with it. */
    readonly measuredAtLeastPerSec: number | null
    readonly measuredBelowPerSec: number | null
  }
  readonly response: {
    readonly ratePerSec: number
    /** Infinity where it would be saturated; JSON has null for it. */
    readonly predictedMeanMs: Interval
    /** null: the trial was not made, or gave no answer. */
    readonly measuredMeanMs: number | null
  }
}

interface WrongTrial {
  readonly trial: number
  readonly ratePerSec: number
  readonly check: CheckName
  /** "oversold by 214 units" */
  readonly sentence: string
}
