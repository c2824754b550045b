/**
 * Which arm is visited when. Blocks of four, A B B A and B A A B in pairs of random order: what a machine does over
 * minutes (it warms up, a neighbour comes) falls on both arms alike, and a block is compared with itself alone.
 */
import type { GateArm, PlannedVisit } from '../core/gate-record.ts'
import { createRandom } from '../core/random.ts'
import { visitsToTell } from './levels.ts'

export interface GatePlan {
  /** Of the baseline alone, before the rounds: what is noise here, and which counts of work are exact. */
  readonly calibrationVisits: number
  /** Of each of two rounds; 0: the budget is too small for rounds that could tell anything. */
  readonly blocksARound: number
  /** Of each arm in a round. */
  readonly visitsAnArm: number
}

const ROUNDS = 2
const VISITS_A_BLOCK = 4
/** As many as a count has to be equal in before it is called exact. */
const CALIBRATION_VISITS = 5

const BASELINE_OUTSIDE: readonly GateArm[] = ['baseline', 'candidate', 'candidate', 'baseline']
const CANDIDATE_OUTSIDE: readonly GateArm[] = ['candidate', 'baseline', 'baseline', 'candidate']

/** What fits into a budget where a visit takes so long, with the second round that a suspicion needs. */
export function planGate({ budgetMs, visitMs }: { readonly budgetMs: number; readonly visitMs: number }): GatePlan {
  const left = budgetMs - CALIBRATION_VISITS * visitMs
  const blocks = blocksWithin(left / ROUNDS, visitMs)
  const visitsAnArm = (blocks * VISITS_A_BLOCK) / 2
  if (ROUNDS * visitsAnArm < visitsToTell(true))
    return { calibrationVisits: CALIBRATION_VISITS, blocksARound: 0, visitsAnArm: 0 }
  return { calibrationVisits: CALIBRATION_VISITS, blocksARound: blocks, visitsAnArm }
}

/** Whole blocks that end in time. */
export function blocksWithin(leftMs: number, visitMs: number): number {
  return Math.max(0, Math.floor(leftMs / (visitMs * VISITS_A_BLOCK)))
}

export interface RoundRequest {
  readonly round: number
  readonly blocks: number
  /** Blocks that the rounds before had. */
  readonly earlierBlocks: number
  readonly seed: number
}

/** The visits of a round, in order. The same from the same seed. */
export function planRound({ round, blocks, earlierBlocks, seed }: RoundRequest): PlannedVisit[] {
  const random = createRandom(seed, round)
  let isBaselineOutside = true
  return Array.from({ length: blocks }, (_, index) => {
    // The second of a pair is the other way round than its first.
    isBaselineOutside = index % 2 === 0 ? random.below(2) === 0 : !isBaselineOutside
    const arms = isBaselineOutside ? BASELINE_OUTSIDE : CANDIDATE_OUTSIDE
    return arms.map((arm) => ({ arm, round, block: earlierBlocks + index }))
  }).flat()
}
