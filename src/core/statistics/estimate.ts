/**
 * A figure that was measured several times: its median, and how far the median may be off. The interval is the percentile
 * bootstrap of Efron (1979): the median of as many values drawn with replacement, many times over. Pure: randomness is
 * handed in, so that stored values give the same interval again.
 */
import type { Random } from '../random.ts'

export interface Interval {
  readonly low: number
  readonly high: number
}

export interface Estimate extends Interval {
  /** In the unit of the values. */
  readonly median: number
  /** At least so often the interval would hold the true median, 0..1: of few values less often than was asked for. */
  readonly confidence: number
  /** One a run, in the order in which they were measured. */
  readonly values: readonly number[]
}

export interface BootstrapOptions {
  readonly random: Random
  /** 0.95 unless given. */
  readonly confidence?: number
  /** 2,000 unless given. */
  readonly resamples?: number
}

const CONFIDENCE = 0.95
const RESAMPLES = 2_000

/** The q-th quantile, linear between neighbours (type 7 of Hyndman and Fan, 1996). Throws RangeError for no values. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('no values to take a quantile of')
  return quantileOfSorted(
    values.toSorted((a, b) => a - b),
    q,
  )
}

/** Throws RangeError for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** null for no values. Of one value, the interval is that value with confidence 0: nothing is known of its spread. */
export function estimate(values: readonly number[], options: BootstrapOptions): Estimate | null {
  if (values.length === 0) return null
  const interval = bootstrapInterval(median, [values], options)
  const confidence = Math.min(options.confidence ?? CONFIDENCE, medianHeld(values, interval))
  return { median: median(values), ...interval, confidence, values }
}

/**
 * How often the values that an interval spans have the true median among them, whatever they are distributed like: each
 * lies below it with probability 1/2, so that of n values the i-th to the j-th span it when i to j - 1 lie below
 * (order statistics). All of n do in 1 - 2 * 0.5^n: of 3 in 75 %, of 5 in 93.75 %.
 */
function medianHeld(values: readonly number[], { low, high }: Interval): number {
  const below = values.filter((value) => value < low).length
  const within = values.filter((value) => value >= low && value <= high).length
  return binomialHalf(values.length).reduce(
    (held, chance, rank) => (rank > below && rank < below + within ? held + chance : held),
    0,
  )
}

/** Chances of k heads in n throws of a coin, k from 0. */
function binomialHalf(n: number): number[] {
  const chances = [0.5 ** n]
  for (let k = 1; k <= n; k++) chances.push((chances[k - 1]! * (n - k + 1)) / k)
  return chances
}

/** The interval of a statistic of several samples, each drawn anew by itself. Throws RangeError for an empty one. */
export function bootstrapInterval(
  statistic: (...samples: readonly (readonly number[])[]) => number,
  samples: readonly (readonly number[])[],
  { random, confidence = CONFIDENCE, resamples = RESAMPLES }: BootstrapOptions,
): Interval {
  if (samples.some((sample) => sample.length === 0)) throw new RangeError('an empty sample can not be drawn from')
  const drawn = Array.from({ length: resamples }, () => statistic(...samples.map((sample) => drawAnew(sample, random))))
  drawn.sort((a, b) => a - b)
  const tail = (1 - confidence) / 2
  return { low: quantileOfSorted(drawn, tail), high: quantileOfSorted(drawn, 1 - tail) }
}

function drawAnew(sample: readonly number[], random: Random): number[] {
  return sample.map(() => sample[random.below(sample.length)]!)
}

function quantileOfSorted(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (high - low) * (at - below)
}
