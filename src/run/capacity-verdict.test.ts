import { describe, expect, it } from 'vitest'
import type { CapacityInterval, CapacityRecord } from '../core/capacity-record.ts'
import { endOf, failureNote, verdictOf } from './capacity-verdict.ts'

const ONLY_BAD = { lowerRatePerSec: null, upperRatePerSec: 100 } as CapacityInterval

function found(capacity: CapacityInterval): CapacityRecord {
  return { capacity, wrong: null } as CapacityRecord
}

describe('what ends a search', () => {
  it('is a trial of it that failed, and no trial that came after it', () => {
    expect(endOf('search', 'environment')).toBe('environment')
    expect(endOf('demand', 'environment')).toBeNull()
    expect(endOf('prediction', 'environment')).toBeNull()
  })

  it.each(['search', 'demand', 'prediction'] as const)('is a wrong sale and Ctrl-C, in any trial: %s', (purpose) => {
    expect(endOf(purpose, 'wrong')).toBe('wrong')
    expect(endOf(purpose, 'interrupted')).toBe('interrupted')
  })
})

it('a trial that failed after the search is told of', () => {
  expect(failureNote({ purpose: 'demand', ratePerSec: 4_000 }, 'the server exited')).toBe(
    'after the search a trial at 4,000/s failed, and no further one was made (demand): the server exited',
  )
})

describe('the verdict', () => {
  it('is that the SLO was missed where not even the lowest rate meets it', () => {
    expect(verdictOf(found(ONLY_BAD), 'floor')).toBe('missed')
  })

  it('is that nobody knows, where the time was over before lower rates were tried', () => {
    expect(verdictOf(found(ONLY_BAD), 'budget')).toBe('inconclusive')
  })
})
