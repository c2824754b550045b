import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import { holm } from './holm.ts'
import { normalCdf, normalQuantile, studentQuantile } from './normal.ts'
import { alignedRankTest, type Block, mannWhitney, smallestPValue } from './rank-test.ts'

/** Drawn once by numpy; what is expected of them was computed by scipy.stats.mannwhitneyu 1.17.1. */
const FIRST = [
  10.35, 10.82, 10.33, 8.7, 10.91, 10.45, 9.46, 10.58, 10.36, 10.29, 10.03, 10.55, 9.26, 9.84, 9.52, 10.6, 10.04, 9.71,
  9.22, 9.74, 10.01, 9.72, 11.29, 11.01, 7.29,
]
const SECOND = [
  8.71, 10.43, 10.18, 10.81, 10.82, 12.72, 9.49, 10.22, 12.64, 11.25, 11.26, 10.09, 8.95, 10.77, 10.71, 9.37, 9.92,
  10.53, 9.66, 10.5, 10.7, 10.64, 10.09, 11.19, 11.49, 10.92, 9.78, 11.33, 10.1, 11.48,
]
const TO_TWELVE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

describe('the test of Mann and Whitney', () => {
  it.each([
    ['of small samples is exact', [20, 11, 17, 12], [19, 22, 16, 29, 24], 17, 1 / 9],
    ['of a shift of 3.5 in twelve values', TO_TWELVE, TO_TWELVE.map((value) => value + 3.5), 108, 0.038_721_138_869],
    [
      'of ties is corrected for them',
      [1.1, 2.2, 2.2, 3.3, 3.3, 3.3, 4.4, 5.5],
      [2.2, 3.3, 4.4, 4.4, 5.5, 5.5, 6.6, 7.7, 7.7],
      58.5,
      0.031_758_957_148,
    ],
    ['of larger samples is that of the normal distribution', FIRST, SECOND, 502.5, 0.031_811_656_282],
  ])('%s, as scipy has it', (_, first, second, u, pValue) => {
    const test = mannWhitney(first, second)
    expect(test.u).toBe(u)
    expect(test.pValue).toBeCloseTo(pValue, 6)
  })

  it('says the same of both directions', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 25 })
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const [one, other] = [mannWhitney(first, second), mannWhitney(second, first)]
        expect(one.pValue).toBeCloseTo(other.pValue, 10)
        expect(one.u + other.u).toBeCloseTo(first.length * second.length, 10)
      }),
    )
  })

  it('asks for ranks alone: no monotone change of the values changes it', () => {
    const sample = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const logs = (values: readonly number[]): number[] => values.map((value) => Math.log(value))
        expect(mannWhitney(logs(first), logs(second))).toEqual(mannWhitney(first, second))
      }),
    )
  })

  it('sees nothing where all values are alike, or one sample is empty', () => {
    expect(mannWhitney([2, 2, 2], [2, 2]).pValue).toBe(1)
    expect(mannWhitney([], [2, 2]).pValue).toBe(1)
  })
})

describe('the aligned rank test', () => {
  it('of one block is that of Mann and Whitney', () => {
    const first = [20, 11, 17, 12]
    const second = [19, 22, 16, 29, 24]
    const [aligned, plain] = [alignedRankTest([{ first, second }]), mannWhitney(first, second)]
    expect(aligned.u).toBe(plain.u)
    expect(aligned.pValue).toBeCloseTo(plain.pValue, 12)
  })

  it('counts every way to deal the ranks of each block', () => {
    // Ranks 1, 2, 3 and 4 of each block pair up, the second sample on top in both: one of 6 x 6 ways, either way.
    const block: Block = { first: [1, 2], second: [3, 4] }
    const other: Block = { first: [101.1, 102.1], second: [103.1, 104.1] }
    expect(alignedRankTest([block, other]).pValue).toBeCloseTo(2 / 36, 12)
  })

  it('knows a chance where there are more ways than a number can hold', () => {
    const tied = Array.from({ length: 400 }, (): Block => ({ first: [1, 1], second: [1, 1] }))
    expect(alignedRankTest(tied).pValue).toBe(1)
    const apart = Array.from({ length: 4 }, (_, index): Block => ({ first: [index, index], second: [9, 9] }))
    expect(alignedRankTest([...tied, ...apart]).pValue).toBeCloseTo(2 / 6 ** 4, 12)
  })

  it('sees a shift through a drift that hides it from samples without blocks', () => {
    const blocks = Array.from({ length: 6 }, (_, index): Block => {
      const level = 100 * 1.3 ** index
      return { first: [level, level + 1], second: [level + 2, level + 3] }
    })
    expect(alignedRankTest(blocks).pValue).toBeLessThan(0.001)
    const all = (arm: 'first' | 'second'): number[] => blocks.flatMap((block) => block[arm])
    expect(mannWhitney(all('first'), all('second')).pValue).toBeGreaterThan(0.5)
  })

  it('is not moved by what whole blocks have more', () => {
    const value = fc.integer({ min: 0, max: 20 })
    const pair = fc.tuple(value, value)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(pair, pair, fc.integer({ min: -9, max: 9 })), { minLength: 1, maxLength: 6 }),
        (given) => {
          const blocks = given.map(([first, second]): Block => ({ first, second }))
          const moved = given.map(
            ([first, second, by]): Block => ({
              first: first.map((one) => one + by),
              second: second.map((one) => one + by),
            }),
          )
          expect(alignedRankTest(moved)).toEqual(alignedRankTest(blocks))
          const turned = blocks.map(({ first, second }): Block => ({ first: second, second: first }))
          expect(alignedRankTest(turned).pValue).toBeCloseTo(alignedRankTest(blocks).pValue, 10)
        },
      ),
    )
  })

  it('raises no more false alarms than its level says', () => {
    const random = createRandom(11)
    let alarms = 0
    for (let trial = 0; trial < 2_000; trial++) {
      const blocks = Array.from({ length: 5 }, (): Block => {
        const level = random.exponential(10)
        const draw = (): number[] => [level + random.exponential(1), level + random.exponential(1)]
        return { first: draw(), second: draw() }
      })
      if (alignedRankTest(blocks).pValue <= 0.05) alarms++
    }
    expect(alarms / 2_000).toBeLessThan(0.065)
    expect(alarms / 2_000).toBeGreaterThan(0.03)
  })
})

describe('the smallest p-value that a test can have', () => {
  it('is that of samples that lie apart in every block, and 1 of samples that are empty', () => {
    const block = (by: number): Block => ({ first: [1 + by, 2 + by], second: [3 + 2 * by, 4 + 2 * by] })
    const blocks = [block(0), block(1), block(2)]
    expect(smallestPValue(blocks)).toBeCloseTo(2 / 6 ** 3, 12)
    expect(alignedRankTest(blocks).pValue).toBeCloseTo(smallestPValue(blocks), 12)
    const halves: Block = { first: [1, 2, 3], second: [4, 5, 6] }
    expect(smallestPValue([halves])).toBeCloseTo(mannWhitney(halves.first, halves.second).pValue, 12)
    expect(smallestPValue([{ first: [], second: [1] }])).toBe(1)
  })
})

describe("Holm's correction", () => {
  it('multiplies the smallest by all, the next by one fewer, and never falls', () => {
    const adjusted = holm([0.04, 0.01, 0.03])
    expect(adjusted[0]).toBeCloseTo(0.06, 12)
    expect(adjusted[1]).toBeCloseTo(0.03, 12)
    expect(adjusted[2]).toBeCloseTo(0.06, 12)
    expect(holm([0.6, 0.9])).toEqual([1, 1])
    expect(holm([])).toEqual([])
  })
})

describe('the normal distribution', () => {
  it.each([
    [-3, 0.001_349_9],
    [-1, 0.158_655_25],
    [0.5, 0.691_462_46],
    [1.96, 0.975_002_1],
  ])('has below %d what its tables say', (z, p) => {
    expect(normalCdf(z)).toBeCloseTo(p, 6)
    expect(normalQuantile(p)).toBeCloseTo(z, 4)
  })

  it("has Student's beside it, which is wider for few", () => {
    // Tables: t(0.975; 3) = 3.182, t(0.975; 7) = 2.365, t(0.95; 30) = 1.697.
    expect(studentQuantile(0.975, 3)).toBeCloseTo(3.182, 1)
    expect(studentQuantile(0.975, 7)).toBeCloseTo(2.365, 2)
    expect(studentQuantile(0.95, 30)).toBeCloseTo(1.697, 3)
  })

  it('has no quantile of certainty', () => {
    expect(() => normalQuantile(1)).toThrow(RangeError)
  })
})
