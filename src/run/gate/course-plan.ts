/** How many rounds a budget holds, said before the first of them: fewer blocks than are enough find nothing. Pure. */
import type { GatePlan } from '../../gate/index.ts'
import { blocksWithin } from '../../gate/index.ts'

interface CourseBudget {
  readonly totalMs: number
  readonly leftMs: number
  /** What a visit takes. */
  readonly visitMs: number
  /** The same with a reserve. */
  readonly plannedVisitMs: number
  /** Of the baseline alone, so far. */
  readonly calibrated: number
}

export interface CoursePlan extends GatePlan {
  /** 0: times can't be judged. 1: too few blocks for two, so that all are one round, and judged without another. */
  readonly rounds: 0 | 1 | 2
  /** Why it is not two, and what budget would do; null: it is. */
  readonly shortage: string | null
}

/** Of a round: with fewer, no order of the visits is rare enough to be told from chance. */
const FEWEST_BLOCKS = 3
/** Of one round without another, which is judged as strictly as two are. */
const FEWEST_ALONE = 5
const VISITS_OF_TWO_ROUNDS = 2 * FEWEST_BLOCKS * 4

export function planCourse(plan: GatePlan, budget: CourseBudget): CoursePlan {
  if (plan.blocksARound >= FEWEST_BLOCKS) return { ...plan, rounds: 2, shortage: null }
  const blocks = blocksWithin(budget.leftMs, budget.plannedVisitMs)
  const enough = `--budget ${budgetWords(enoughMs(plan, budget))} would do for two rounds`
  if (blocks < FEWEST_ALONE) {
    const shortage = `the budget is too small to judge times in: a visit takes ${seconds(budget.visitMs)}, and ${enough}`
    return { ...plan, blocksARound: 0, visitsAnArm: 0, rounds: 0, shortage }
  }
  const shortage = `the budget holds one round of ${blocks} blocks, and none to confirm it: ${enough}`
  return { ...plan, blocksARound: blocks, visitsAnArm: blocks, rounds: 1, shortage }
}

function enoughMs(
  { calibrationVisits }: GatePlan,
  { totalMs, leftMs, plannedVisitMs, calibrated }: CourseBudget,
): number {
  const visits = Math.max(0, calibrationVisits - calibrated) + VISITS_OF_TWO_ROUNDS
  return totalMs - leftMs + visits * plannedVisitMs
}

/** As the option takes it, rounded up. */
function budgetWords(ms: number): string {
  return ms <= 120_000 ? `${Math.ceil(ms / 1000)}s` : `${Math.ceil(ms / 60_000)}m`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toPrecision(2)} s`
}
