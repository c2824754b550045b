import { describe, expect, it } from 'vitest'
import { overheadOf, reservedMs, tooShortNote } from './capacity-budget.ts'

describe('what a trial takes beside its load', () => {
  it('is guessed until a second one was made: the first starts what the others find running', () => {
    expect(overheadOf([])).toBe(5_000)
    expect(overheadOf([40_000])).toBe(5_000)
    expect(overheadOf([40_000, 3_000])).toBe(3_000)
  })

  it('is not what the slowest one took', () => {
    expect(overheadOf([40_000, 3_000, 12_000, 3_200])).toBe(3_200)
  })

  it('is what the last ones took, where it changes', () => {
    expect(overheadOf([1, 9_000, 9_000, 9_000, 9_000, 9_000, 2_000, 2_000, 2_000])).toBe(2_000)
  })
})

describe('what is kept for the trials after the search', () => {
  const reserve = { budgetMs: 300_000, overheadMs: 3_000, predicts: true }

  it('is the length of each, and what it takes beside', () => {
    expect(reservedMs({ ...reserve, trialsMs: [4_000, 8_000] })).toBe(18_000)
  })

  it('is never so much that little is left for the search', () => {
    const trialsMs = Array.from({ length: 100 }, () => 4_000)
    expect(reservedMs({ ...reserve, trialsMs })).toBe(150_000)
    expect(reservedMs({ ...reserve, trialsMs, predicts: false })).toBe(90_000)
  })
})

it('a budget that holds no trial says so, and what does', () => {
  expect(tooShortNote(10_000, { ratePerSec: 100, durationMs: 5_100 })).toContain(
    'the budget of 10.0s holds no trial of 5.1s, which is how long one at 100/s has to be',
  )
})
