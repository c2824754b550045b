import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import { bootstrapInterval, estimate, median, quantile } from './estimate.ts'

describe('quantile', () => {
  it('takes what lies between two neighbours in proportion', () => {
    expect(quantile([4, 1, 3, 2], 0)).toBe(1)
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75)
    expect(quantile([4, 1, 3, 2], 1)).toBe(4)
  })

  it('refuses to make a figure of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError)
    expect(() => bootstrapInterval(median, [[1], []], { random: createRandom(1) })).toThrow(RangeError)
  })
})

describe('estimate', () => {
  it('is the same from the same seed, and null where nothing was measured', () => {
    const values = [5, 3, 9, 4, 7, 6]
    expect(estimate(values, { random: createRandom(7) })).toEqual(estimate(values, { random: createRandom(7) }))
    expect(estimate([], { random: createRandom(7) })).toBeNull()
  })

  it('has no width where all values are alike', () => {
    expect(estimate([2, 2, 2], { random: createRandom(1) })).toMatchObject({ median: 2, low: 2, high: 2 })
  })

  it.each([
    [1, 0],
    [2, 0.5],
    [3, 0.75],
    [5, 0.9375],
  ])('of %i values claims no more than that they span the true median, %f', (count, held) => {
    const values = Array.from({ length: count }, (_, index) => index)
    expect(estimate(values, { random: createRandom(1) })).toMatchObject({
      low: 0,
      high: count - 1,
      confidence: held,
    })
  })

  it('claims what was asked for where there are enough values, and never more', () => {
    const values = Array.from({ length: 31 }, (_, index) => index)
    expect(estimate(values, { random: createRandom(1) })!.confidence).toBeGreaterThan(0.9)
    expect(estimate(values, { random: createRandom(1), confidence: 0.5 })!.confidence).toBeLessThanOrEqual(0.5)
  })

  it('holds the true median about as often as it says', () => {
    const random = createRandom(3)
    let held = 0
    for (let trial = 0; trial < 300; trial++) {
      const values = Array.from({ length: 15 }, () => random.exponential(1))
      const { low, high } = estimate(values, { random, resamples: 300 })!
      if (low <= Math.LN2 && Math.LN2 <= high) held++
    }
    expect(held / 300).toBeGreaterThan(0.88)
    expect(held / 300).toBeLessThan(0.99)
  })
})
