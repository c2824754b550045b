/** What all trials together say: interval, knee, demands, scalability, plan. Pure; the same trials say the same again. */
import {
  capacityInterval,
  type DemandTrial,
  demandModel,
  fitScalability,
  kneeOf,
  mixOf,
  planSale,
  type SearchState,
} from '../capacity/index.ts'
import type { CapacityRecord, CapacityTrial, PlanTerms, SearchEnd } from '../core/capacity-record.ts'
import { createRandom } from '../core/random.ts'
import type { RunEnvironment, RunTarget } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { coresOf, type DescribedResource, unsaidCores } from './capacity-resources.ts'

export interface ConclusionTerms {
  readonly scenario: Scenario
  readonly trials: readonly CapacityTrial[]
  readonly search: SearchState
  readonly ended: SearchEnd
  readonly target: RunTarget
  readonly environment: RunEnvironment
  readonly plan: PlanTerms | null
  /** What the descriptor reads from elsewhere. */
  readonly described: readonly DescribedResource[]
}

type Conclusion = Pick<CapacityRecord, 'capacity' | 'knee' | 'demand' | 'scalability' | 'plan'>

/** Keeps the draws of the bootstrap apart from those of arrivals and buyers. */
const RANDOM_STREAM = 0xca9a
/** Beyond, queues and drops change what a request costs. */
const LOW_ENOUGH = 0.7
/** No further from it than this share, a request costs what it costs there. */
const ABOUT_THE_CAPACITY = 0.1

export function concludeFrom(terms: ConclusionTerms): Conclusion {
  const { trials, search, ended, environment, target, plan } = terms
  const capacity = capacityInterval(search, ended)
  const tried = trials.filter(({ purpose }) => purpose === 'search')
  const demand = demandOf(terms, capacity)
  const instances = instancesOf(target)
  return {
    capacity,
    knee: kneeOf(
      tried.flatMap(({ ratePerSec, responseMs: { mean } }) =>
        mean === null ? [] : [{ ratePerSec, responseMs: mean }],
      ),
    ),
    demand,
    scalability: fitScalability(
      tried.flatMap(({ ratePerSec, achievedRatePerSec, responseMs: { mean } }) =>
        mean === null ? [] : [{ ratePerSec, achievedRatePerSec, meanResponseMs: mean }],
      ),
      { cores: environment.cores, instances },
    ),
    plan:
      plan === null || demand === null
        ? null
        : planSale(demand, plan, { instances, unitsPerOrder: unitsPerOrder(terms.scenario) }),
  }
}

function demandOf(
  { trials, target, environment, scenario, described }: ConclusionTerms,
  capacity: CapacityRecord['capacity'],
): CapacityRecord['demand'] {
  const highest = (capacity?.upperRatePerSec ?? Number.POSITIVE_INFINITY) * LOW_ENOUGH
  const calm = trials.filter(({ ratePerSec, saturated }) => !saturated && ratePerSec <= highest)
  const model = demandModel({
    trials: calm.map(demandTrialOf),
    mix: mixOf(trials.filter(isOfTheMix).map(demandTrialOf)),
    machineCores: environment.cores,
    coresOf: (resource) => coresOf(resource, { target, environment, described }),
    capacityPerSec: capacity?.lowerRatePerSec ?? null,
    atCapacity: trialAt(highestKept(capacity?.lowerRatePerSec ?? null, trials), trials),
    isLimit: capacity !== null && capacity.upperRatePerSec !== null,
    random: createRandom(scenario.seed, RANDOM_STREAM),
  })
  if (model === null) return null
  const names = model.resources.map(({ resource }) => resource)
  return { ...model, doubts: [...model.doubts, ...unsaidCores(names, described)] }
}

/**
 * The capacity, or a higher rate that the target still kept up with, if too late for the SLO: what a request costs there is
 * what sets the ceiling, which can't lie below a rate that was reached.
 */
function highestKept(capacityPerSec: number | null, trials: readonly CapacityTrial[]): number | null {
  if (capacityPerSec === null) return null
  return Math.max(capacityPerSec, ...trials.filter(isOfTheMix).map(({ ratePerSec }) => ratePerSec))
}

/** All that were made about there, as if they were one; null: none. */
function trialAt(ratePerSec: number | null, trials: readonly CapacityTrial[]): DemandTrial | null {
  if (ratePerSec === null) return null
  const near = trials.filter(
    (trial) => isOfTheMix(trial) && Math.abs(trial.ratePerSec / ratePerSec - 1) <= ABOUT_THE_CAPACITY,
  )
  return near.length === 0 ? null : near.map(demandTrialOf).reduce(together)
}

function together(one: DemandTrial, other: DemandTrial): DemandTrial {
  return {
    seconds: one.seconds + other.seconds,
    requests: sums(one.requests, other.requests) as DemandTrial['requests'],
    cpuSeconds: sums(one.cpuSeconds, other.cpuSeconds),
  }
}

/** Of what both have: what one of them could not measure is not known of the two. */
function sums(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(one).flatMap(([name, value]) => {
      const more = other[name]
      return more === undefined ? [] : [[name, value + more]]
    }),
  )
}

/** What a saturated target left unanswered is of no kind: such a trial would have another mix than its requests. */
function isOfTheMix({ purpose, saturated }: CapacityTrial): boolean {
  return purpose !== 'demand' && !saturated
}

export function demandTrialOf({ durationMs, requests, cpuSeconds }: CapacityTrial): DemandTrial {
  return { seconds: durationMs / 1_000, requests, cpuSeconds }
}

function instancesOf(target: RunTarget): number {
  return target.kind === 'strategy' ? target.instances : 1
}

function unitsPerOrder({ buyers: { quantities } }: Scenario): number {
  const weights = quantities.reduce((sum, { weight }) => sum + weight, 0)
  return quantities.reduce((sum, { quantity, weight }) => sum + quantity * weight, 0) / weights
}
