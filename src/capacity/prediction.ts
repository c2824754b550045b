/**
 * High load from low load: the rate at which the first resource is used up, and the mean response time on the way there.
 * What a request costs seldom stays the same: servers that find more to do at each waking pay for it once. So there are two
 * bounds. The dear one lets each request go on costing what it did at the busiest of the low loads. The cheap one lets the
 * cost fall on as it fell between them: U in proportion to X to the power of b, b by least squares of the logarithms.
 *
 * Each resource is a station of an open queueing network; on one core a request of demand D stays D / (1 - U), on m of them
 * about D / (1 - U^m) (exact for processor sharing on one; Gunther, Analyzing Computer System Performance with Perl::PDQ,
 * 2005, for m). Of those that share this machine, none goes faster than the machine lets it. What response time holds beside
 * processors at low load, waits for the disk and the network, is taken to stay as it is. Pure.
 */
import type { Interval } from '../core/statistics/estimate.ts'
import { REQUEST_KINDS } from '../core/work-record.ts'
import type { DemandTrial } from './demand.ts'
import type { ResourceCores } from './resource-cores.ts'

export interface LowLoadTrial extends DemandTrial {
  readonly meanResponseMs: number
}

export interface PredictionTerms {
  readonly trials: readonly LowLoadTrial[]
  readonly coresOf: (resource: string) => ResourceCores
  readonly machineCores: number
}

export interface LoadModelOfTarget {
  /** From the dear bound to the cheap one. */
  readonly saturationPerSec: Interval
  /** What is used up at the lower end; `machine`: all cores together. */
  readonly resource: string
  /** From the cheap bound to the dear one. Infinity at saturation and beyond. */
  meanResponseMsAt(ratePerSec: number): Interval
}

interface Station {
  readonly resource: string
  readonly cores: number
  readonly isElsewhere: boolean
  /** At the busiest low load. */
  readonly at: { readonly ratePerSec: number; readonly coresInUse: number }
  /** Cores in use go as the rate to the power of this. */
  readonly power: number
}

const GENERATOR = 'generator'
/** Between low loads that differ by little, noise would make any power of it. */
const LEAST_POWER = 0.3
const CONSTANT_COST = 1

/** null: nothing that the target used could be measured. */
export function predictFrom(terms: PredictionTerms): LoadModelOfTarget | null {
  const cheap = networkOf(terms, (loads) => powerOf(loads))
  const dear = networkOf(terms, () => CONSTANT_COST)
  if (cheap === null || dear === null) return null
  const [first, last] = [dear.firstUsedUp(), cheap.firstUsedUp()]
  return {
    saturationPerSec: { low: first.ratePerSec, high: Math.max(first.ratePerSec, last.ratePerSec) },
    resource: first.resource,
    meanResponseMsAt(ratePerSec) {
      const [low, high] = [cheap.meanResponseMsAt(ratePerSec), dear.meanResponseMsAt(ratePerSec)]
      return { low: Math.min(low, high), high: Math.max(low, high) }
    },
  }
}

interface Network {
  firstUsedUp(): { readonly resource: string; readonly ratePerSec: number }
  meanResponseMsAt(ratePerSec: number): number
}

function networkOf(terms: PredictionTerms, power: (loads: readonly Load[]) => number): Network | null {
  const trials = terms.trials.toSorted((a, b) => rateOf(a) - rateOf(b))
  const names = [...new Set(trials.flatMap(({ cpuSeconds }) => Object.keys(cpuSeconds)))]
  const stations = names.flatMap((resource): Station[] => {
    const loads = loadsOf(trials, resource)
    const at = loads.at(-1)
    if (at === undefined) return []
    const { cores, isElsewhere } = terms.coresOf(resource)
    return [{ resource, cores, isElsewhere, at, power: power(loads) }]
  })
  const own = stations.filter(({ resource }) => resource !== GENERATOR)
  const busiest = trials.at(-1)
  if (own.length === 0 || busiest === undefined) return null
  const here = stations.filter(({ isElsewhere }) => !isElsewhere)
  const machineStretch = (ratePerSec: number): number => stretchOf(inUseTogether(here, ratePerSec), terms.machineCores)
  const inStations = (ratePerSec: number): number =>
    own.reduce((sum, one) => {
      const stretch = Math.max(
        stretchOf(coresInUse(one, ratePerSec), one.cores),
        one.isElsewhere ? 1 : machineStretch(ratePerSec),
      )
      return sum + (coresInUse(one, ratePerSec) / ratePerSec) * 1_000 * stretch
    }, 0)
  const besidesMs = Math.max(0, busiest.meanResponseMs - inStations(rateOf(busiest)))
  return {
    firstUsedUp() {
      const ceilings = [
        ...own.map((one) => ({ resource: one.resource, ratePerSec: ceilingOf(one) })),
        // Where the generator has it to itself, it is no part of the target.
        ...(own.some(({ isElsewhere }) => !isElsewhere)
          ? [{ resource: 'machine', ratePerSec: ceilingTogether(here, terms.machineCores) }]
          : []),
      ]
      return ceilings.reduce((least, one) => (one.ratePerSec < least.ratePerSec ? one : least))
    },
    meanResponseMsAt: (ratePerSec) => besidesMs + inStations(ratePerSec),
  }
}

interface Load {
  readonly ratePerSec: number
  readonly coresInUse: number
}

/** Of the trials that show it at all, by rate. */
function loadsOf(trials: readonly LowLoadTrial[], resource: string): Load[] {
  return trials.flatMap((trial) => {
    const used = trial.cpuSeconds[resource] ?? 0
    return used > 0 ? [{ ratePerSec: rateOf(trial), coresInUse: used / trial.seconds }] : []
  })
}

/** Slope of ln U over ln X. */
function powerOf(loads: readonly Load[]): number {
  const points = loads.map(({ ratePerSec, coresInUse: used }) => ({ x: Math.log(ratePerSec), y: Math.log(used) }))
  const mean = (of: 'x' | 'y'): number => points.reduce((sum, point) => sum + point[of], 0) / points.length
  const [x, y] = [mean('x'), mean('y')]
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  if (spread === 0) return CONSTANT_COST
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread
  return Math.min(CONSTANT_COST, Math.max(LEAST_POWER, slope))
}

function coresInUse({ at, power }: Station, ratePerSec: number): number {
  return at.coresInUse * (ratePerSec / at.ratePerSec) ** power
}

function inUseTogether(stations: readonly Station[], ratePerSec: number): number {
  return stations.reduce((sum, one) => sum + coresInUse(one, ratePerSec), 0)
}

function ceilingOf({ at, power, cores }: Station): number {
  return at.ratePerSec * (cores / at.coresInUse) ** (1 / power)
}

/** By halving: what is in use only rises with the rate. */
function ceilingTogether(stations: readonly Station[], cores: number): number {
  let low = 0
  let high = Math.min(...stations.map((one) => ceilingOf({ ...one, cores })))
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (inUseTogether(stations, middle) < cores) low = middle
    else high = middle
  }
  return high
}

function stretchOf(used: number, cores: number): number {
  const utilisation = used / cores
  return utilisation >= 1 ? Number.POSITIVE_INFINITY : 1 / (1 - utilisation ** Math.max(1, cores))
}

function rateOf({ requests, seconds }: DemandTrial): number {
  return REQUEST_KINDS.reduce((sum, kind) => sum + requests[kind], 0) / seconds
}
