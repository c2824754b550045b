/**
 * The Universal Scalability Law, X(N) = c N / (1 + s (N - 1) + k N (N - 1)) (N. J. Gunther, Guerrilla Capacity Planning, 2007),
 * with the number N of requests in flight by Little's law, N = X R. As N / X is then linear in its coefficients, it is
 * fitted by least squares. It is judged by its residuals: an open target mostly does as much as it is asked, and a law
 * that doesn't hold is said not to. Pure.
 */
import type { ScalabilityFit } from '../core/capacity-record.ts'
import { formatCount, formatShare } from '../core/units.ts'
import { nonNegativeLeastSquares } from './least-squares.ts'
import { median } from '../core/statistics/estimate.ts'
import { twoDigits } from './two-digits.ts'

export interface LevelTrial {
  readonly ratePerSec: number
  readonly achievedRatePerSec: number
  readonly meanResponseMs: number
}

export interface ScalabilityTerms {
  readonly cores: number
  readonly instances: number
}

const FEWEST_LEVELS = 6
/** In flight, from the lowest load to the highest: less, and there is nothing of scaling in it. */
const LEAST_SPAN = 8
const MOST_RESIDUAL = 0.25

export function fitScalability(trials: readonly LevelTrial[], { cores, instances }: ScalabilityTerms): ScalabilityFit {
  if (cores <= instances) {
    return {
      fitted: false,
      because: `${cores} cores for ${instances} server processes: what is seen is the machine's scaling, not the target's`,
    }
  }
  const levels = inFlightLevels(trials)
  if (levels.length < FEWEST_LEVELS) {
    return { fitted: false, because: `it takes ${FEWEST_LEVELS} rates or more, there were ${levels.length}` }
  }
  const [least, most] = [levels[0]!.inFlight, levels.at(-1)!.inFlight]
  if (most < least * LEAST_SPAN || most < 2) {
    return {
      fitted: false,
      because: `requests in flight went from ${twoDigits(least)} to ${twoDigits(most)} only: too little to see contention in`,
    }
  }
  const [unit, contention, coherency] = nonNegativeLeastSquares({
    // N / X = 1 / c + (s / c) (N - 1) + (k / c) N (N - 1), each row by its own size.
    rows: levels.map(({ inFlight: n, ratePerSec: x }) => [1, n - 1, n * (n - 1)].map((term) => (term * x) / n)),
    values: levels.map(() => 1),
  })
  if (unit === undefined || unit <= 0) {
    return { fitted: false, because: 'no curve of its form goes through what was measured' }
  }
  const [s, k] = [contention! / unit, coherency! / unit]
  const rateAt = (n: number): number => n / unit / (1 + s * (n - 1) + k * n * (n - 1))
  const worst = Math.max(...levels.map(({ inFlight, ratePerSec }) => Math.abs(rateAt(inFlight) / ratePerSec - 1)))
  if (!(worst <= MOST_RESIDUAL)) {
    return {
      fitted: false,
      because: `it is off by up to ${formatShare(worst)} of what ${formatCount(levels.length)} rates reached: service demand alone is used`,
    }
  }
  const peakAt = k > 0 && s < 1 ? Math.sqrt((1 - s) / k) : null
  return {
    fitted: true,
    perRequestInFlightPerSec: 1 / unit,
    contention: s,
    coherency: k,
    peak: peakAt === null ? null : { inFlight: peakAt, ratePerSec: rateAt(peakAt) },
    worstResidual: worst,
    levels: levels.length,
  }
}

function inFlightLevels(trials: readonly LevelTrial[]): { inFlight: number; ratePerSec: number }[] {
  const rates = [...new Set(trials.map(({ ratePerSec }) => ratePerSec))]
  return rates
    .map((rate) => {
      const ofRate = trials.filter(({ ratePerSec }) => ratePerSec === rate)
      const inFlight = ofRate.map((trial) => (trial.achievedRatePerSec * trial.meanResponseMs) / 1_000)
      return { inFlight: median(inFlight), ratePerSec: median(ofRate.map((trial) => trial.achievedRatePerSec)) }
    })
    .filter(({ inFlight, ratePerSec }) => inFlight > 0 && ratePerSec > 0)
    .toSorted((a, b) => a.inFlight - b.inFlight)
}
