/** What statistics say of one metric's values: by how much they differ, how surely, and how much of it may be noise. */
import { createRandom } from '../core/random.ts'
import type { Interval } from '../core/statistics/estimate.ts'
import { normalQuantile } from '../core/statistics/normal.ts'
import { alignedRankTest, mannWhitney } from '../core/statistics/rank-test.ts'
import {
  blockShift,
  blockShiftInterval,
  hodgesLehmann,
  noiseOfBlocks,
  noiseOfSamples,
  shiftInterval,
  type ShiftOptions,
} from '../core/statistics/shift.ts'
import { FEWEST_UNITS } from './levels.ts'
import type { MetricSample } from './metric-sample.ts'

/** Within it, two arms are called the same: two one-sided tests of 5 % (Schuirmann, 1987). */
export const CONFIDENCE = 0.9
/** What noise alone makes stays below its floor so often. */
const BELOW_FLOOR = 0.95
const RESAMPLES = 500
/** Of noise only its spread is asked for, which fewer draws show well enough. */
const NOISE_DRAWS = 100

export interface SampleStatistics {
  /** Candidate less baseline, on the metric's scale. */
  readonly shift: number
  /** null: of too few blocks, or visits, to say how they spread. */
  readonly interval: Interval | null
  /** What A against A stays below in 95 of 100 draws; null: no block is whole. */
  readonly noiseFloor: number | null
}

/** The same from the same seed. */
export function statisticsOf(sample: MetricSample, seed: number): SampleStatistics {
  const interval = { random: createRandom(seed), confidence: CONFIDENCE, resamples: RESAMPLES }
  const noise = { ...interval, random: createRandom(seed, 1), resamples: NOISE_DRAWS }
  const { first, second, blocks } = sample
  return {
    shift: shiftOf(sample),
    interval: isSpread(sample) ? intervalOf(sample, interval) : null,
    noiseFloor: floorOf(blocks === null ? noiseOfSamples(first, second, noise) : noiseOfBlocks(blocks, noise)),
  }
}

/** An interval from one block has no width, and one from two hardly any. */
function isSpread({ first, second, blocks }: MetricSample): boolean {
  return (blocks === null ? Math.min(first.length, second.length) : blocks.length) >= FEWEST_UNITS
}

function intervalOf({ first, second, blocks }: MetricSample, options: ShiftOptions): Interval {
  return blocks === null ? shiftInterval(first, second, options) : blockShiftInterval(blocks, options)
}

export function shiftOf({ first, second, blocks }: MetricSample): number {
  return blocks === null ? hodgesLehmann(first, second) : blockShift(blocks)
}

export function pValueOf({ first, second, blocks }: MetricSample): number {
  return (blocks === null ? mannWhitney(first, second) : alignedRankTest(blocks)).pValue
}

/** Where all values are alike there is nothing to test, and nothing to correct other tests for. */
export function varies({ first, second }: MetricSample): boolean {
  return new Set([...first, ...second]).size > 1
}

/** The standard error of the shift, from the noise floor. */
export function standardErrorOf(noiseFloor: number): number {
  return noiseFloor / normalQuantile((1 + BELOW_FLOOR) / 2)
}

/** From the root mean square: the tail itself would take more draws. */
function floorOf(noise: readonly number[]): number | null {
  if (noise.length === 0) return null
  const meanSquare = noise.reduce((sum, shift) => sum + shift ** 2, 0) / noise.length
  return Math.sqrt(meanSquare) * normalQuantile((1 + BELOW_FLOOR) / 2)
}
