import { describe, expect, it } from 'vitest'
import type { ContestantResult } from '../core/compare-record.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { comparisonVerdict } from './comparison-verdict.ts'
import { verdictOfRuns } from './contestant-result.ts'
import { regimeOf, resultOf } from './testing/results.ts'

const RUN = { directory: 'runs/01', runId: 'r', startedAt: '', verdict: 'passed' } as ContestantResult['runs'][number]
const ended = (name: string, verdict: RunVerdict) => resultOf(name, [1], { verdict, runs: [RUN] })

const NOBODY = new Set<string>()

function verdict(results: readonly ContestantResult[], expected: readonly string[] = [], interrupted = false) {
  const isExpected = ({ contestant }: ContestantResult) => expected.includes(contestant)
  return comparisonVerdict({ regimes: [regimeOf(1, results)], interrupted, isExpected, unranked: NOBODY })
}

describe('the verdict of a comparison', () => {
  it('is passed when somebody is right and meets the SLO, and missed when nobody meets it', () => {
    expect(verdict([ended('a', 'passed'), ended('b', 'missed')])).toBe('passed')
    expect(verdict([ended('a', 'inconclusive'), ended('b', 'missed')])).toBe('missed')
  })

  it('is wrong when somebody was, unless that was to be expected', () => {
    expect(verdict([ended('a', 'passed'), ended('naive', 'wrong')])).toBe('wrong')
    expect(verdict([ended('a', 'passed'), ended('naive', 'wrong')], ['naive'])).toBe('passed')
  })

  it('is that of the environment when somebody could not run, or nobody could', () => {
    const missing = resultOf('b', null, { verdict: 'environment' })
    expect(verdict([ended('a', 'passed'), missing])).toBe('environment')
    expect(verdict([ended('a', 'passed'), missing], ['b'])).toBe('passed')
    expect(verdict([missing], ['b'])).toBe('environment')
  })

  it('is inconclusive when nothing could be told', () => {
    expect(verdict([ended('a', 'inconclusive')])).toBe('inconclusive')
  })

  it('is interrupted when it was, but wrong all the same', () => {
    expect(verdict([ended('a', 'passed')], [], true)).toBe('interrupted')
    expect(verdict([resultOf('a', null, { verdict: null })], [], true)).toBe('interrupted')
    expect(verdict([ended('a', 'wrong')], [], true)).toBe('wrong')
  })

  it('needs somebody in every regime', () => {
    const regimes = [regimeOf(1, [ended('a', 'missed')]), regimeOf(0.01, [ended('a', 'passed')])]
    expect(comparisonVerdict({ regimes, interrupted: false, isExpected: () => false, unranked: NOBODY })).toBe('missed')
  })
})

describe('who is never ranked', () => {
  const terms = { interrupted: false, isExpected: () => false, unranked: new Set(['naive']) }

  it('is not the somebody that meets the SLO', () => {
    const regimes = [regimeOf(1, [ended('a', 'missed'), ended('naive', 'passed')])]
    expect(comparisonVerdict({ ...terms, regimes })).toBe('missed')
  })

  it('does not miss it either', () => {
    const regimes = [regimeOf(1, [ended('a', 'inconclusive'), ended('naive', 'missed')])]
    expect(comparisonVerdict({ ...terms, regimes })).toBe('inconclusive')
  })
})

describe('the verdict of several runs', () => {
  it.each<[RunVerdict | null, RunVerdict[]]>([
    ['wrong', ['passed', 'passed', 'wrong']],
    ['environment', ['passed', 'passed', 'environment']],
    ['passed', ['passed', 'missed', 'passed']],
    ['missed', ['missed', 'passed', 'missed']],
    ['inconclusive', ['passed', 'missed']],
    ['inconclusive', ['passed', 'missed', 'inconclusive']],
    ['passed', ['passed', 'interrupted']],
    ['interrupted', ['interrupted']],
    [null, []],
  ])('is %s of %j', (expected, verdicts) => {
    expect(verdictOfRuns(verdicts)).toBe(expected)
  })
})
