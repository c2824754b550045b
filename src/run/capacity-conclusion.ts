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

export interface ConclusionTerms {
  readonly scenario: Scenario
  readonly trials: readonly CapacityTrial[]
  readonly search: SearchState
  readonly ended: SearchEnd
  readonly target: RunTarget
  readonly environment: RunEnvironment
  readonly plan: PlanTerms | null
}

type Conclusion = Pick<CapacityRecord, 'capacity' | 'knee' | 'demand' | 'scalability' | 'plan'>

/** Keeps the draws of the bootstrap apart from those of arrivals and buyers. */
const RANDOM_STREAM = 0xca9a
/** Beyond, queues and drops change what a request costs. */
const LOW_ENOUGH = 0.7

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
  { trials, target, environment, scenario }: ConclusionTerms,
  capacity: CapacityRecord['capacity'],
): CapacityRecord['demand'] {
  const highest = (capacity?.upperRatePerSec ?? Number.POSITIVE_INFINITY) * LOW_ENOUGH
  const calm = trials.filter(({ ratePerSec, saturated }) => !saturated && ratePerSec <= highest)
  return demandModel({
    trials: calm.map(demandTrialOf),
    mix: mixOf(trials.filter(({ purpose }) => purpose !== 'demand').map(demandTrialOf)),
    machineCores: environment.cores,
    coresOf: (resource) => coresOf(resource, target, environment),
    capacityPerSec: capacity?.lowerRatePerSec ?? null,
    isLimit: capacity !== null && capacity.upperRatePerSec !== null,
    random: createRandom(scenario.seed, RANDOM_STREAM),
  })
}

export function demandTrialOf({ durationMs, requests, cpuSeconds }: CapacityTrial): DemandTrial {
  return { seconds: durationMs / 1_000, requests, cpuSeconds }
}

/** Cores that a resource can use at once. */
export function coresOf(
  resource: string,
  target: RunTarget,
  { cores }: RunEnvironment,
): { readonly cores: number; readonly because: string } {
  if (resource === 'redis') return { cores: 1, because: 'Redis runs its commands in one thread' }
  if (resource === 'target' && target.kind === 'strategy') {
    return { cores: Math.min(cores, target.instances), because: 'a server process runs JavaScript in one thread' }
  }
  return { cores, because: 'as many as the machine has: nobody said how many it can use' }
}

function instancesOf(target: RunTarget): number {
  return target.kind === 'strategy' ? target.instances : 1
}

function unitsPerOrder({ buyers: { quantities } }: Scenario): number {
  const weights = quantities.reduce((sum, { weight }) => sum + weight, 0)
  return quantities.reduce((sum, { quantity, weight }) => sum + quantity * weight, 0) / weights
}
