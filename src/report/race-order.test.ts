import { describe, expect, it } from 'vitest'
import type { WrongOrder } from '../core/race-record.ts'
import { orderLines, orderText, orderTitles, shortCall, shortened, storesOf } from './race-order.ts'
import { articleOrder, crashedOrder, lockedOrder, memoryOrder, racedOrder, stepOfRace } from './testing/race-records.ts'

const HOSTILE = 'a\u0000\u001B[2J\u202Eb\nc'

function saidOf(order: WrongOrder): string[] {
  return orderLines(order).flatMap((line) => (line.kind === 'said' ? [line.words] : []))
}

function resultsOf(order: WrongOrder): string[] {
  return orderLines(order).flatMap((line) => (line.kind === 'step' ? [line.result] : []))
}

describe('an order as lines', () => {
  it('has a line a step, and one for each thing that a buyer is told', () => {
    expect(orderLines(racedOrder)[0]).toEqual({
      kind: 'step',
      number: 1,
      who: 'buyer 1 comes',
      call: {
        text: expect.stringMatching(/^SELECT s\.remaining.* WHERE s\.sku = \$2$/) as string,
        values: '[r-1, s-1]',
      },
      result: '1 row: 1, 0, NULL',
      stock: ['1'],
    })
    expect(saidOf(racedOrder)).toEqual(['buyer 1 is told: sold', 'buyer 2 is told: sold'])
  })

  it('says for whom a call waits, and what it gets when it comes back', () => {
    expect(resultsOf(lockedOrder)[1]).toBe('waits for buyer 1')
    expect(saidOf(lockedOrder)[0]).toBe('buyer 2 has waited, and gets: 1 row: 1')
    const forEver = { ...lockedOrder, steps: lockedOrder.steps.slice(0, 2) }
    expect(resultsOf(forEver)[1]).toBe('waits')
  })

  it('has a step for a reply that comes later than its call, and for a buyer who comes before it', () => {
    expect(orderText(memoryOrder)[0]).toBe('1. buyer 1 comes: no store call -> postgres has 1')
    expect(orderText(memoryOrder)[4]).toBe(
      '5. buyer 1: the server gets the reply to step 3 -> 1 row: sold, o-1; postgres has 0',
    )
  })

  it('has the stock as each store holds it: none is not nothing said', () => {
    expect(orderTitles(storesOf(racedOrder)).slice(4)).toEqual(['stock'])
    expect(orderTitles(storesOf(articleOrder)).slice(4)).toEqual(['postgres has', 'redis has'])
    const stocks = orderLines(articleOrder).flatMap((line) => (line.kind === 'step' ? [line.stock] : []))
    expect(stocks).toEqual([
      ['1', '0'],
      ['1', 'none'],
      ['1', '1'],
      ['0', '1'],
    ])
  })

  it('has several commands of one call on one line, and what is no call in its words', () => {
    expect(orderText(articleOrder)[0]).toBe(
      '1. buyer 1 comes: EVALSHA deduct 4 requests stock; HSET request -> 1; postgres has 1; redis has 0',
    )
    expect(saidOf(crashedOrder)).toEqual(['the server is killed'])
    expect(orderText(crashedOrder).at(-1)).toBe('3. background: the server is started again -> postgres has 0')
  })

  it('lets through nothing of a store or a server that would not be a line of text', () => {
    const call = { store: 'redis', text: HOSTILE, values: [HOSTILE], result: HOSTILE } as const
    const answers = [{ actor: 'buyer 1', outcome: 'refused', words: HOSTILE }] as const
    const step = stepOfRace('buyer 1 #1', { call, answers, released: [{ actor: 'buyer 2', result: HOSTILE }] })
    for (const line of orderText({ ...racedOrder, steps: [step] })) expect(line).not.toMatch(/\p{Cc}|\u202E/u)
  })
})

describe('a call on little room', () => {
  const call = { text: 'SELECT remaining FROM stock WHERE sku = $1 FOR UPDATE', values: '[request-1, user-1, sku-1]' }

  it.each([
    [100, 'SELECT remaining FROM stock WHERE sku = $1 FOR UPDATE [request-1, user-1, sku-1]'],
    [70, 'SELECT remaining FROM stock WHERE sku = ... [request-1, user-1, sku-1]'],
    [40, 'SELECT remainin ... [request- ... sku-1]'],
  ])('of %i columns keeps the beginning of its statement and both ends of its values', (longest, expected) => {
    expect(shortCall(call, longest)).toBe(expected)
  })

  it('gives all of it to what is short', () => {
    expect(shortCall({ text: 'GET stock', values: call.values }, 30)).toBe('GET stock [request- ... sku-1]')
    expect(shortCall({ text: call.text, values: '[s-1]' }, 30).length).toBe(30)
    expect(shortCall({ text: call.text, values: '' }, 30).length).toBe(30)
  })
})

describe('a text with its middle left out', () => {
  it.each([
    ['abcdefghij', 10, 'abcdefghij'],
    ['abcdefghijklmnop', 15, 'abcdef ... mnop'],
    ['abcdefghij', 4, 'abcd'],
  ])('of %j in %i columns is %j', (text, longest, expected) => {
    expect(shortened(text, longest)).toBe(expected)
  })
})
