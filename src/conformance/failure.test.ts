import assert from 'node:assert/strict'
import { describe, expect, it } from 'vitest'
import { failureSentence } from './failure.ts'

function failureOf(work: () => void): string {
  try {
    work()
  } catch (error) {
    return failureSentence(error)
  }
  throw new Error('it did not fail')
}

describe('why a case failed', () => {
  it('is the claim, what came, and what was expected', () => {
    expect(failureOf(() => assert.equal(201, 409, 'r1 is refused'))).toBe('r1 is refused: got 201, expected 409')
    expect(failureOf(() => assert.deepEqual([1, 'a'], [2, 'a'], 'it is told'))).toBe(
      'it is told: got [1,"a"], expected [2,"a"]',
    )
  })

  it('needs no claim, and no more than one', () => {
    expect(failureOf(() => assert.equal(undefined, 'SOLD_OUT'))).toBe('got nothing, expected "SOLD_OUT"')
    expect(failureOf(() => assert.ok(false, '3 units: 5 were sold'))).toBe('3 units: 5 were sold')
  })

  it('is short', () => {
    expect(failureOf(() => assert.equal('x'.repeat(9_999), 'y', 'short')).length).toBeLessThan(400)
  })

  it('names the reason beneath a call that failed', () => {
    expect(failureSentence(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }))).toBe(
      'fetch failed: ECONNREFUSED',
    )
  })
})
