import { describe, expect, it } from 'vitest'
import { capRemark, searchTerms } from './capacity-terms.ts'

const OPEN = { fromRatePerSec: null, toRatePerSec: null, precision: 0.05, cap: null }
const CAP = { target: 'shop', ratePerSec: 50 }

describe('where a search begins', () => {
  it('is at 100/s, or where a trial is short enough for the percentile that is asked for', () => {
    expect(searchTerms(OPEN, 459).fromRatePerSec).toBe(100)
    expect(searchTerms(OPEN, 4_603).fromRatePerSec).toBe(576)
  })

  it('is where it was asked to be, but never beyond its end', () => {
    expect(searchTerms({ ...OPEN, fromRatePerSec: 7 }, 459)).toMatchObject({ fromRatePerSec: 7, floorRatePerSec: 7 })
    expect(searchTerms({ ...OPEN, toRatePerSec: 50 }, 459)).toMatchObject({ fromRatePerSec: 50, toRatePerSec: 50 })
    expect(() => searchTerms({ ...OPEN, fromRatePerSec: 200, toRatePerSec: 100 }, 459)).toThrow(
      '--from 200 is above --to 100',
    )
  })
})

describe('where a search ends', () => {
  it('is what the target is to get at most, whatever was asked for, and that is said', () => {
    const asked = { ...OPEN, toRatePerSec: 80, cap: CAP }
    expect(searchTerms(asked, 459)).toMatchObject({ fromRatePerSec: 50, toRatePerSec: 50 })
    expect(capRemark(asked)).toBe(
      'nothing is tried beyond 50/s, which is what shop is to get at most, although --to says 80',
    )
  })

  it('is what was asked for, where the target may get more', () => {
    const asked = { ...OPEN, toRatePerSec: 40, cap: CAP }
    expect(searchTerms(asked, 459).toRatePerSec).toBe(40)
    expect(capRemark(asked)).toBeNull()
    expect(capRemark({ ...OPEN, cap: CAP })).toBeNull()
    expect(capRemark({ ...OPEN, toRatePerSec: 80 })).toBeNull()
  })

  it('is never below its beginning: who begins above the cap is told of the cap', () => {
    expect(() => searchTerms({ ...OPEN, fromRatePerSec: 60, cap: CAP }, 459)).toThrow(
      '--from 60 is above the 50/s that shop is to get at most',
    )
  })
})
