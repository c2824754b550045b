import { describe, expect, it } from 'vitest'
import { workBetween } from './work-use.ts'

const stores = { postgres: null, redis: null, notes: [] }
const reading = (counters: Record<string, number> | null) => ({ counters, stores })

describe("the target's own counters between two readings", () => {
  it('are what they rose by', () => {
    const between = workBetween(reading({ retries: 3 }), reading({ retries: 5, batches: 1 }), null)
    expect(between).toMatchObject({ counters: { retries: 2, batches: 1 }, notCounted: [] })
  })

  it.each([
    ['first', null, { retries: 5 }],
    ['second', { retries: 3 }, null],
  ])('are none, which is said, where the %s reading is missing', (_, before, after) => {
    expect(workBetween(reading(before), reading(after), null)).toMatchObject({
      counters: {},
      notCounted: [expect.stringContaining('own counters')],
    })
  })
})

it('the work of what had not settled says so, and what was pending', () => {
  const { notCounted } = workBetween(reading({}), reading({}), '3 orders')
  expect(notCounted).toEqual(['what was still pending: 3 orders'])
})
