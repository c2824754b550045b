/** What a gate of so many visits would see, told before it begins. */
import {
  GATE_METRICS,
  type GateMetric,
  type GateOptions,
  type GateVisit,
  type VisibleEffect,
} from '../core/gate-record.ts'
import { FEWEST_UNITS, visibleShift, visitsToTell } from './levels.ts'
import { figureAtOneSpeed } from './machine-speed.ts'
import { scaledFigure, shiftOfSize, sizeOf } from './metric-sample.ts'

export interface ForeseenGate {
  /** Of one arm, in the order in which they were made. */
  readonly calibration: readonly GateVisit[]
  /** Of each arm in each of two rounds. */
  readonly visitsAnArm: number
  readonly leastEffect: GateOptions['leastEffect']
}

/**
 * In the order of GATE_METRICS; nothing where rounds can say nothing even together. It is an estimate of few visits: the
 * rounds themselves tell it better.
 */
export function smallestVisibleEffect({ calibration, visitsAnArm, leastEffect }: ForeseenGate): VisibleEffect[] {
  const spreads = new Map(GATE_METRICS.map((metric) => [metric, spreadOf(calibration, metric)]))
  const canTell = 2 * visitsAnArm >= visitsToTell(true)
  const tested = [...spreads.values()].filter((spread) => spread !== null && spread > 0).length
  return GATE_METRICS.map((metric) => {
    const spread = spreads.get(metric) ?? null
    if (spread === null || !canTell) return { metric, effect: null }
    const sight = { plan: 'two rounds', pooledError: spread / Math.sqrt(visitsAnArm), tested } as const
    return { metric, effect: sizeOf(metric, visibleShift(sight, leastShiftOf(metric, leastEffect))) }
  })
}

/** The least effect that matters, on the metric's scale. */
export function leastShiftOf(metric: GateMetric, leastEffect: GateOptions['leastEffect']): number {
  return shiftOfSize(metric, leastEffect[metric])
}

/** As it is compared: at one speed of the machine, where that makes visits more alike. */
function spreadOf(visits: readonly GateVisit[], metric: GateMetric): number | null {
  const measured = visits.map((visit) => scaledFigure(visit, metric)).filter((value) => value !== null)
  const adjusted = visits.map((visit) => figureAtOneSpeed(visit, metric)).filter((value) => value !== null)
  if (measured.length < FEWEST_UNITS) return null
  const spread = spreadOfNeighbours(measured)
  return adjusted.length < measured.length ? spread : Math.min(spread, spreadOfNeighbours(adjusted))
}

/** Standard deviation by what neighbours differ in (von Neumann, 1941): what a machine does over minutes falls out. */
function spreadOfNeighbours(values: readonly number[]): number {
  const squares = values.slice(1).reduce((sum, value, index) => sum + (value - values[index]!) ** 2, 0)
  return Math.sqrt(squares / (2 * (values.length - 1)))
}
