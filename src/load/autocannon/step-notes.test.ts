import { describe, expect, it } from 'vitest'
import type { Step } from '../../core/scenario.ts'
import { evenPlan } from '../open-loop/testing/plans.ts'
import { stepNotes } from './step-notes.ts'

const notesOf = (step: Partial<Step>, end: { sent?: number; tookMs?: number } = {}): string[] => {
  const plan = evenPlan(100, 10)
  const whole = { ...plan, step: { ...plan.step, durationMs: 1_000, connections: 4, ...step } }
  return stepNotes(whole, { maxInFlight: 64, sent: 60, tookMs: 1_000, ...end })
}

describe('the notes of a closed step', () => {
  it('say nothing where all is as the scenario says', () => {
    expect(notesOf({})).toEqual([])
  })

  it('say that a shape of the rate is not kept', () => {
    expect(notesOf({ shape: { kind: 'spike', decayMs: 5 } })).toEqual([
      'closed model: the rate is what is answered, and no spike: only the order of its requests is kept',
    ])
  })

  it('say when the plan was at its end before the step', () => {
    expect(notesOf({}, { sent: 100, tookMs: 250 })).toEqual([
      'all 100 planned requests were sent after 250ms: a higher rate plans more',
    ])
    expect(notesOf({}, { sent: 99, tookMs: 250 })).toEqual([])
  })
})
