/**
 * Where the SLO is met exactly, from how far trials near it were from it. Where requests queue, response time is
 * D / (1 - U), so that measured over allowed is (k - c) / (k - r) at the rate r, with the capacity c and the saturation k
 * unknown. Both are fitted by least squares of logarithms, and the interval holds every c which, with the k that suits
 * it best, leaves no significantly larger residuals (profile likelihood; e.g. Bates & Watts, Nonlinear Regression
 * Analysis, 1988, chapter 6). How far a trial was off says far more than whether it was good: a few are enough, and what
 * scatters widens the interval. Pure.
 */
import type { Interval } from '../core/statistics/estimate.ts'

export interface MarginTrial {
  readonly ratePerSec: number
  readonly durationMs: number
  /** Measured over allowed: 1 where the SLO is just met. */
  readonly margin: number
}

/** Trials so far from the middle, as a factor, have no say: the curve need not hold for all rates. */
const ZONE = 2
const FEWEST = 5
/** Beyond, a trial says no more than that it was far off: queues that only grow have no time of their own. */
const FARTHEST = Math.log(4)
const GRID = 250
/** Distance from capacity to saturation, as a share of the capacity. */
const ROOMS = Array.from({ length: 16 }, (_, index) => 0.005 * 1.55 ** index)

/** `around`: about where it is. null: too few trials to fit the curve to. */
export function marginInterval(trials: readonly MarginTrial[], around: number): Interval | null {
  const points = trials
    .filter(({ ratePerSec }) => ratePerSec <= around * ZONE && ratePerSec >= around / ZONE)
    .map(({ ratePerSec, durationMs, margin }) => ({
      rate: ratePerSec / around,
      logMargin: bounded(Math.log(margin)),
      weight: durationMs,
    }))
  if (points.length < FEWEST || new Set(points.map(({ rate }) => rate)).size < 2) return null
  const candidates = Array.from({ length: GRID + 1 }, (_, index) => ZONE ** ((2 * index) / GRID - 1))
  const residuals = candidates.map((capacity) => Math.min(...ROOMS.map((room) => residual(points, capacity, room))))
  const least = Math.min(...residuals)
  const degrees = points.length - 2
  const held = candidates.filter((_, index) => residuals[index]! <= least * (1 + studentT995(degrees) ** 2 / degrees))
  return { low: around * held[0]!, high: around * held.at(-1)! }
}

interface Point {
  readonly rate: number
  readonly logMargin: number
  readonly weight: number
}

/** Weighted sum of squares. */
function residual(points: readonly Point[], capacity: number, room: number): number {
  const saturation = capacity * (1 + room)
  let sum = 0
  for (const { rate, logMargin, weight } of points) {
    const expected = rate >= saturation ? FARTHEST : bounded(Math.log((capacity * room) / (saturation - rate)))
    sum += weight * (logMargin - expected) ** 2
  }
  return sum
}

function bounded(logMargin: number): number {
  return Math.max(-FARTHEST, Math.min(FARTHEST, logMargin))
}

/** The 0.995 quantile of Student's t, by the expansion of Cornish and Fisher; to 3 % from 4 degrees of freedom on. */
function studentT995(degrees: number): number {
  const z = 2.575_829
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7]
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  )
}
