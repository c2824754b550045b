import { describe, expect, it } from 'vitest'
import type { ContestantResult } from '../core/compare-record.ts'
import type { Threshold } from '../core/scenario.ts'
import { placesOf, rankingFigure } from './ranking.ts'
import { random, resultOf } from './testing/results.ts'

const FAST = [8, 8.2, 8.1]
const SLOW = [20, 21, 22]

function places(results: readonly ContestantResult[], builtWrong: readonly string[] = []) {
  return placesOf(results, new Set(builtWrong), 'p99', random()).map(({ place, contestants }) => [
    place,
    ...contestants,
  ])
}

describe('the ranking', () => {
  it('puts the lower response time first, whatever the order of contestants', () => {
    expect(places([resultOf('a', SLOW), resultOf('b', FAST)])).toEqual([
      [1, 'b'],
      [2, 'a'],
    ])
  })

  it('puts who meets the SLO before who does not, however quick', () => {
    expect(places([resultOf('a', SLOW), resultOf('b', FAST, { verdict: 'missed', meetsSlo: false })])).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
  })

  it('names as a tie what can not be told apart, and counts on behind it', () => {
    expect(places([resultOf('a', [8, 9, 10]), resultOf('b', [8.5, 9.5, 10.5]), resultOf('c', SLOW)])).toEqual([
      [1, 'a', 'b'],
      [3, 'c'],
    ])
  })

  it('opens a place by its best: who can be told from that one stands behind, near as it is to another', () => {
    const results = [resultOf('a', [8, 9, 10]), resultOf('b', [9.5, 10.5, 11.5]), resultOf('c', [11, 12, 13])]
    expect(places(results)).toEqual([
      [1, 'a', 'b'],
      [3, 'c'],
    ])
  })

  it('lets nobody share a place across the SLO', () => {
    expect(places([resultOf('a', FAST), resultOf('b', FAST, { meetsSlo: false })])).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
  })

  it('never holds who was wrong, however quick', () => {
    const wrong = resultOf('naive', [1, 1, 1], { verdict: 'wrong' })
    expect(places([wrong, resultOf('a', SLOW)])).toEqual([[1, 'a']])
  })

  it('never holds who has a fault on purpose, caught or not', () => {
    expect(places([resultOf('naive', [1, 1, 1]), resultOf('a', SLOW)], ['naive'])).toEqual([[1, 'a']])
  })

  it('never holds of whom nothing was measured', () => {
    expect(places([resultOf('a', null), resultOf('b', FAST, { verdict: 'environment' })])).toEqual([])
  })

  it('is of single values after one run, and says why each stands where it does', () => {
    const [first, second] = placesOf([resultOf('a', [8]), resultOf('b', [8.1])], new Set(), 'p99', random())
    expect([first!.contestants, second!.contestants]).toEqual([['a'], ['b']])
    expect(second).toMatchObject({ place: 2, because: 'p99 8.10ms' })
  })

  it('gives the interval with the figure', () => {
    const [place] = placesOf([resultOf('a', FAST)], new Set(), 'p99', random())
    expect(place!.because).toBe('p99 8.10ms (8.00ms to 8.20ms)')
  })
})

describe('what is ranked by', () => {
  const bound = (metric: string, comparison: Threshold['comparison'] = '<'): Threshold => ({
    expression: '',
    metric,
    comparison,
    limit: 1,
    scope: 'each',
    origin: 'scenario',
  })

  it('is the first response time that the SLO bounds from above', () => {
    expect(rankingFigure([bound('errorRate'), bound('mean'), bound('p50')])).toBe('mean')
  })

  it('is p99 where it bounds none', () => {
    expect(rankingFigure([bound('achieved', '>='), bound('p50', '>'), bound('service.p90')])).toBe('p99')
  })
})
