/**
 * The knee of a curve of response time over rate: the point farthest below the chord from its first point to its last, both
 * axes from 0 to 1 (Kneedle; Satopaa, Albrecht, Irwin & Raghavan, ICDCS Workshops 2011), the rate on a logarithmic
 * scale, since that is how rates are tried. Pure.
 */
import type { Knee } from '../core/capacity-record.ts'
import { median } from '../core/statistics/estimate.ts'

export interface CurvePoint {
  readonly ratePerSec: number
  readonly responseMs: number
}

const FEWEST_LEVELS = 4
/** A curve that bends less has no knee. */
const LEAST_DISTANCE = 0.2

/** null: too few rates, or a curve that hardly bends, or bends the other way. */
export function kneeOf(points: readonly CurvePoint[]): Knee | null {
  const levels = levelsOf(points)
  if (levels.length < FEWEST_LEVELS) return null
  const [first, last] = [levels[0]!, levels.at(-1)!]
  const width = Math.log(last.ratePerSec / first.ratePerSec)
  const height = last.responseMs - first.responseMs
  if (height <= 0) return null
  const distance = ({ ratePerSec, responseMs }: CurvePoint): number =>
    Math.log(ratePerSec / first.ratePerSec) / width - (responseMs - first.responseMs) / height
  const farthest = levels.reduce((best, level) => (distance(level) > distance(best) ? level : best))
  return distance(farthest) < LEAST_DISTANCE ? null : farthest
}

/** One point a rate, the median of its trials, the lowest rate first. */
function levelsOf(points: readonly CurvePoint[]): CurvePoint[] {
  const rates = [...new Set(points.map(({ ratePerSec }) => ratePerSec))].toSorted((a, b) => a - b)
  return rates.map((ratePerSec) => {
    const times = points.filter((point) => point.ratePerSec === ratePerSec).map(({ responseMs }) => responseMs)
    return { ratePerSec, responseMs: median(times) }
  })
}
