import { describe, expect, it } from 'vitest'
import { searchTerms } from './capacity-terms.ts'

const OPEN = { fromRatePerSec: null, toRatePerSec: null, precision: 0.05 }

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
