import { describe, expect, it } from 'vitest'
import { endsOf } from './race-ends.ts'

describe('how orders ended', () => {
  it('is told once for each end of all searches, most orders first', () => {
    const right = { end: '1 sold', failed: [], orders: 2 }
    const wrong = { end: '2 sold', failed: ['no-oversell'], orders: 3 }
    expect(endsOf({ ends: [right] }, { ends: [wrong, { ...right, orders: 4 }] })).toEqual([
      { sentence: '1 sold', failed: [], orders: 6 },
      { sentence: '2 sold', failed: ['no-oversell'], orders: 3 },
    ])
  })

  it('is another end where another check failed', () => {
    const one = { end: '2 sold', failed: ['no-oversell'], orders: 1 }
    expect(endsOf({ ends: [one, { ...one, failed: [] }] })).toHaveLength(2)
  })
})
