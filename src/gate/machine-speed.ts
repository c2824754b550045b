/**
 * How fast the machine was during a visit, and times as they would have been at one speed. The generator does the same for
 * each request of either arm, so what a request costs it in CPU time tells how fast the machine was just then; a target on
 * the same machine slows down with it. Pure.
 */
import type { GateMetric, GateVisit } from '../core/gate-record.ts'
import { byBlock, sampleBy, scaledFigure } from './metric-sample.ts'
import { pValueOf } from './sample-statistics.ts'

/** What takes longer on a slower machine. Arrivals are fixed, and so is how many are answered. */
export const SLOWED_METRICS: readonly GateMetric[] = ['p50Ms', 'p99Ms', 'cpuMicrosPerOrder']

/** Below it the generator had other work with one arm than with the other: what it takes tells of the candidate. */
const OTHER_WORK_P_VALUE = 0.01

/**
 * A time that goes with the machine's speed has a slope of 1, one that doesn't 0. From 0.5 on it varies less at one speed;
 * below that by so little more that the smaller risk is to take a slope for chance.
 */
const LEAST_SLOPE = 0.25

/** Visits between which the machine may have changed its speed, of both arms, and of the baseline alone before them. */
interface VisitsOfGate {
  readonly visits: readonly GateVisit[]
  readonly calibration: readonly GateVisit[]
}

/**
 * Metrics that are to be compared at one speed of the machine: those that go with it, from visit to visit of a block.
 * Which visit is whose has no part in that, so that tests of what is left are as exact as those of what was measured. None
 * where the generator had other work with one arm, or where nobody knows. That does look at whose they are, and adds its own
 * level to a test's at most.
 */
export function metricsAtOneSpeed({ visits, calibration }: VisitsOfGate): ReadonlySet<GateMetric> {
  const slowness = sampleBy(visits, slownessOf)
  if (slowness === null || pValueOf(slowness) < OTHER_WORK_P_VALUE) return new Set()
  const all = [...calibration, ...visits]
  return new Set(SLOWED_METRICS.filter((metric) => slopeOf(all, metric) >= LEAST_SLOPE))
}

/** The figure of a visit at one speed of the machine, on the metric's scale. null: nobody knows, or it isn't slowed by it. */
export function figureAtOneSpeed(visit: GateVisit, metric: GateMetric): number | null {
  const [value, slowness] = [scaledFigure(visit, metric), slownessOf(visit)]
  if (value === null || slowness === null || !SLOWED_METRICS.includes(metric)) return null
  return value - slowness
}

/** A logarithm: of two visits, the machine was slower in that of the larger one. */
function slownessOf({ generator }: GateVisit): number | null {
  const micros = generator.cpuMicrosPerRequest
  return micros === null || micros <= 0 ? null : Math.log(micros)
}

/** Of the metric over the machine's slowness, both logarithms, within blocks: least squares. 0 where nobody knows. */
function slopeOf(visits: readonly GateVisit[], metric: GateMetric): number {
  const measured = visits.filter((visit) => scaledFigure(visit, metric) !== null)
  if (measured.some((visit) => slownessOf(visit) === null)) return 0
  let [products, squares] = [0, 0]
  for (const block of byBlock(measured)) {
    const values = centred(block.map((visit) => scaledFigure(visit, metric)!))
    const slowness = centred(block.map((visit) => slownessOf(visit)!))
    for (const [index, slow] of slowness.entries()) {
      products += slow * values[index]!
      squares += slow ** 2
    }
  }
  return squares === 0 ? 0 : products / squares
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}
