import { describe, expect, it } from 'vitest'
import { nonNegativeLeastSquares, unexplainedShare } from './least-squares.ts'

describe('non-negative least squares', () => {
  it('solves what can be solved', () => {
    const rows = [
      [1, 0],
      [0, 1],
      [1, 1],
    ]
    const [a, b] = nonNegativeLeastSquares({ rows, values: [2, 3, 5] })
    expect(a).toBeCloseTo(2)
    expect(b).toBeCloseTo(3)
  })

  it('sets to zero what would be negative, and fits the rest anew', () => {
    const rows = [
      [1, 0],
      [1, 1],
    ]
    // Unconstrained: 4 and -3. Alone, the first is their mean.
    expect(nonNegativeLeastSquares({ rows, values: [4, 1] })).toEqual([2.5, 0])
  })

  it('gives nothing to columns that are not there', () => {
    expect(nonNegativeLeastSquares({ rows: [[0, 2]], values: [4] })).toEqual([0, 2])
  })

  it('refuses more columns than it can try', () => {
    expect(() => nonNegativeLeastSquares({ rows: [Array.from({ length: 9 }, () => 1)], values: [1] })).toThrow(
      RangeError,
    )
    expect(() => nonNegativeLeastSquares({ rows: [], values: [] })).toThrow(RangeError)
  })
})

describe('what other columns leave unexplained', () => {
  it('is nothing of a copy, and all of what stands apart', () => {
    const rows = [
      [1, 2, 0],
      [2, 4, 0],
      [0, 0, 1],
    ]
    expect(unexplainedShare(rows, 0)).toBeCloseTo(0)
    expect(unexplainedShare(rows, 2)).toBeCloseTo(1)
  })
})
