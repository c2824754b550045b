/**
 * How sure each round has to be. Both have to say the same by themselves, so that their chances of a false alarm multiply:
 * in one direction, over all metrics together, at most 0.1 / 2 x 0.035 / 2 = 0.09 %. The first is the laxer one, since it
 * is corrected for all metrics, the second for those alone that the first suspects.
 */
import { normalQuantile } from '../core/statistics/normal.ts'

const LEVELS = [0.1, 0.035] as const
/** What is to be seen is seen in 95 of 100 gates: in each of two rounds, in 97.5. */
const POWER = 0.95

/** `round` from 1. */
export function levelOf(round: number): number {
  return LEVELS[round - 1] ?? LEVELS[1]
}

interface Sight {
  /** Of the shift that one round finds, on the metric's scale. */
  readonly roundError: number
  /** Of the shift that both rounds find together. */
  readonly pooledError: number
  /** Metrics that the first round tests. */
  readonly tested: number
}

/** The smallest shift whose test both rounds pass in 95 of 100 gates, each metric corrected for the others. */
function testableShift({ roundError, tested }: Pick<Sight, 'roundError' | 'tested'>): number {
  const firstRound = normalQuantile(1 - LEVELS[0] / (2 * Math.max(1, tested)))
  const inEach = normalQuantile(1 - (1 - POWER) / LEVELS.length)
  return (firstRound + inEach) * roundError
}

/** The same with the least effect that matters, which has to be exceeded by what was measured. */
export function visibleShift(sight: Sight, leastShift: number): number {
  return Math.max(testableShift(sight), leastShift + normalQuantile(POWER) * sight.pooledError)
}
