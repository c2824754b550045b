/**
 * What a sale of a given size would need, from the demands that were measured: the utilisation law read the other way. The
 * busier of the two parts of a sale counts, the one in which everybody gets a unit and the one in which nobody does. What
 * is assumed stands in the plan. Pure.
 */
import type {
  Demand,
  DemandModel,
  PlannedResource,
  PlanTerms,
  ResourceDemand,
  SalePlan,
} from '../core/capacity-record.ts'
import type { Interval } from '../core/statistics/estimate.ts'
import type { RequestKind } from '../core/work-record.ts'

export interface PlanContext {
  /** Server processes that the demands were measured with. */
  readonly instances: number
  /** Units that a buyer asks for, on average. */
  readonly unitsPerOrder: number
}

const SERVER = 'target'
const GENERATOR = 'generator'

const ASSUMPTIONS = [
  'a further server process carries as much as the one that was measured, and has a core of its own',
  'one Postgres and one Redis, each on a machine like this one, which it shares with nobody',
  'a request costs the same at that rate as it did in the trials',
  'everybody asks once, evenly over the duration; a crowd that comes all at once needs the rate of its busiest second',
  'network, load balancer, disk and waits for locks are not counted: only processors are',
]

/** A part of the sale: how many requests of each kind a request is. */
type Mix = Readonly<Partial<Record<RequestKind, number>>>

export function planSale(model: DemandModel, terms: PlanTerms, { instances, unitsPerOrder }: PlanContext): SalePlan {
  const { ratePerSec, stock, readShare, durationMs, headroom } = terms
  const buysPerSec = ratePerSec * (1 - readShare)
  const buys = (buysPerSec * durationMs) / 1_000
  const sold = Math.min(Math.floor(stock / unitsPerOrder), Math.round(buys))
  const soldOutAfterMs = buysPerSec > 0 && sold < Math.round(buys) ? (sold / buysPerSec) * 1_000 : null
  const parts: Mix[] = [
    ...(sold > 0 ? [{ sold: 1 - readShare, read: readShare }] : []),
    ...(soldOutAfterMs !== null || sold === 0 ? [{ soldOut: 1 - readShare, read: readShare }] : []),
  ]
  const others = model.resources.filter(({ resource }) => resource !== GENERATOR && resource !== SERVER)
  return {
    ...terms,
    expected: {
      sold,
      refused: Math.max(0, Math.round(buys) - sold),
      reads: Math.round((ratePerSec * readShare * durationMs) / 1_000),
    },
    soldOutAfterMs,
    instances: instancesFor(
      model.resources.find(({ resource }) => resource === SERVER),
      parts,
      { ratePerSec, headroom, instances },
    ),
    resources: others.map((one) => plannedResource(one, parts, ratePerSec)),
    breaksFirst: firstToBreak(others, parts),
    assumptions: [...ASSUMPTIONS, ...standIns(model, parts), ...model.doubts],
  }
}

function instancesFor(
  server: ResourceDemand | undefined,
  parts: readonly Mix[],
  { ratePerSec, headroom, instances }: { ratePerSec: number; headroom: number; instances: number },
): SalePlan['instances'] {
  if (server === undefined) return null
  // Measured with more processes than cores, they had less than a core each: a planned one has one of its own.
  const coresEach = Math.max(1, server.cores / instances)
  // Each process has what is in use when nobody asks, too.
  const usable = headroom * coresEach - server.idleCores / instances
  if (usable <= 0) return null
  const { seconds, low, high } = busiest(server, parts)
  const needed = (perRequest: number): number => Math.max(1, Math.ceil((ratePerSec * perRequest) / usable))
  return { needed: needed(seconds), low: needed(low), high: needed(high) }
}

function plannedResource(one: ResourceDemand, parts: readonly Mix[], ratePerSec: number): PlannedResource {
  const { seconds, low, high } = busiest(one, parts)
  const utilisation = (perRequest: number): number => (one.idleCores + ratePerSec * perRequest) / one.cores
  return {
    resource: one.resource,
    cores: one.cores,
    utilisation: { share: utilisation(seconds), low: utilisation(low), high: utilisation(high) },
  }
}

/** Servers can be added: what can't breaks first. */
function firstToBreak(resources: readonly ResourceDemand[], parts: readonly Mix[]): SalePlan['breaksFirst'] {
  const breaking = resources.flatMap((one) => {
    const { seconds, low, high } = busiest(one, parts)
    if (seconds <= 0) return []
    const free = Math.max(0, one.cores - one.idleCores)
    const interval: Interval = { low: free / high, high: free / Math.max(low, seconds / 100) }
    return [{ resource: one.resource, atRatePerSec: free / seconds, interval }]
  })
  return breaking.toSorted((a, b) => a.atRatePerSec - b.atRatePerSec)[0] ?? null
}

/** Of a request, in the part of the sale in which it costs most. */
function busiest(one: ResourceDemand, parts: readonly Mix[]): Demand {
  const demands = parts.map((mix) => demandOf(one, mix))
  return demands.reduce((most, demand) => (demand.seconds > most.seconds ? demand : most))
}

function demandOf({ perRequest, perMixedRequest }: ResourceDemand, mix: Mix): Demand {
  const sum = { seconds: 0, low: 0, high: 0 }
  for (const [kind, share] of Object.entries(mix) as [RequestKind, number][]) {
    const demand = perRequest[kind] ?? perMixedRequest
    sum.seconds += share * demand.seconds
    sum.low += share * demand.low
    sum.high += share * demand.high
  }
  return sum
}

const KIND_WORDS: Readonly<Record<RequestKind, string>> = {
  sold: 'a sold order',
  soldOut: 'a "sold out" answer',
  replayed: 'a repeated request',
  read: 'a read',
}

/** What the plan counts with in the place of what was not measured. */
function standIns({ resources }: DemandModel, parts: readonly Mix[]): string[] {
  const asked = new Set(
    parts.flatMap((mix) => Object.entries(mix).flatMap(([kind, share]) => (share > 0 ? [kind] : []))),
  )
  return [...asked]
    .filter((kind) => resources.every(({ perRequest }) => perRequest[kind as RequestKind] === null))
    .map((kind) => `${KIND_WORDS[kind as RequestKind]} costs as much as the average request of the scenario did`)
}
