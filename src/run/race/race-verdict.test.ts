import { describe, expect, it } from 'vitest'
import type { RaceCoverage, RacePart } from '../../core/race-record.ts'
import { partOf, racedOrder } from '../../report/testing/race-records.ts'
import { type RaceFindings, raceVerdict } from './race-verdict.ts'

function found(part: Partial<RacePart>, changes: Partial<RaceFindings> = {}): ReturnType<typeof raceVerdict> {
  return raceVerdict({ parts: [partOf(part)], stocks: 1, acceptPartial: false, endedBy: null, ...changes })
}

describe('the verdict of a race', () => {
  it('is none where places of a crash were left out, unless less was to do', () => {
    expect(found({ crashesLeft: 'out-of-budget' })).toEqual({ verdict: 'inconclusive', exitCode: 4 })
    expect(found({ crashesLeft: 'out-of-budget' }, { acceptPartial: true }).verdict).toBe('passed')
    expect(found({ crashesLeft: 'ended' }, { endedBy: 'environment' }).verdict).toBe('environment')
  })

  it('is right where every order was tried and none was wrong', () => {
    expect(found({ coverage: 'complete' })).toEqual({ verdict: 'passed', exitCode: 0 })
  })

  it.each(['complete', 'stopped-at-first', 'out-of-budget', 'interrupted', 'nondeterministic'] as const)(
    'is wrong where one order was, %s or not',
    (coverage) => {
      expect(found({ coverage, wrong: 1, shortest: racedOrder })).toEqual({ verdict: 'wrong', exitCode: 1 })
    },
  )

  it.each<[RaceCoverage, number, number]>([
    ['out-of-budget', 4, 0],
    ['preemption-bound', 4, 0],
    ['nondeterministic', 4, 4],
    ['no-answer', 4, 4],
    ['stopped-at-first', 4, 4],
    ['interrupted', 130, 130],
  ])('of a search that ended %s is exit %i, and %i where that was said to do', (coverage, strictly, accepted) => {
    expect(found({ coverage }).exitCode).toBe(strictly)
    expect(found({ coverage }, { acceptPartial: true }).exitCode).toBe(accepted)
  })

  it('is wrong where a crash was not survived, though every order was right', () => {
    const survived = {
      at: 0,
      kind: 'after',
      event: 'buyer 1 #1',
      call: 'UPDATE',
      failed: [],
      sentence: 'kept',
    } as const
    expect(found({ crashes: [survived] }).exitCode).toBe(0)
    expect(found({ crashes: [survived, { ...survived, failed: ['acknowledged-kept'] }] }).exitCode).toBe(1)
  })

  it('believes no search in which one order went two ways', () => {
    const nondeterminism = { step: 1, sentence: 'another call' }
    expect(found({ coverage: 'complete', nondeterminism }, { acceptPartial: true }).exitCode).toBe(4)
  })

  it('is not right for a stock that was never begun', () => {
    expect(found({}, { stocks: 2 }).exitCode).toBe(4)
    expect(found({}, { stocks: 2, endedBy: 'interrupted' }).exitCode).toBe(130)
    expect(found({}, { stocks: 2, endedBy: 'environment' }).exitCode).toBe(5)
    expect(found({ wrong: 1 }, { stocks: 2, endedBy: 'environment' }).exitCode).toBe(1)
  })
})
