import { describe, expect, it } from 'vitest'
import type { BuyRequest } from '../buy.ts'
import { answersOf, batchValues, groupBySale } from './batch-rows.ts'

const request = (sku: string, requestId: string, userId = `u-${requestId}`, quantity = 1): BuyRequest => ({
  sku,
  userId,
  requestId,
  quantity,
})
function orderIds(): () => string {
  let count = 0
  return () => `o${++count}`
}

describe('a batch', () => {
  it('has its sales sorted, and their requests in the order of asking', () => {
    const groups = groupBySale([request('b', '1'), request('a', '2'), request('b', '3', 'u', 2)], orderIds())
    expect(groups.map(({ sku, orderIds, members }) => ({ sku, orderIds, members }))).toEqual([
      { sku: 'a', orderIds: ['o2'], members: [1] },
      { sku: 'b', orderIds: ['o1', 'o3'], members: [0, 2] },
    ])
    expect(batchValues(groups)).toEqual([
      ['a', 'b'],
      ['o2', 'o1 o3'],
      ['2', '1 3'],
      ['u-2', 'u-1 u'],
      ['1', '1 2'],
      [true, true],
    ])
  })

  it.each([
    ['a request id', [request('a', '1', 'u'), request('a', '1', 'v')]],
    ['a user', [request('a', '1', 'u'), request('a', '2', 'u')]],
  ])('says so when %s comes twice', (_what, requests) => {
    expect(batchValues(groupBySale(requests, orderIds()))[5]).toEqual([false])
  })
})

describe('the answers', () => {
  const group = { sku: 'a', requests: [], orderIds: ['o1', 'o2', 'o3'] }

  it('are told by one letter for all', () => {
    expect(answersOf(group, ['s', null])).toEqual(
      ['o1', 'o2', 'o3'].map((orderId) => ({ kind: 'sold', orderId, replayed: false })),
    )
    expect(answersOf(group, ['o', null])).toEqual(Array.from({ length: 3 }, () => ({ kind: 'soldOut' })))
  })

  it('are told by a letter for each, replays with their orders in turn', () => {
    const five = { ...group, orderIds: ['o1', 'o2', 'o3', 'o4', 'o5'] }
    expect(answersOf(five, ['rslrk', 'x y'])).toEqual([
      { kind: 'sold', orderId: 'x', replayed: true },
      { kind: 'sold', orderId: 'o2', replayed: false },
      { kind: 'limitExceeded' },
      { kind: 'sold', orderId: 'y', replayed: true },
      { kind: 'keyReused' },
    ])
  })

  it('are never guessed', () => {
    expect(() => answersOf(group, ['s?s', ''])).toThrow('"?"')
    expect(() => answersOf(group, ['ss', ''])).toThrow('"undefined"')
  })
})
