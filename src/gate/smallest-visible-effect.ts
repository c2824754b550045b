/** What a gate of so many visits would see, told before it begins. */
import {
  GATE_METRICS,
  type GateMetric,
  type GateOptions,
  type GateVisit,
  type VisibleEffect,
} from '../core/gate-record.ts'
import { FEWEST_UNITS, visibleShift, visitsToTell } from './levels.ts'
import { shiftOfSize, sizeOf, toScale, valuesOf } from './metric-sample.ts'

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

/** Standard deviation by what neighbours differ in (von Neumann, 1941): what a machine does over minutes falls out. */
function spreadOf(visits: readonly GateVisit[], metric: GateMetric): number | null {
  const arm = visits[0]?.arm ?? 'baseline'
  const values = valuesOf(visits, arm, metric).map((value) => toScale(metric, value))
  if (values.length < FEWEST_UNITS) return null
  const squares = values.slice(1).reduce((sum, value, index) => sum + (value - values[index]!) ** 2, 0)
  return Math.sqrt(squares / (2 * (values.length - 1)))
}
