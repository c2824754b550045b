import { describe, expect, it } from 'vitest'
import type { ContestantResult } from '../core/compare-record.ts'
import type { Threshold } from '../core/scenario.ts'
import { canBeToldApart, FEWEST_RUNS, placesOf, rankingFigure } from './ranking.ts'
import { estimateOf, resultOf } from './testing/results.ts'

const FAST = [8, 8.2, 8.1]
const SLOW = [20, 21, 22]

function places(results: readonly ContestantResult[], unranked: readonly string[] = []) {
  return placesOf(results, new Set(unranked), 'p99').map(({ place, contestants }) => [place, ...contestants])
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

  it('never holds who may have no place anywhere', () => {
    expect(places([resultOf('naive', [1, 1, 1]), resultOf('a', SLOW)], ['naive'])).toEqual([[1, 'a']])
  })

  it('never holds of whom nothing was measured', () => {
    expect(places([resultOf('a', null), resultOf('b', FAST, { verdict: 'environment' })])).toEqual([])
  })

  it('tells nobody apart by one run or two, and says what each had', () => {
    const [only, ...others] = placesOf([resultOf('a', [8]), resultOf('b', [80])], new Set(), 'p99')
    expect(others).toEqual([])
    expect(only).toMatchObject({ place: 1, contestants: ['a', 'b'], because: 'p99 a 8.00ms, b 80.0ms' })
    expect(places([resultOf('a', [8, 8.1]), resultOf('b', [80, 81])])).toEqual([[1, 'a', 'b']])
  })

  it('gives the interval with the figure', () => {
    const [place] = placesOf([resultOf('a', FAST)], new Set(), 'p99')
    expect(place!.because).toBe('p99 8.10ms (8.00ms to 8.20ms)')
  })
})

/** Of all orders in which the values of two equals can stand, the share in which they are told apart. */
function chanceOfEquals(runs: number): number {
  let [told, orders] = [0, 0]
  for (let chosen = 0; chosen < 2 ** (2 * runs); chosen++) {
    const values = Array.from({ length: 2 * runs }, (_, index) => index)
    const first = values.filter((index) => (chosen >> index) & 1)
    if (first.length !== runs) continue
    orders++
    const second = values.filter((index) => !first.includes(index))
    if (canBeToldApart(estimateOf(first), estimateOf(second))) told++
  }
  return told / orders
}

describe('two that are equal', () => {
  it.each([
    [1, 0],
    [2, 0],
    [3, 0.1],
    [4, 0.057],
    [5, 0.095],
    [6, 0.093],
    [7, 0.097],
  ])('are told apart after %i runs each with the chance that is documented: %f', (runs, chance) => {
    expect(chanceOfEquals(runs)).toBeCloseTo(chance, 3)
  })

  it('are never told apart by fewer runs than are said to be needed', () => {
    expect(chanceOfEquals(FEWEST_RUNS - 1)).toBe(0)
    expect(chanceOfEquals(FEWEST_RUNS)).toBeGreaterThan(0)
  })
})

describe('two that differ', () => {
  it('can be told apart though one value of each overlaps', () => {
    expect(canBeToldApart(estimateOf([1, 2, 3, 4, 6]), estimateOf([5, 7, 8, 9, 10]))).toBe(true)
  })

  it('are not told apart where ranks and medians point to different sides', () => {
    const low = [...range(0, 10), ...range(100, 110), 120]
    const high = [...range(20, 31), ...range(200, 210)]
    expect(canBeToldApart({ ...estimateOf(low), median: 300 }, estimateOf(high))).toBe(false)
  })
})

function range(from: number, until: number): number[] {
  return Array.from({ length: until - from }, (_, index) => from + index)
}

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
