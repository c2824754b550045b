import { describe, expect, it } from 'vitest'
import type { BuyRequest } from '../strategies/buy.ts'
import { answerFrom, type Picture, resultFrom } from './sale-books.ts'

const request: BuyRequest = { sku: 's', userId: 'u', requestId: 'r', quantity: 2 }
const open: Picture = {
  sale: { remaining: 2, version: 5, perUserLimit: 3, closed: false },
  earlier: null,
  unitsOfUser: 1,
}
const withSale = (sale: Partial<NonNullable<Picture['sale']>>): Picture => ({
  ...open,
  sale: { ...open.sale!, ...sale },
})
const earlier = { orderId: 'o', userId: 'u', sku: 's', quantity: 2 }

describe('answerFrom', () => {
  it('has no answer while enough is left and the limit allows, to the last unit of both', () => {
    expect(answerFrom(open, request)).toBeNull()
  })

  it.each([
    ['one unit less', withSale({ remaining: 1 }), 'soldOut'],
    ['one unit more for the user', { ...open, unitsOfUser: 2 }, 'limitExceeded'],
    ['a closed sale', withSale({ closed: true }), 'saleClosed'],
    ['no sale', { ...open, sale: null }, 'saleNotFound'],
  ] as const)('refuses with %s', (_name, picture, kind) => {
    expect(answerFrom(picture, request)).toEqual({ kind })
  })

  it('knows no limit where none is', () => {
    expect(answerFrom({ ...withSale({ perUserLimit: null }), unitsOfUser: 1_000 }, request)).toBeNull()
  })

  it('answers a retry with its order before anything else', () => {
    const picture = { ...withSale({ remaining: 0, closed: true }), earlier, unitsOfUser: 3 }
    expect(answerFrom(picture, request)).toEqual({ kind: 'sold', orderId: 'o', replayed: true })
  })

  it.each([{ userId: 'v' }, { sku: 't' }, { quantity: 1 }])(
    'takes a request that differs by %o for no retry',
    (other) => {
      expect(answerFrom({ ...open, earlier: { ...earlier, ...other } }, request)).toEqual({ kind: 'keyReused' })
    },
  )
})

describe('resultFrom', () => {
  it('tells a new order from a retry, and a conflict from an answer', () => {
    expect(resultFrom(['sold', 'o'])).toEqual({ kind: 'sold', orderId: 'o', replayed: false })
    expect(resultFrom(['replayed', 'o'])).toEqual({ kind: 'sold', orderId: 'o', replayed: true })
    expect(resultFrom(['soldOut', null])).toEqual({ kind: 'soldOut' })
    expect(resultFrom(['conflict', null])).toBeNull()
  })
})
