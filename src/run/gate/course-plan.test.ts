import { describe, expect, it } from 'vitest'
import { planGate } from '../../gate/index.ts'
import { type CoursePlan, planCourse } from './course-plan.ts'

const VISIT_MS = 5_000

/** After a whole calibration. */
function planWithin(leftMs: number): CoursePlan {
  const spentMs = 5 * VISIT_MS
  const plan = planGate({ budgetMs: leftMs + spentMs, visitMs: VISIT_MS })
  return planCourse(plan, {
    totalMs: leftMs + spentMs,
    leftMs,
    visitMs: VISIT_MS,
    plannedVisitMs: VISIT_MS,
    calibrated: 5,
  })
}

describe('the rounds of a course', () => {
  it('are two where each holds three blocks', () => {
    expect(planWithin(24 * VISIT_MS)).toMatchObject({ rounds: 2, blocksARound: 3, shortage: null })
  })

  it('are one of all blocks where they are too few for two', () => {
    expect(planWithin(23 * VISIT_MS)).toMatchObject({
      rounds: 1,
      blocksARound: 5,
      shortage: 'the budget holds one round of 5 blocks, and none to confirm it: --budget 3m would do for two rounds',
    })
  })

  it('are none where nothing could be told from chance', () => {
    expect(planWithin(19 * VISIT_MS)).toMatchObject({
      rounds: 0,
      blocksARound: 0,
      shortage:
        'the budget is too small to judge times in: a visit takes 5.0 s, and --budget 3m would do for two rounds',
    })
  })

  it('would be two in the budget that is named', () => {
    const isTwo = (budgetMs: number): boolean => planWithin(budgetMs - 5 * VISIT_MS).rounds === 2
    expect([isTwo(180_000), isTwo(120_000)]).toEqual([true, false])
  })
})
