import { describe, expect, it } from 'vitest'
import type { LedgerOrder } from '../core/ledger.ts'
import { buy, ledger, order, read } from './testing/histories.ts'
import { judge, ordersOf, soldOneByOne, verdict } from './testing/one-check.ts'

describe('no-oversell', () => {
  it('accepts as many units as there were, and says by how many more it was oversold', () => {
    expect(verdict('no-oversell', { stock: 3 }, soldOneByOne(3), ledger(ordersOf(3)))).toBe('pass')
    expect(judge('no-oversell', { stock: 2 }, soldOneByOne(3), ledger(ordersOf(3)))).toMatchObject({
      verdict: 'fail',
      measured: 1,
      allowed: 0,
      unit: 'units',
      sentence: 'oversold by 1 unit: 3 sold of 2',
    })
  })

  it('shows the buyers who were sold what was not there', () => {
    const { evidence } = judge('no-oversell', { stock: 2 }, soldOneByOne(3), ledger(ordersOf(3)))
    expect(evidence).toHaveLength(1)
    expect(evidence[0]!.sentence).toBe('user u-r3 (request r3) was told "sold" at +0.025s: that made 3 of 2 units')
    expect(evidence[0]!.operations.map(({ requestId }) => requestId)).toEqual(['r3'])
  })

  it('counts units, and orders that are only in a queue', () => {
    const two = [buy('r1', 0, 5, 'sold', { quantity: 2 })]
    expect(verdict('no-oversell', { stock: 2 }, two, ledger([order('r1', { quantity: 2 })]))).toBe('pass')
    expect(verdict('no-oversell', { stock: 1 }, two, ledger([order('r1', { quantity: 2, durable: false })]))).toBe(
      'fail',
    )
  })

  it('is judged without a ledger by what surely and what possibly was sold', () => {
    const terms = { stock: 2 }
    expect(verdict('no-oversell', terms, soldOneByOne(3), null)).toBe('fail')
    expect(verdict('no-oversell', terms, [...soldOneByOne(1), buy('r9', 0, null, 'unknown')], null)).toBe('pass')
    const open = judge('no-oversell', terms, [...soldOneByOne(2), buy('r9', 0, null, 'unknown')], null)
    expect(open).toMatchObject({ verdict: 'unknown' })
    expect(open.sentence).toContain('between 2 and 3 units')
  })

  it('passes with a ledger that was read too early only if nothing more can come', () => {
    const early = ledger(ordersOf(1), { settled: false })
    expect(verdict('no-oversell', { stock: 2 }, soldOneByOne(2), early)).toBe('pass')
    expect(verdict('no-oversell', { stock: 1 }, soldOneByOne(2), early)).toBe('unknown')
    expect(verdict('no-oversell', { stock: 0 }, soldOneByOne(2), early)).toBe('fail')
  })
})

describe('acknowledged-kept', () => {
  const terms = { stock: 5 }

  it('wants a durable order for every "sold"', () => {
    expect(verdict('acknowledged-kept', terms, soldOneByOne(2), ledger(ordersOf(2)))).toBe('pass')
    const lost = judge('acknowledged-kept', terms, soldOneByOne(2), ledger(ordersOf(1)))
    expect(lost).toMatchObject({ verdict: 'fail', measured: 1, unit: 'buyers' })
    expect(lost.sentence).toBe('1 buyer was promised an order that does not exist')
    expect(lost.evidence[0]!.sentence).toBe(
      'user u-r2 (request r2) was told "sold" (order o-r2) at +0.015s; the ledger has no order of this request',
    )
    const queued = ledger([order('r1'), order('r2', { durable: false })])
    expect(judge('acknowledged-kept', terms, soldOneByOne(2), queued)).toMatchObject({
      verdict: 'fail',
      sentence: '1 buyer was promised an order that is not durable: it is still only in a queue',
    })
  })

  it('counts buyers, not answers', () => {
    const twice = [buy('r1', 0, 5, 'sold'), buy('r1', 0, 6, 'sold'), ...soldOneByOne(3).slice(1)]
    expect(judge('acknowledged-kept', terms, twice, ledger([])).sentence).toBe(
      '3 buyers were promised an order that does not exist',
    )
  })

  it('can only find, not miss, an order in a ledger that was read too early', () => {
    const settled = (orders: number) => ledger(ordersOf(orders), { settled: false })
    expect(verdict('acknowledged-kept', terms, soldOneByOne(2), settled(2))).toBe('pass')
    expect(verdict('acknowledged-kept', terms, soldOneByOne(2), settled(1))).toBe('unknown')
  })

  it('is not checked without a ledger', () => {
    expect(verdict('acknowledged-kept', terms, soldOneByOne(2), null)).toBe('not-checked')
  })

  it('matches orders without request ids by the order id that the buyer was told', () => {
    const told = ledger([order(null, { orderId: 'o-r1' }), order(null, { orderId: 'o-r2' })])
    expect(verdict('acknowledged-kept', terms, soldOneByOne(2), told)).toBe('pass')
    const other = ledger([order(null, { orderId: 'a' }), order(null, { orderId: 'b' })])
    expect(verdict('acknowledged-kept', terms, soldOneByOne(2), other)).toBe('unknown')
    const fewer = ledger([order(null, { orderId: 'a' })])
    expect(judge('acknowledged-kept', terms, soldOneByOne(2), fewer)).toMatchObject({
      verdict: 'fail',
      measured: 1,
      sentence: 'at least 1 buyer was promised an order that does not exist',
    })
  })

  it('wants the order that was promised: as many units, the id that was told, the name of the buyer', () => {
    const history = [buy('r1', 0, 5, 'sold', { quantity: 2 })]
    const deviant = (terms: Partial<LedgerOrder>) =>
      judge('acknowledged-kept', { stock: 5 }, history, ledger([order('r1', { quantity: 2, ...terms })]))
    expect(deviant({})).toMatchObject({ verdict: 'pass' })
    expect(deviant({ quantity: 1 })).toMatchObject({
      verdict: 'fail',
      measured: 1,
      details: { otherThanPromised: 1 },
      sentence: '1 buyer has another order than promised (of other units than asked for)',
    })
    expect(deviant({ quantity: 3 }).evidence[0]!.sentence).toBe(
      'user u-r1 (request r1) asked for 2 units and was told "sold"; order o-r1 is of 3',
    )
    expect(deviant({ orderId: 'o-other' }).evidence[0]!.sentence).toBe(
      'user u-r1 (request r1) was told order o-r1; the ledger has order o-other for this request',
    )
    expect(deviant({ userId: 'u-other' }).evidence[0]!.sentence).toBe(
      'user u-r1 (request r1) was told "sold"; order o-r1 of this request is in the name of u-other',
    )
    expect(deviant({ userId: null })).toMatchObject({ verdict: 'pass' })
  })

  it('adds up the lost and the altered', () => {
    const result = judge('acknowledged-kept', terms, soldOneByOne(2), ledger([order('r1', { userId: 'u-x' })]))
    expect(result.measured).toBe(2)
    expect(result.sentence).toBe(
      '1 buyer was promised an order that does not exist; 1 buyer has another order than promised (in the name of another user)',
    )
  })

  it('says how many units the lost were promised, those of altered orders left out', () => {
    const three = [1, 2, 5].map((quantity, n) => buy(`r${n}`, n * 10, n * 10 + 5, 'sold', { quantity }))
    const lostUnits = (...given: Parameters<typeof ledger>) =>
      judge('acknowledged-kept', { stock: 9 }, three, ledger(...given)).details['lostUnits']
    const altered = order('r0', { userId: 'u-x' })
    expect(lostUnits([altered, order('r1', { quantity: 2 }), order('r2', { quantity: 5 })])).toBe(0)
    expect(lostUnits([altered])).toBe(7)
    expect(lostUnits([altered], { settled: false })).toBe(0)
    expect(lostUnits([altered, order('r2', { quantity: 5, durable: false })])).toBe(7)
  })

  it("takes an order that may be anybody's for that of the buyer who asked for most", () => {
    const buyers = (requestId: string | null) =>
      [1, 2, 5].map((quantity, n) => buy(requestId && `${requestId}${n}`, n * 10, n * 10 + 5, 'sold', { quantity }))
    const lostUnits = (history: ReturnType<typeof buyers>, of: LedgerOrder) =>
      judge('acknowledged-kept', { stock: 9 }, history, ledger([of])).details['lostUnits']
    expect(lostUnits(buyers('r'), order(null, { orderId: 'a' }))).toBe(3)
    expect(lostUnits(buyers('r'), order('stranger'))).toBe(8)
    expect(lostUnits(buyers(null), order('stranger'))).toBe(3)
  })

  it('counts a buyer once whose other order is only in a queue', () => {
    const queued = ledger([order('r1', { durable: false, orderId: 'o-other' })])
    expect(judge('acknowledged-kept', terms, soldOneByOne(1), queued)).toMatchObject({ verdict: 'fail', measured: 1 })
    const early = ledger([order('r1', { durable: false, orderId: 'o-other' })], { settled: false })
    expect(judge('acknowledged-kept', terms, soldOneByOne(1), early)).toMatchObject({ verdict: 'fail', measured: 1 })
  })

  it('holds the order to the id that a later answer named, where the first named none', () => {
    const history = [buy('r1', 0, 5, 'sold', { orderId: null }), buy('r1', 10, 15, 'sold', { orderId: 'o-told' })]
    const kept = (orderId: string) => verdict('acknowledged-kept', terms, history, ledger([order('r1', { orderId })]))
    expect(kept('o-told')).toBe('pass')
    expect(kept('o-other')).toBe('fail')
  })

  it('holds it to no user where its attempts came in the names of several', () => {
    const history = [buy('r1', 0, 5, 'sold', { user: 'ann' }), buy('r1', 1, 6, 'sold', { user: 'bob' })]
    const kept = (userId: string) => verdict('acknowledged-kept', terms, history, ledger([order('r1', { userId })]))
    expect([kept('ann'), kept('bob')]).toEqual(['pass', 'pass'])
  })

  it('holds it to what any of its attempts asked for', () => {
    const history = [buy('r1', 0, 5, 'unknown', { quantity: 1 }), buy('r1', 10, 15, 'sold', { quantity: 3 })]
    const kept = (quantity: number) => verdict('acknowledged-kept', terms, history, ledger([order('r1', { quantity })]))
    expect([1, 3, 4].map(kept)).toEqual(['pass', 'pass', 'fail'])
  })

  it('finds no fault with a second order beside the one that was told: that is for another check', () => {
    const orders = [order('r1', { orderId: 'o-second' }), order('r1')]
    expect(verdict('acknowledged-kept', terms, [buy('r1', 0, 5, 'sold')], ledger(orders))).toBe('pass')
    expect(verdict('exactly-once', terms, [buy('r1', 0, 5, 'sold')], ledger(orders))).toBe('fail')
  })

  it('takes an order with an unknown request id for that of a buy whose request nobody recorded', () => {
    const history = [buy(null, 0, 5, 'sold'), buy(null, 0, 5, 'sold')]
    expect(verdict('acknowledged-kept', terms, history, ledger([order('x'), order('y')]))).toBe('unknown')
    expect(verdict('acknowledged-kept', terms, history, ledger([order('x')]))).toBe('fail')
  })
})

describe('exactly-once', () => {
  const terms = { stock: 5 }

  it('accepts a replay with the same order, and no second order', () => {
    const history = [buy('r1', 0, 5, 'sold'), buy('r1', 10, 15, 'sold')]
    expect(verdict('exactly-once', terms, history, ledger([order('r1')]))).toBe('pass')
    const doubled = judge('exactly-once', terms, history, ledger([order('r1'), order('r1', { orderId: 'o-2' })]))
    expect(doubled).toMatchObject({ verdict: 'fail', sentence: '1 request made more than one order' })
    expect(doubled.evidence[0]!.sentence).toBe('the one request of user u-r1 (request r1) made 2 orders: o-r1, o-2')
  })

  it('accepts no replay with another order, with or without a ledger', () => {
    const history = [buy('r1', 0, 5, 'sold'), buy('r1', 10, 15, 'sold', { orderId: 'o-2' })]
    expect(verdict('exactly-once', terms, history, ledger([order('r1')]))).toBe('fail')
    expect(verdict('exactly-once', terms, history, null)).toBe('fail')
    const silent = [buy('r1', 0, 5, 'sold'), buy('r1', 10, 15, 'sold', { orderId: null })]
    expect(verdict('exactly-once', terms, silent, null)).toBe('pass')
  })

  it('accepts no order that is promised to two requests, also without a ledger', () => {
    const history = [buy('r1', 0, 5, 'sold', { orderId: 'o-1' }), buy('r2', 10, 15, 'sold', { orderId: 'o-1' })]
    const shared = judge('exactly-once', terms, history, null)
    expect(shared).toMatchObject({ verdict: 'fail', sentence: '1 request was promised the order of another one' })
    expect(shared.evidence[0]!.sentence).toBe(
      'user u-r1 (request r1) and user u-r2 (request r2) were both told order o-1',
    )
    const both = ledger([order('r1', { orderId: 'o-1' }), order('r2', { orderId: 'o-2' })])
    expect(verdict('acknowledged-kept', terms, history, both)).toBe('fail')
    const one = ledger([order('r1', { orderId: 'o-1' })])
    expect(verdict('acknowledged-kept', terms, history, one)).toBe('fail')
    const twins = ledger([order('r1', { orderId: 'o-1' }), order('r2', { orderId: 'o-1' })])
    expect(verdict('exactly-once', terms, history, twins)).toBe('fail')
    const withoutIds = ledger([order(null, { orderId: 'o-1', userId: null })])
    expect(verdict('acknowledged-kept', terms, history, withoutIds)).toBe('fail')
  })

  it('accepts "sold out" before the first "sold" came back, and not after', () => {
    const replayedAt = (ms: number, outcome: 'soldOut' | 'limitReached') => [
      buy('r1', 0, 10, 'sold'),
      buy('r1', ms, ms + 1, outcome),
    ]
    expect(verdict('exactly-once', terms, replayedAt(10, 'soldOut'), null)).toBe('pass')
    const late = judge('exactly-once', terms, replayedAt(11, 'limitReached'), null)
    expect(late).toMatchObject({ verdict: 'fail', details: { takenBack: 1 } })
    expect(late.evidence[0]!.sentence).toBe(
      'user u-r1 (request r1) was told "sold" at +0.010s, and "limit reached" to the same request sent at +0.011s',
    )
    expect(verdict('exactly-once', { ...terms, clockErrorMs: 1 }, replayedAt(11, 'soldOut'), null)).toBe('pass')
  })

  it('is open while a second order may still come', () => {
    expect(verdict('exactly-once', terms, soldOneByOne(1), ledger(ordersOf(1), { settled: false }))).toBe('unknown')
    expect(verdict('exactly-once', terms, soldOneByOne(1), ledger([order('r1'), order(null)]))).toBe('unknown')
  })
})

describe('nothing-invented', () => {
  const terms = { stock: 5 }

  it('accepts an order of a request without an answer, and none of one that was refused', () => {
    const sentBy = (outcome: 'unknown' | 'refused' | 'soldOut' | 'limitReached' | 'dropped') => [
      ...soldOneByOne(1),
      buy('r9', 0, 5, outcome),
    ]
    const snapshot = ledger([order('r1'), order('r9')])
    expect(verdict('nothing-invented', terms, sentBy('unknown'), snapshot)).toBe('pass')
    for (const outcome of ['refused', 'soldOut', 'limitReached', 'dropped'] as const) {
      expect(verdict('nothing-invented', terms, sentBy(outcome), snapshot), `told ${outcome}`).toBe('fail')
    }
    expect(judge('nothing-invented', terms, sentBy('soldOut'), snapshot).evidence[0]!.sentence).toBe(
      'order o-r9 exists, although user u-r9 (request r9) was told "sold out" at +0.005s',
    )
  })

  it('accepts no order of a request that nobody sent', () => {
    const snapshot = ledger([order('r1'), order('x')])
    expect(judge('nothing-invented', terms, soldOneByOne(1), snapshot)).toMatchObject({
      verdict: 'fail',
      sentence: '1 order exists that nobody was sold',
      evidence: [{ sentence: 'order o-x exists for user u-x, and nobody sent its request x', operations: [] }],
    })
    const nameless = [...soldOneByOne(1), buy(null, 0, 5, 'unknown')]
    expect(verdict('nothing-invented', terms, nameless, snapshot)).toBe('unknown')
    expect(verdict('nothing-invented', terms, nameless, ledger([order('r1'), order('x'), order('y')]))).toBe('fail')
  })

  it('counts orders that nobody can be named for', () => {
    const anonymous = (n: number) => ledger(Array.from({ length: n }, (_, i) => order(null, { orderId: `row ${i}` })))
    expect(verdict('nothing-invented', terms, soldOneByOne(2), anonymous(2))).toBe('unknown')
    expect(judge('nothing-invented', terms, soldOneByOne(2), anonymous(3))).toMatchObject({
      verdict: 'fail',
      measured: 1,
    })
  })

  it('is open while orders may still come, and not checked without a ledger', () => {
    expect(verdict('nothing-invented', terms, soldOneByOne(1), ledger(ordersOf(1), { settled: false }))).toBe('unknown')
    expect(verdict('nothing-invented', terms, soldOneByOne(1), null)).toBe('not-checked')
  })
})

describe('per-user-limit', () => {
  const terms = { stock: 9, limit: 2 }
  const ofOneUser = (n: number) => soldOneByOne(n).map((operation) => ({ ...operation, userId: 'ann' }))
  const ordersOfOneUser = (n: number) => ordersOf(n).map((order) => ({ ...order, userId: 'ann' }))

  it('accepts as many units as the limit, and names who has more', () => {
    expect(verdict('per-user-limit', terms, ofOneUser(2), ledger(ordersOfOneUser(2)))).toBe('pass')
    const over = judge('per-user-limit', terms, ofOneUser(3), ledger(ordersOfOneUser(3)))
    expect(over).toMatchObject({ verdict: 'fail', measured: 1, sentence: '1 user has more than 2 units: up to 3' })
    expect(over.evidence[0]!.sentence).toBe('user ann has 3 units, the limit is 2')
    expect(over.evidence[0]!.operations).toHaveLength(3)
  })

  it('takes the user of an order that names none from its request', () => {
    const unnamed = (n: number) => ledger(ordersOf(n).map((order) => ({ ...order, userId: null })))
    expect(verdict('per-user-limit', terms, ofOneUser(3), unnamed(3))).toBe('fail')
    expect(verdict('per-user-limit', terms, ofOneUser(2), unnamed(2))).toBe('pass')
  })

  it('is judged without a ledger by what each was surely and possibly sold', () => {
    expect(verdict('per-user-limit', terms, ofOneUser(3), null)).toBe('fail')
    expect(verdict('per-user-limit', terms, ofOneUser(2), null)).toBe('pass')
    const open = [...ofOneUser(2), buy('r9', 0, null, 'unknown', { user: 'ann' })]
    expect(verdict('per-user-limit', terms, open, null)).toBe('unknown')
    expect(verdict('per-user-limit', terms, [...ofOneUser(2), buy('r9', 0, 5, 'sold', { user: null })], null)).toBe(
      'unknown',
    )
  })

  it('is not checked where there is no limit, or where nobody knows who bought', () => {
    expect(judge('per-user-limit', { stock: 9 }, ofOneUser(3), null).sentence).toBe(
      'not checked: the sale has no limit per user',
    )
    const nobodys = [buy('r1', 0, 5, 'sold', { user: null })]
    expect(verdict('per-user-limit', terms, nobodys, null)).toBe('not-checked')
  })

  it('is open when more orders may come', () => {
    const early = ledger(ordersOfOneUser(2), { settled: false })
    expect(verdict('per-user-limit', terms, ofOneUser(2), early)).toBe('unknown')
  })
})

describe('conservation', () => {
  const left = (remainingStock: number | null, settled = true) => ledger(ordersOf(2), { remainingStock, settled })

  it('wants units sold and units left to add up', () => {
    const terms = { stock: 5 }
    expect(verdict('conservation', terms, soldOneByOne(2), left(3))).toBe('pass')
    expect(judge('conservation', terms, soldOneByOne(2), left(2))).toMatchObject({
      verdict: 'fail',
      measured: 1,
      sentence: '1 unit leaked: 5 at the opening, 2 sold, 2 left',
    })
    expect(judge('conservation', terms, soldOneByOne(2), left(5)).sentence).toBe(
      '2 units too many are sold or left: 5 at the opening, 2 sold, 5 left',
    )
  })

  it('is open before settling, and not checked without a stock to compare', () => {
    expect(verdict('conservation', { stock: 5 }, soldOneByOne(2), left(3, false))).toBe('unknown')
    expect(verdict('conservation', { stock: 5 }, soldOneByOne(2), left(null))).toBe('not-checked')
    expect(verdict('conservation', { stock: 5 }, soldOneByOne(2), null)).toBe('not-checked')
  })
})

describe('never-negative', () => {
  const terms = { stock: 2, reads: { kind: 'advisory' } } as const
  const left = (remainingStock: number) => ledger(ordersOf(2), { remainingStock })

  it('accepts none left, stored or shown, and not less', () => {
    expect(verdict('never-negative', terms, soldOneByOne(2), left(0))).toBe('pass')
    expect(judge('never-negative', terms, soldOneByOne(2), left(-1))).toMatchObject({ verdict: 'fail', measured: -1 })
    expect(verdict('never-negative', terms, [...soldOneByOne(2), read(50, 60, 0)], null)).toBe('pass')
    const shown = judge('never-negative', terms, [...soldOneByOne(2), read(50, 60, -2)], left(0))
    expect(shown).toMatchObject({ verdict: 'fail', sentence: 'a stock below zero was shown to 1 reader: -2' })
    expect(shown.evidence[0]!.sentence).toBe('a read at +0.050s showed -2 left')
  })

  it('is not checked where nobody saw a stock', () => {
    expect(verdict('never-negative', terms, soldOneByOne(2), null)).toBe('not-checked')
  })
})

describe('a ledger without request ids', () => {
  const terms = { stock: 5, limit: 1 }
  const nameless = (orderId: string) => order(null, { orderId, userId: null })
  const asTold = ledger([nameless('o-r1'), nameless('o-r2')])
  const byOtherIds = ledger([nameless('row 1'), nameless('row 2')])

  it.each(['acknowledged-kept', 'exactly-once', 'nothing-invented'] as const)(
    'does for %s where buyers were told the order ids, and else leaves it open and says what is missing',
    (check) => {
      expect(verdict(check, terms, soldOneByOne(2), asTold)).toBe('pass')
      const open = judge(check, terms, soldOneByOne(2), byOtherIds)
      expect(open.verdict).toBe('unknown')
      expect(open.sentence).toMatch(/; add requestId to ledger\.columns \("requestId" to the lines of a ledger file\)$/)
    },
  )

  it('says which column is missing to know whose an order is', () => {
    const one = judge('per-user-limit', terms, soldOneByOne(2), ledger([nameless('o-r1'), nameless('row 2')]))
    expect(one).toMatchObject({
      verdict: 'unknown',
      sentence: expect.stringMatching(/1 order; add userId to ledger\./) as string,
    })
    const none = judge('per-user-limit', terms, soldOneByOne(2), byOtherIds)
    expect(none).toMatchObject({
      verdict: 'not-checked',
      sentence: expect.stringMatching(/; add userId to ledger\./) as string,
    })
  })

  it('is told from a history without them', () => {
    const history = [buy(null, 0, 5, 'sold', { orderId: null })]
    expect(judge('nothing-invented', terms, history, ledger([order('x')])).sentence).toMatch(
      /for want of request ids; give the lines of the history their "requestId"$/,
    )
  })
})
