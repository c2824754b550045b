/**
 * How sure a test has to be. Both rounds have to say the same by themselves, so that their chances of a false alarm
 * multiply: in one direction, over all metrics together, at most 0.1 / 2 x 0.035 / 2 = 0.09 %. The first is the laxer one,
 * since it is corrected for all metrics, the second for those alone that the first suspects. Where a round of its own could
 * say nothing, all visits are tested together, as strictly as both.
 */
import { GATE_METRICS } from '../core/gate-record.ts'
import { normalQuantile } from '../core/statistics/normal.ts'
import { type Block, smallestPValue } from '../core/statistics/rank-test.ts'

const LEVELS = [0.1, 0.035] as const
/** In one direction as seldom a false alarm as two rounds are. */
export const LEVEL_OF_ALL = (LEVELS[0] * LEVELS[1]) / 2
/** What is to be seen is seen in 95 of 100 gates: in each of two rounds, in 97.5. */
const POWER = 0.95

/** Fewer, of blocks or of an arm's stored visits, say nothing of how they spread. */
export const FEWEST_UNITS = 3
const VISITS_A_BLOCK_AND_ARM = 2

/** `first round`: another may follow. `together`: one test of all visits. */
export type TestPlan = 'first round' | 'two rounds' | 'together'

/** `round` from 1. */
export function levelOf(round: number): number {
  return LEVELS[round - 1] ?? LEVELS[1]
}

/** Whether visits that lie so could be significant at all, corrected for so many metrics. */
export function canTell(blocks: readonly Block[], level: number, tested: number = GATE_METRICS.length): boolean {
  return smallestPValue(blocks) * Math.max(1, tested) < level
}

/** Visits an arm from which one test of all can be significant. */
export function visitsToTell(isInterleaved: boolean, tested: number = GATE_METRICS.length): number {
  let units: number = FEWEST_UNITS
  while (!canTell(isInterleaved ? wholeBlocks(units) : [blockOf(units)], LEVEL_OF_ALL, tested)) units++
  return isInterleaved ? units * VISITS_A_BLOCK_AND_ARM : units
}

function wholeBlocks(count: number): Block[] {
  return Array.from({ length: count }, () => blockOf(VISITS_A_BLOCK_AND_ARM))
}

function blockOf(visitsAnArm: number): Block {
  const values = Array.from({ length: visitsAnArm }, () => 0)
  return { first: values, second: values }
}

interface Sight {
  readonly plan: TestPlan
  /** Of the shift that all visits find together, on the metric's scale. */
  readonly pooledError: number
  /** Metrics that the first test tests. */
  readonly tested: number
}

/** The smallest shift that passes every test in 95 of 100 gates, each metric corrected for the others. */
function testableShift({ plan, pooledError, tested }: Sight): number {
  const beyond = (level: number): number => normalQuantile(1 - level / (2 * Math.max(1, tested)))
  if (plan === 'together') return (beyond(LEVEL_OF_ALL) + normalQuantile(POWER)) * pooledError
  const roundError = plan === 'two rounds' ? pooledError * Math.SQRT2 : pooledError
  return (beyond(LEVELS[0]) + normalQuantile(1 - (1 - POWER) / LEVELS.length)) * roundError
}

/** The same with the least effect that matters, which has to be exceeded by what was measured. */
export function visibleShift(sight: Sight, leastShift: number): number {
  return Math.max(testableShift(sight), leastShift + normalQuantile(POWER) * sight.pooledError)
}
