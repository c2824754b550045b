import { describe, expect, it } from 'vitest'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { stockAtOpening } from './stock-at-opening.ts'

type Terms = Pick<TargetDescriptor, 'open' | 'tells' | 'initialStock' | 'shared'>

const OPENS: Terms = { open: [], tells: { stock: true, limit: true }, initialStock: null, shared: false }
const RESETS: Terms = { ...OPENS, tells: { stock: false, limit: false } }
const GOES_ON: Terms = { ...RESETS, open: null }
const SALE = { sku: 'cherry', initialStock: 100, unitsAskedFor: 100 }

function read(terms: Terms, stock: number | null): number {
  return stockAtOpening(terms, SALE, stock)
}

describe('the stock that a sale is judged by', () => {
  it('is what was asked for; one that opens with more is no sale to be judged', () => {
    expect(read(OPENS, 100)).toBe(100)
    expect(read(OPENS, null)).toBe(100)
    expect(() => read(OPENS, 400)).toThrow('cherry opened with 400 units where 100 were asked for')
    expect(() => read({ ...OPENS, initialStock: 100 }, 99)).toThrow('cherry opened with 99 units')
  })

  it('is never less than what is there, where others sell too', () => {
    expect(read({ ...OPENS, shared: true }, 97)).toBe(100)
    expect(read({ ...OPENS, shared: true }, 130)).toBe(130)
  })

  it('is what is there, where the target sets it itself or nobody opens it', () => {
    expect(read(RESETS, 400)).toBe(400)
    expect(read(RESETS, null)).toBe(100)
    expect(read(GOES_ON, 17)).toBe(17)
    expect(read({ ...GOES_ON, initialStock: 30 }, null)).toBe(30)
    expect(() => read(GOES_ON, null)).toThrow('nobody says how many units of cherry there are')
  })
})
