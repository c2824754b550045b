import { describe, expect, it } from 'vitest'
import { marginInterval, type MarginTrial } from './margin-interval.ts'

/** Response time c / (k - rate), where 1,000/s is the capacity and 1,200/s the saturation; each margin off by a factor. */
function trials(...off: readonly number[]): MarginTrial[] {
  const rates = [800, 900, 950, 1_000, 1_050, 1_100]
  return rates.map((ratePerSec, index) => ({
    ratePerSec,
    durationMs: 8_000,
    margin: (200 / (1_200 - ratePerSec)) * (off[index] ?? 1),
  }))
}

describe('the interval that margins leave', () => {
  it('is narrow where they lie on the curve', () => {
    const { low, high } = marginInterval(trials(), 990)!
    expect(high / low).toBeLessThan(1.1)
  })

  it('is wider where they scatter, and holds the capacity all the same', () => {
    const { low, high } = marginInterval(trials(1.3, 0.8, 1.2, 0.7, 1.3, 0.8), 1_000)!
    expect(high / low).toBeGreaterThan(1.1)
    expect(low).toBeLessThan(1_000)
    expect(high).toBeGreaterThan(1_000)
  })

  it('is not known from few trials, from one rate, or from rates far away', () => {
    expect(marginInterval(trials().slice(0, 4), 1_000)).toBeNull()
    expect(
      marginInterval(
        Array.from({ length: 8 }, () => trials()[3]!),
        1_000,
      ),
    ).toBeNull()
    expect(marginInterval(trials(), 10_000)).toBeNull()
  })
})
