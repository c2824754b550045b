/**
 * Which resource is the bottleneck, and the ceiling that each sets: the rate at which demand times rate is all the cores
 * that it can use. The demand is that at the capacity, where a trial measured it: a request seldom costs the same at every
 * rate. Where the capacity that was found is far below every ceiling, it says that no processor is the limit. Pure.
 */
import type { Bottleneck, DemandModel, ResourceDemand } from '../core/capacity-record.ts'
import type { Random } from '../core/random.ts'
import type { RequestKind } from '../core/work-record.ts'
import { formatCount } from '../core/units.ts'
import { columnsOf, type DemandTrial, fitDemand } from './demand.ts'
import type { ResourceCores } from './resource-cores.ts'
import { twoDigits } from './two-digits.ts'

export interface ModelTerms {
  readonly trials: readonly DemandTrial[]
  /** Shares of the requests of the scenario. */
  readonly mix: Readonly<Record<RequestKind, number>>
  readonly machineCores: number
  readonly coresOf: (resource: string) => ResourceCores
  /** Lower end of the capacity that was found; null: none was. */
  readonly capacityPerSec: number | null
  /** Those that were made about there, of the scenario's mix, together; null: none. */
  readonly atCapacity: DemandTrial | null
  /** Whether more was tried, and was too much. */
  readonly isLimit: boolean
  readonly random: Random
}

/** All that run on the machine, as if they were one resource. */
const MACHINE = 'machine'
const GENERATOR = 'generator'
/** Busier than this share at the capacity, a resource explains it. */
const EXPLAINS = 0.65

/** null: too few trials for as many kinds of requests. */
export function demandModel(terms: ModelTerms): DemandModel | null {
  const { trials } = terms
  const columns = columnsOf(trials)
  const names = [...new Set(trials.flatMap(({ cpuSeconds }) => Object.keys(cpuSeconds)))]
  const resources = names.flatMap((resource): ResourceDemand[] => {
    const fitted = fitDemand(trials, resource, { columns, mix: terms.mix, random: terms.random })
    if (fitted === null) return []
    const { cores, because } = terms.coresOf(resource)
    const secondsAtCapacity = secondsIn(terms.atCapacity, resource, fitted.idleCores)
    const ceiling = ceilingOf({ ...fitted, secondsAtCapacity }, cores)
    return [{ resource, cores, coresBecause: because, ...fitted, secondsAtCapacity, ceiling }]
  })
  if (resources.length === 0) return null
  const ranked = resources.toSorted((a, b) => rateOf(a) - rateOf(b))
  const here = resources.filter(({ resource }) => !terms.coresOf(resource).isElsewhere)
  const machine = { cores: terms.machineCores, ceilingRatePerSec: machineCeiling(here, terms.machineCores) }
  return {
    resources: ranked,
    machine,
    mix: terms.mix,
    bottleneck: bottleneckOf(ranked, { ...machine, resources: here }, terms),
    trials: trials.length,
    doubts: columns.doubts,
  }
}

/** CPU seconds of a request in that trial, beside what is in use when nobody asks. null: it was not measured. */
function secondsIn(trial: DemandTrial | null, resource: string, idleCores: number): number | null {
  const used = trial?.cpuSeconds[resource]
  if (trial === null || used === undefined) return null
  const requests = Object.values(trial.requests).reduce((sum, count) => sum + count, 0)
  return requests === 0 ? null : Math.max(0, used - idleCores * trial.seconds) / requests
}

type RequestCost = Pick<ResourceDemand, 'idleCores' | 'perMixedRequest' | 'secondsAtCapacity'>

/** At the capacity where that was measured, else as in calmer trials. */
function secondsOf({ perMixedRequest, secondsAtCapacity }: RequestCost): number {
  return secondsAtCapacity ?? perMixedRequest.seconds
}

/** The interval holds what either cost would set. */
function ceilingOf(cost: RequestCost, cores: number): ResourceDemand['ceiling'] {
  const free = Math.max(0, cores - cost.idleCores)
  const { low, high } = cost.perMixedRequest
  const asked = secondsOf(cost)
  if (asked <= 0) return null
  return {
    ratePerSec: free / asked,
    low: free / Math.max(high, asked),
    high: free / (low > 0 ? Math.min(low, asked) : asked),
  }
}

function machineCeiling(resources: readonly ResourceDemand[], cores: number): number | null {
  const perRequest = resources.reduce((sum, one) => sum + secondsOf(one), 0)
  const idle = resources.reduce((sum, { idleCores }) => sum + idleCores, 0)
  return perRequest <= 0 ? null : Math.max(0, cores - idle) / perRequest
}

function rateOf({ ceiling }: ResourceDemand): number {
  return ceiling?.ratePerSec ?? Number.POSITIVE_INFINITY
}

interface SharedMachine {
  readonly cores: number
  readonly ceilingRatePerSec: number | null
  /** Those that run on it. */
  readonly resources: readonly ResourceDemand[]
}

interface Candidate {
  readonly name: string
  readonly ceilingPerSec: number
  readonly utilisation: number
  readonly words: string
}

function bottleneckOf(
  ranked: readonly ResourceDemand[],
  machine: SharedMachine,
  { capacityPerSec, isLimit }: ModelTerms,
): Bottleneck {
  const candidates = [
    ...ranked.filter(({ resource }) => resource !== GENERATOR).map((one) => candidateOf(one, capacityPerSec)),
    ...machineCandidate(machine, capacityPerSec),
  ].toSorted((a, b) => a.ceilingPerSec - b.ceilingPerSec)
  const utilisation = Object.fromEntries(candidates.map((one) => [one.name, one.utilisation]))
  const [first, second] = candidates
  if (first === undefined) {
    return { resource: null, second: null, utilisation, sentence: 'no resource of the target could be measured' }
  }
  const isExplained = capacityPerSec === null || !isLimit || first.utilisation >= EXPLAINS
  if (!isExplained) {
    const busy = Math.round(first.utilisation * 100)
    const sentence = `no processor: the busiest, ${first.words}, is ${busy}% in use there, so that requests wait for something else, such as locks, the disk, round trips, or others on this machine`
    return { resource: null, second: first.name, utilisation, sentence }
  }
  const next = second === undefined ? '' : `; next ${second.words} at ${formatCount(second.ceilingPerSec)}/s`
  return {
    resource: first.name,
    second: second?.name ?? null,
    utilisation,
    sentence: `${first.words}, a ceiling of ${formatCount(first.ceilingPerSec)}/s${next}`,
  }
}

function candidateOf(one: ResourceDemand, capacityPerSec: number | null): Candidate {
  const used = one.idleCores + secondsOf(one) * (capacityPerSec ?? 0)
  return {
    name: one.resource,
    ceilingPerSec: rateOf(one),
    utilisation: used / one.cores,
    words: `${resourceWords(one)} (${formatDemand(secondsOf(one))} a request)`,
  }
}

/** Where what runs there could use more cores together than there are. */
function machineCandidate(
  { cores, ceilingRatePerSec, resources }: SharedMachine,
  capacityPerSec: number | null,
): Candidate[] {
  if (ceilingRatePerSec === null || resources.length < 2) return []
  const perRequest = resources.reduce((sum, one) => sum + secondsOf(one), 0)
  const idle = resources.reduce((sum, { idleCores }) => sum + idleCores, 0)
  const withGenerator = resources.some(({ resource }) => resource === GENERATOR) ? ', the generator among them' : ''
  return [
    {
      name: MACHINE,
      ceilingPerSec: ceilingRatePerSec,
      utilisation: (idle + perRequest * (capacityPerSec ?? 0)) / cores,
      words: `the machine's ${cores} cores, which all share${withGenerator} (${formatDemand(perRequest)} a request)`,
    },
  ]
}

function resourceWords({ resource, cores }: ResourceDemand): string {
  const many = cores === 1 ? 'one core' : `${cores} cores`
  if (resource === 'target') return `the server's ${many}`
  const name = { postgres: 'Postgres', redis: 'Redis' }[resource] ?? resource
  return `${name}'s ${many}`
}

/** CPU time of one request: "0.11 ms", "43 us". */
export function formatDemand(seconds: number): string {
  const micros = seconds * 1e6
  return micros >= 100 ? `${twoDigits(micros / 1000)} ms` : `${twoDigits(micros)} us`
}
