import { expect, it } from 'vitest'
import { FixedHistogram } from './fixed-histogram.ts'

it('counts a value up to its bound, and what is beyond the last in none but +Inf', () => {
  const histogram = new FixedHistogram([1, 2, 5])
  for (const value of [0, 1, 1.001, 5, 5.001, 100]) histogram.observe(value)
  expect(histogram.cumulative()).toEqual([
    [1, 2],
    [2, 3],
    [5, 4],
    ['+Inf', 6],
  ])
  expect(histogram.sum).toBeCloseTo(112.002)
})
