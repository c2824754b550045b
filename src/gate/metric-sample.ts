/** The values of one metric, arm by arm, on the scale on which they are judged. */
import type { GateArm, GateMetric, GateVisit } from '../core/gate-record.ts'
import type { Block } from '../core/statistics/rank-test.ts'

/** `first` is the baseline, `second` the candidate, in the order of the visits. */
export interface MetricSample extends Block {
  /** The same by block; null: visits were not interleaved. */
  readonly blocks: readonly Block[] | null
}

/** A figure of nothing at all has no logarithm. */
const LEAST_VALUE = 1e-9

/** Which visits stand beside which, whatever they measured: those that were not interleaved are one block. */
export function shapeOf(visits: readonly GateVisit[]): Block[] {
  const isInterleaved = visits.every(({ block }) => block !== null)
  const blocks = isInterleaved ? [...new Set(visits.map(({ block }) => block))] : [null]
  return blocks.map((block) => {
    const own = visits.filter((visit) => !isInterleaved || visit.block === block)
    const places = (arm: GateArm): number[] => own.flatMap((visit) => (visit.arm === arm ? [0] : []))
    return { first: places('baseline'), second: places('candidate') }
  })
}

/** Visits that did not measure it are left out, and blocks that lack an arm then. null: an arm has no value. */
export function sampleOf(visits: readonly GateVisit[], metric: GateMetric): MetricSample | null {
  const measured = visits.filter(({ figures }) => figures[metric] !== null)
  const isInterleaved = measured.every(({ block }) => block !== null)
  const blocks = isInterleaved ? blocksOf(measured, metric) : null
  const all = blocks === null ? [blockOf(measured, metric)] : blocks
  const sample = { first: all.flatMap(({ first }) => first), second: all.flatMap(({ second }) => second), blocks }
  return sample.first.length === 0 || sample.second.length === 0 ? null : sample
}

/** Relative changes add up as logarithms; a share that is 0 mostly is compared by points. */
export function toScale(metric: GateMetric, value: number): number {
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

function blocksOf(visits: readonly GateVisit[], metric: GateMetric): Block[] {
  return [...new Set(visits.map(({ block }) => block))]
    .map((block) =>
      blockOf(
        visits.filter((visit) => visit.block === block),
        metric,
      ),
    )
    .filter(({ first, second }) => first.length > 0 && second.length > 0)
}

function blockOf(visits: readonly GateVisit[], metric: GateMetric): Block {
  const scaled = (arm: GateArm): number[] => valuesOf(visits, arm, metric).map((value) => toScale(metric, value))
  return { first: scaled('baseline'), second: scaled('candidate') }
}
