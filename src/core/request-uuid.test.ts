import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buyOfRequestUuid, requestUuid } from './request-uuid.ts'

const buyNumber = fc.nat({ max: 0xffff_ffff })

describe('the UUID of a request', () => {
  it('is one of version 8', () => {
    expect(requestUuid('run-1-', 258)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{4}00000102$/,
    )
  })

  it('leads back to its buy, in whatever form a store shows it', () => {
    fc.assert(
      fc.property(fc.string(), buyNumber, (prefix, buy) => {
        const uuid = requestUuid(prefix, buy)
        expect(buyOfRequestUuid(prefix, uuid)).toBe(buy)
        expect(buyOfRequestUuid(prefix, uuid.toUpperCase())).toBe(buy)
        expect(buyOfRequestUuid(prefix, uuid.replaceAll('-', ''))).toBe(buy)
      }),
    )
  })

  it('is of its own step alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), buyNumber, (prefix, other, buy) => {
        fc.pre(prefix !== other)
        expect(buyOfRequestUuid(other, requestUuid(prefix, buy))).toBeNull()
      }),
    )
  })

  it.each(['', 'run-1-7', 'c232ab00-9414-11ec-b3c8-9f6bdeced846', `${requestUuid('r-', 1)}0`])(
    'is not what a stranger wrote: %j',
    (uuid) => {
      expect(buyOfRequestUuid('r-', uuid)).toBeNull()
    },
  )

  it('has room for 2^32 buys, and no more', () => {
    expect(requestUuid('r-', 0xffff_ffff)).toMatch(/ffffffff$/)
    expect(() => requestUuid('r-', 2 ** 32)).toThrow(RangeError)
    expect(() => requestUuid('r-', 1.5)).toThrow(RangeError)
  })
})
