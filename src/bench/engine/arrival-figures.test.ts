import { describe, expect, it } from 'vitest'
import { burstiness, median } from './arrival-figures.ts'

describe('burstiness', () => {
  const runOf = (count: (cell: number) => number): number[] => [
    ...Array.from({ length: 7 }, () => 0),
    ...Array.from({ length: 100 }, (_, cell) => count(cell)),
    ...Array.from({ length: 9 }, () => 0),
  ]

  it('is nothing for even arrivals, and much for bursts', () => {
    expect(burstiness(runOf(() => 128))).toBe(0)
    // Everything in one cell of ten: mean 128, variance 128^2 x 9.
    expect(burstiness(runOf((cell) => (cell % 10 === 0 ? 1_280 : 0)))).toBeGreaterThan(1_000)
  })

  it('leaves out the start and the end', () => {
    expect(burstiness(runOf((cell) => (cell < 10 || cell > 95 ? 9_999 : 128)))).toBe(0)
  })

  it('is no number for a run without arrivals', () => {
    expect(burstiness([0, 0, 0])).toBeNaN()
  })
})

describe('the median', () => {
  it('leaves out what is no number', () => {
    expect(median([3, Number.NaN, 1, 2])).toBe(2)
    expect(median([4, 1])).toBe(2.5)
    expect(median([])).toBeNaN()
  })
})
