/**
 * High load from low load: the rate at which the first resource is used up, and the mean response time on the way there.
 * Each resource is a station of an open queueing network; on one core a request of demand D stays D / (1 - U), on m of them
 * about D / (1 - U^m) (exact for processor sharing on one; Gunther, Analyzing Computer System Performance with Perl::PDQ,
 * 2005, for m). Where all share one machine, none goes faster than the machine lets it. What response time holds beside
 * processors at low load, waits for the disk and the network, is taken to stay as it is. Pure.
 */
import { REQUEST_KINDS } from '../core/work-record.ts'
import type { DemandTrial } from './demand.ts'

export interface LowLoadTrial extends DemandTrial {
  readonly meanResponseMs: number
}

export interface PredictionTerms {
  readonly trials: readonly LowLoadTrial[]
  readonly coresOf: (resource: string) => number
  readonly machineCores: number
  /** Cores in use when nobody asks, by resource. */
  readonly idleCores: Readonly<Record<string, number>>
}

export interface LoadModelOfTarget {
  readonly saturationPerSec: number
  /** What is used up there; `machine`: all cores together. */
  readonly resource: string
  /** Infinity at saturation and beyond. */
  meanResponseMsAt(ratePerSec: number): number
}

interface Station {
  readonly resource: string
  readonly cores: number
  /** CPU seconds a request. */
  readonly demand: number
  readonly idle: number
}

const GENERATOR = 'generator'

/** null: nothing that the target used could be measured. */
export function predictFrom(terms: PredictionTerms): LoadModelOfTarget | null {
  const stations = stationsOf(terms)
  const own = stations.filter(({ resource, demand }) => resource !== GENERATOR && demand > 0)
  if (own.length === 0) return null
  const machine: Station = {
    resource: 'machine',
    cores: terms.machineCores,
    demand: stations.reduce((sum, { demand }) => sum + demand, 0),
    idle: stations.reduce((sum, { idle }) => sum + idle, 0),
  }
  const first = [...own, machine].reduce((least, one) => (ceiling(one) < ceiling(least) ? one : least))
  const inStations = (ratePerSec: number): number =>
    own.reduce(
      (sum, one) => sum + one.demand * 1_000 * Math.max(stretch(one, ratePerSec), stretch(machine, ratePerSec)),
      0,
    )
  const atLowLoad = meanOf(terms.trials)
  const besides = Math.max(0, atLowLoad.responseMs - inStations(atLowLoad.ratePerSec))
  return {
    saturationPerSec: ceiling(first),
    resource: first.resource,
    meanResponseMsAt: (ratePerSec) => besides + inStations(ratePerSec),
  }
}

function stationsOf({ trials, coresOf, idleCores }: PredictionTerms): Station[] {
  const requests = trials.reduce((sum, trial) => sum + requestsOf(trial), 0)
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0)
  const names = [...new Set(trials.flatMap(({ cpuSeconds }) => Object.keys(cpuSeconds)))]
  return names.map((resource) => {
    const idle = idleCores[resource] ?? 0
    const used = trials.reduce((sum, { cpuSeconds }) => sum + (cpuSeconds[resource] ?? 0), 0)
    const demand = requests === 0 ? 0 : Math.max(0, used - idle * seconds) / requests
    return { resource, cores: coresOf(resource), demand, idle }
  })
}

function requestsOf({ requests }: DemandTrial): number {
  return REQUEST_KINDS.reduce((sum, kind) => sum + requests[kind], 0)
}

function meanOf(trials: readonly LowLoadTrial[]): { responseMs: number; ratePerSec: number } {
  const requests = trials.reduce((sum, trial) => sum + requestsOf(trial), 0)
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0)
  const waited = trials.reduce((sum, trial) => sum + trial.meanResponseMs * requestsOf(trial), 0)
  return { responseMs: requests === 0 ? 0 : waited / requests, ratePerSec: seconds === 0 ? 0 : requests / seconds }
}

function ceiling({ cores, demand, idle }: Station): number {
  return demand <= 0 ? Number.POSITIVE_INFINITY : Math.max(0, cores - idle) / demand
}

function stretch({ cores, demand, idle }: Station, ratePerSec: number): number {
  const utilisation = (idle + ratePerSec * demand) / cores
  return utilisation >= 1 ? Number.POSITIVE_INFINITY : 1 / (1 - utilisation ** cores)
}
