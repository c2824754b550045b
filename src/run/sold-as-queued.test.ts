import { expect, it } from 'vitest'
import type { CheckName, CheckResult } from '../core/check.ts'
import { withSoldAsQueued } from './sold-as-queued.ts'

function failed(check: CheckName): CheckResult {
  return {
    check,
    step: 0,
    sku: 'cherry',
    verdict: 'fail',
    measured: 1,
    allowed: 0,
    unit: 'units',
    sentence: '',
    details: {},
    evidence: [],
  }
}

it('a place in the queue is no promise of an order: only what the ledger holds convicts', () => {
  expect(withSoldAsQueued(failed('acknowledged-kept'), true).verdict).toBe('not-checked')
  expect(withSoldAsQueued(failed('linearizable'), true).verdict).toBe('not-checked')
  expect(withSoldAsQueued(failed('no-oversell'), true).verdict).toBe('fail')
  expect(withSoldAsQueued(failed('no-oversell'), false).verdict).toBe('not-checked')
})
