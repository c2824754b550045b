/** The values of one metric, arm by arm, on the scale on which they are judged. */
import type { GateArm, GateMetric, GateVisit } from '../core/gate-record.ts'
import type { Block } from '../core/statistics/rank-test.ts'

/** `first` is the baseline, `second` the candidate, in the order of the visits. */
export interface MetricSample extends Block {
  /** The same by block; null: visits were not interleaved. */
  readonly blocks: readonly Block[] | null
}

/** null: it was not measured. */
export type VisitValue = (visit: GateVisit) => number | null

/** A figure of nothing at all has no logarithm. */
const LEAST_VALUE = 1e-9

/** Which visits stand beside which, whatever they measured: those that were not interleaved are one block. */
export function shapeOf(visits: readonly GateVisit[]): Block[] {
  const isInterleaved = visits.every(({ block }) => block !== null)
  return (isInterleaved ? byBlock(visits) : [visits]).map((own) => {
    const places = (arm: GateArm): number[] => own.flatMap((visit) => (visit.arm === arm ? [0] : []))
    return { first: places('baseline'), second: places('candidate') }
  })
}

/** Those that belong to no block are one. */
export function byBlock(visits: readonly GateVisit[]): GateVisit[][] {
  return [...new Set(visits.map(({ block }) => block))].map((block) => visits.filter((visit) => visit.block === block))
}

/** Visits that did not measure it are left out, and blocks that lack an arm then. null: an arm has no value. */
export function sampleBy(visits: readonly GateVisit[], of: VisitValue): MetricSample | null {
  const measured = visits.filter((visit) => of(visit) !== null)
  const isInterleaved = measured.every(({ block }) => block !== null)
  const blocks = isInterleaved ? blocksOf(measured, of) : null
  const all = blocks === null ? [blockOf(measured, of)] : blocks
  const sample = { first: all.flatMap(({ first }) => first), second: all.flatMap(({ second }) => second), blocks }
  return sample.first.length === 0 || sample.second.length === 0 ? null : sample
}

/** What a visit measured, on the metric's scale; null: nothing. */
export function scaledFigure({ figures }: GateVisit, metric: GateMetric): number | null {
  const value = figures[metric]
  return value === null ? null : toScale(metric, value)
}

/** Relative changes add up as logarithms; a share that is 0 mostly is compared by points. */
function toScale(metric: GateMetric, value: number): number {
  return metric === 'errorRate' ? value : Math.log(Math.max(LEAST_VALUE, value))
}

/** A shift on the scale as it is told: relative, or in points. */
export function changeOf(metric: GateMetric, shift: number): number {
  return metric === 'errorRate' ? shift : Math.expm1(shift)
}

/** How large a shift on the scale is, told as a worsening of that size would be: goodput falls, the others rise. */
export function sizeOf(metric: GateMetric, shift: number): number {
  return metric === 'goodputPerSec' ? -changeOf(metric, -shift) : changeOf(metric, shift)
}

/** The shift of a worsening of that size. */
export function shiftOfSize(metric: GateMetric, size: number): number {
  if (metric === 'errorRate') return size
  return metric === 'goodputPerSec' ? -Math.log1p(-size) : Math.log1p(size)
}

/** What a shift on the scale means: above 0 it got worse. */
export function worsening(metric: GateMetric, shift: number): number {
  return metric === 'goodputPerSec' ? -shift : shift
}

/** Of an arm as it was measured, in the metric's own unit. */
export function valuesOf(visits: readonly GateVisit[], arm: GateArm, metric: GateMetric): number[] {
  return visits.flatMap((visit) => (visit.arm === arm ? (visit.figures[metric] ?? []) : []))
}

function blocksOf(visits: readonly GateVisit[], of: VisitValue): Block[] {
  return byBlock(visits)
    .map((own) => blockOf(own, of))
    .filter(({ first, second }) => first.length > 0 && second.length > 0)
}

function blockOf(visits: readonly GateVisit[], of: VisitValue): Block {
  const valuesIn = (arm: GateArm): number[] => visits.flatMap((visit) => (visit.arm === arm ? (of(visit) ?? []) : []))
  return { first: valuesIn('baseline'), second: valuesIn('candidate') }
}
