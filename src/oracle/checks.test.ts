import { describe, expect, it } from 'vitest'
import { CHECK_NAMES } from '../core/check.ts'
import type { CheckName, CheckResult } from '../core/check.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { Operation } from '../core/operation.ts'
import { judgeSale } from './judge.ts'
import { buy, ledger, order, read, resultOf, saleOf, type SaleTerms } from './testing/histories.ts'

function judge(
  check: CheckName,
  terms: SaleTerms,
  history: readonly Operation[],
  snapshot: LedgerSnapshot | null,
  saturated = false,
): CheckResult {
  return resultOf(judgeSale(saleOf(terms), history, snapshot, { saturated }), check)
}

function verdict(...args: Parameters<typeof judge>): string {
  return judge(...args).verdict
}

/** n buyers who were told "sold", one after another; r1, r2, ... */
function soldOneByOne(n: number): Operation[] {
  return Array.from({ length: n }, (_, i) => buy(`r${i + 1}`, i * 10, i * 10 + 5, 'sold'))
}

function ordersOf(n: number) {
  return Array.from({ length: n }, (_, i) => order(`r${i + 1}`))
}

describe('every judgement', () => {
  it('holds one result for each check, in their order', () => {
    const results = judgeSale(saleOf({ stock: 2 }), soldOneByOne(2), ledger(ordersOf(2)), { saturated: false })
    expect(results.map(({ check }) => check)).toEqual(CHECK_NAMES)
    expect(results.every(({ step, sku }) => step === 0 && sku === 'step-1')).toBe(true)
  })

  it('ignores what was dropped', () => {
    const history = [...soldOneByOne(2), buy('r9', 1, null, 'dropped')]
    expect(verdict('no-oversell', { stock: 2 }, history, null)).toBe('pass')
    expect(verdict('no-oversell', { stock: 2 }, [...soldOneByOne(2), buy('r9', 1, null, 'unknown')], null)).toBe(
      'unknown',
    )
  })
})

describe('a sale in which nothing was sold', () => {
  const refused = [buy('r1', 0, 5, 'refused'), buy('r2', 0, 5, 'refused')]

  it('passes no check where there was stock and buyers came', () => {
    const snapshot = ledger([], { remainingStock: 5, shownAfterSettling: 5 })
    const results = judgeSale(saleOf({ stock: 5 }), refused, snapshot, { saturated: false })
    expect(results.filter(({ verdict }) => verdict === 'pass')).toEqual([])
    expect(resultOf(results, 'no-oversell')).toMatchObject({
      verdict: 'unknown',
      sentence: 'unknown: nothing was sold although there was stock and buyers came, so nothing was shown',
    })
    expect(resultOf(results, 'sold-through').details['unsold']).toBe(5)
  })

  it('passes where there was no stock', () => {
    const history = [buy('r1', 0, 5, 'soldOut')]
    expect(verdict('no-oversell', { stock: 0 }, history, ledger([]))).toBe('pass')
    expect(verdict('linearizable', { stock: 0 }, history, ledger([]))).toBe('pass')
  })

  it('still fails what promised to sell through', () => {
    expect(verdict('sold-through', { stock: 2, sellsThrough: true }, refused, ledger([]))).toBe('fail')
  })

  it('passes none without a request either, unless reads were answered', () => {
    expect(verdict('linearizable', { stock: 5 }, [], ledger([]))).toBe('unknown')
    expect(verdict('linearizable', { stock: 5 }, [buy('r1', 0, null, 'dropped')], ledger([]))).toBe('unknown')
    expect(verdict('linearizable', { stock: 5 }, [read(0, 1, 5)], ledger([]))).toBe('pass')
    expect(verdict('linearizable', { stock: 5 }, [read(0, 1, 4)], ledger([]))).toBe('fail')
  })
})

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

describe('justified-refusals', () => {
  it('accepts "sold out" once every unit may be sold, and not before', () => {
    const refusedAt = (ms: number) => [...soldOneByOne(2), buy('r9', ms, ms + 1, 'soldOut', { user: 'bob' })]
    expect(verdict('justified-refusals', { stock: 2 }, refusedAt(9), null)).toBe('pass')
    const early = judge('justified-refusals', { stock: 2 }, refusedAt(8), null)
    expect(early).toMatchObject({ verdict: 'fail', measured: 1 })
    expect(early.sentence).toBe('1 answer "sold out" while stock must have been left')
    expect(early.evidence[0]!.sentence).toBe(
      'user bob (request r9) was told "sold out" at +0.009s, when at most 1 of 2 units can have been sold',
    )
  })

  it('accepts it of whoever asked for more than may be left', () => {
    const asking = (quantity: number) => [...soldOneByOne(3), buy('r9', 50, 60, 'soldOut', { quantity })]
    expect(verdict('justified-refusals', { stock: 5 }, asking(3), null)).toBe('pass')
    expect(verdict('justified-refusals', { stock: 5 }, asking(2), null)).toBe('fail')
  })

  it('lets an unanswered buy excuse it, unless the settled ledger has none', () => {
    const history = [...soldOneByOne(1), buy('r8', 0, null, 'unknown'), buy('r9', 50, 60, 'soldOut')]
    expect(verdict('justified-refusals', { stock: 2 }, history, null)).toBe('pass')
    expect(verdict('justified-refusals', { stock: 2 }, history, ledger([order('r1'), order('r8')]))).toBe('pass')
    expect(verdict('justified-refusals', { stock: 2 }, history, ledger([order('r1')]))).toBe('fail')
    expect(verdict('justified-refusals', { stock: 2 }, history, ledger([order('r1')], { settled: false }))).toBe('pass')
  })

  it('accepts "limit reached" of a user who may have as much, and of nobody else', () => {
    const terms = { stock: 9, limit: 2 }
    const asks = (quantity: number, user = 'ann') => [
      buy('r1', 0, 5, 'sold', { user: 'ann' }),
      buy('r9', 10, 15, 'limitReached', { user, quantity }),
    ]
    expect(verdict('justified-refusals', terms, asks(2), null)).toBe('pass')
    const within = judge('justified-refusals', terms, asks(1), null)
    expect(within).toMatchObject({ verdict: 'fail' })
    expect(within.evidence[0]!.sentence).toBe(
      'user ann (request r9) was told "limit reached" at +0.015s, having 1 unit at most and asking for 1; the limit is 2',
    )
    expect(verdict('justified-refusals', terms, asks(2, 'bob'), null)).toBe('fail')
  })

  it('lets whatever may be the user\'s excuse "limit reached"', () => {
    const terms = { stock: 9, limit: 1 }
    const told = [buy('r0', 0, 5, 'sold'), buy('r9', 10, 15, 'limitReached', { user: 'ann' })]
    expect(verdict('justified-refusals', terms, told, ledger([order('r0')]))).toBe('fail')
    const open = buy('r1', 12, null, 'unknown', { user: 'ann' })
    expect(verdict('justified-refusals', terms, [...told, open], null)).toBe('pass')
    expect(verdict('justified-refusals', terms, [...told, open], ledger([order('r0')]))).toBe('fail')
    const orders = [order('r0'), order('x', { userId: 'ann' })]
    expect(verdict('justified-refusals', terms, told, ledger(orders))).toBe('pass')
  })

  it('leaves "limit reached" open where nobody said what the limit is, or who was told', () => {
    const told = (user: string | null) => [...soldOneByOne(1), buy('r9', 10, 15, 'limitReached', { user })]
    expect(verdict('justified-refusals', { stock: 9, limitKnown: false }, told('ann'), null)).toBe('unknown')
    expect(verdict('justified-refusals', { stock: 9 }, told('ann'), null)).toBe('fail')
    expect(verdict('justified-refusals', { stock: 9, limit: 1 }, told(null), null)).toBe('unknown')
  })

  it('says nothing of other refusals', () => {
    const history = [...soldOneByOne(1), buy('r9', 10, 15, 'refused')]
    expect(judge('justified-refusals', { stock: 9 }, history, null)).toMatchObject({
      verdict: 'pass',
      sentence: 'nobody was told "sold out" or "limit reached"',
    })
  })
})

describe('sold-through', () => {
  const promised = { stock: 3, sellsThrough: true }
  const refused = (n: number) => Array.from({ length: n }, (_, i) => buy(`b${i}`, 0, 5, 'refused'))
  const history = (n: number) => [...soldOneByOne(1), ...refused(n)]
  const one = ledger(ordersOf(1))

  it('fails when as many units were asked for in vain as were left', () => {
    expect(verdict('sold-through', promised, history(1), one)).toBe('pass')
    const unsold = judge('sold-through', promised, history(2), one)
    expect(unsold).toMatchObject({ verdict: 'fail', measured: 2, details: { unsold: 2, turnedAway: 2 } })
    expect(unsold.sentence).toBe(
      '2 units stayed unsold although 2 buyers who asked for 2 were turned away without good reason',
    )
  })

  it("counts unanswered buys without an order, and none that was turned away for a reason of the buyer's", () => {
    const also = (operation: Operation) => verdict('sold-through', promised, [...history(1), operation], one)
    expect(also(buy('r9', 0, null, 'unknown'))).toBe('fail')
    expect(also(buy('r9', 0, 5, { kind: 'refused', code: 'SALE_CLOSED' }))).toBe('pass')
    expect(also(buy('r9', 0, 5, 'limitReached'))).toBe('pass')
    expect(also(buy('r9', 0, 5, 'refused', { quantity: 3 }))).toBe('pass')
    expect(also(buy('r9', 0, 5, 'refused', { quantity: 2 }))).toBe('fail')
    expect(also(buy('b0', 10, 15, 'refused'))).toBe('pass')
  })

  it('counts no buyer beyond the limit', () => {
    const terms = { ...promised, limit: 1 }
    const by = (user: string) => [...history(1), buy('r9', 10, 15, 'refused', { user })]
    expect(verdict('sold-through', terms, by('new'), one)).toBe('fail')
    expect(verdict('sold-through', terms, by('u-r1'), one)).toBe('pass')
    expect(verdict('sold-through', terms, by('u-b0'), one)).toBe('pass')
  })

  it('is a figure for a target that did not promise it, and for one that was saturated', () => {
    expect(judge('sold-through', { stock: 3 }, history(2), one)).toMatchObject({
      verdict: 'not-checked',
      details: { unsold: 2, turnedAway: 2 },
    })
    expect(judge('sold-through', promised, history(2), one, true)).toMatchObject({
      verdict: 'not-checked',
      details: { unsold: 2 },
    })
  })

  it('is open before settling', () => {
    expect(judge('sold-through', promised, history(2), ledger(ordersOf(1), { settled: false }))).toMatchObject({
      verdict: 'unknown',
      details: { unsold: 2 },
    })
  })
})

describe('linearizable', () => {
  it('accepts reads of any moment between sending and answer, if so promised', () => {
    const history = (stock: number) => [buy('r1', 0, 10, 'sold'), read(20, 30, stock), buy('r2', 25, 40, 'sold')]
    const reads = (kind: 'linearizable' | 'advisory', stock: number) =>
      verdict('linearizable', { stock: 5, reads: { kind } }, history(stock), null)
    expect([5, 4, 3, 2].map((stock) => reads('linearizable', stock))).toEqual(['fail', 'pass', 'pass', 'fail'])
    expect([5, 4, 3, 2].map((stock) => reads('advisory', stock))).toEqual(['pass', 'pass', 'pass', 'pass'])
  })

  it('tells what is wrong in words', () => {
    const told = (stock: number, history: readonly Operation[]) =>
      judge('linearizable', { stock }, history, null).evidence[0]!.sentence
    expect(told(5, [buy('r1', 0, 10, 'sold'), read(20, 30, 6)])).toBe(
      'a read at +0.020s showed 6 left of 5 units, more than there ever were',
    )
    expect(told(5, [buy('r1', 0, 10, 'sold'), read(20, 30, 5)])).toBe(
      '1 buy was answered "sold" by +0.010s; yet a read at +0.020s showed 5 left of 5 units',
    )
    expect(told(1, soldOneByOne(2))).toBe('2 buys were answered "sold" by +0.015s; there was only 1 unit')
    expect(told(5, [...soldOneByOne(1), buy('r9', 20, 30, 'soldOut', { user: 'bob' })])).toBe(
      'user bob (request r9) asked at +0.020s and was told "sold out", answered at +0.030s; ' +
        'at most 1 of 5 units can have been sold: no more buys that may have sold had been sent',
    )
    expect(told(1, [...soldOneByOne(1), read(20, 30, -1)])).toBe(
      'a read at +0.020s showed -1 left, answered at +0.030s; there was 1 unit in all',
    )
  })

  it('lets clocks that differ excuse what they can', () => {
    const history = [buy('r1', 0, 10, 'sold'), read(12, 30, 5)]
    expect(verdict('linearizable', { stock: 5 }, history, null)).toBe('fail')
    expect(verdict('linearizable', { stock: 5, clockErrorMs: 1 }, history, null)).toBe('pass')
  })

  it('says when quantities above one let it judge by bounds only', () => {
    const history = [buy('r1', 0, 10, 'sold', { quantity: 2 }), read(20, 30, 3)]
    expect(judge('linearizable', { stock: 5 }, history, null)).toMatchObject({ verdict: 'pass', details: { exact: 0 } })
    expect(judge('linearizable', { stock: 5 }, history, null).sentence).toContain('judged by bounds')
    expect(verdict('linearizable', { stock: 5 }, [history[0]!, read(20, 30, 4)], null)).toBe('fail')
  })
})

describe('stale-reads', () => {
  /** One unit sold by 10 ms, and a read at 100 ms that shows none sold: 90 ms old. */
  const history = (stock: number) => [buy('r1', 0, 10, 'sold'), read(100, 110, stock)]

  it('accepts a read as old as promised, and none older', () => {
    const stale = (maxAgeMs: number) => ({ stock: 5, reads: { kind: 'stale', maxAgeMs } }) as const
    expect(judge('stale-reads', stale(90), history(5), null)).toMatchObject({
      verdict: 'pass',
      details: { lagP50Ms: 90, lagP99Ms: 90, lagMaxMs: 90 },
    })
    const old = judge('stale-reads', stale(89), history(5), null)
    expect(old).toMatchObject({ verdict: 'fail', measured: 1, unit: 'reads' })
    expect(old.sentence).toBe('1 read was older than the promised 89.0ms; lag p50 90.0ms, p99 90.0ms, max 90.0ms')
    expect(old.evidence[0]!.sentence).toBe('a read at +0.100s showed 5 left, which had not been true for 90.0ms')
  })

  it('accepts no stock that was never true, under any promise that can be broken', () => {
    const kinds = [{ kind: 'linearizable' }, { kind: 'stale', maxAgeMs: 1_000 }, { kind: 'advisory' }] as const
    const shown = (stock: number) =>
      kinds.map((reads) => verdict('stale-reads', { stock: 5, reads }, history(stock), null))
    expect(shown(3)).toEqual(['fail', 'fail', 'not-checked'])
    expect(shown(6)).toEqual(['fail', 'fail', 'not-checked'])
    const told = (stock: number) => judge('stale-reads', { stock: 5 }, history(stock), null).evidence[0]!.sentence
    expect(told(3)).toBe('a read at +0.100s showed 3 left of 5, when at most 1 can have been sold')
    expect(told(6)).toBe('a read at +0.100s showed 6 left of 5, more than there ever were')
    expect(shown(4)).toEqual(['pass', 'pass', 'not-checked'])
  })

  it('only reports the lag where reads are promised linearizable', () => {
    expect(judge('stale-reads', { stock: 5 }, history(5), null)).toMatchObject({
      verdict: 'pass',
      details: { lagMaxMs: 90 },
    })
    expect(verdict('linearizable', { stock: 5 }, history(5), null)).toBe('fail')
  })

  it('is not checked without reads', () => {
    expect(judge('stale-reads', { stock: 5 }, soldOneByOne(1), null).sentence).toBe(
      'not checked: the history has no reads',
    )
  })
})

describe('settled-cache', () => {
  const shows = (shownAfterSettling: number | null, remainingStock: number | null, settled = true) =>
    ledger(ordersOf(2), { shownAfterSettling, remainingStock, settled })
  const check = (snapshot: LedgerSnapshot | null, kind: 'linearizable' | 'advisory' = 'linearizable') =>
    verdict('settled-cache', { stock: 5, reads: { kind } }, soldOneByOne(2), snapshot)

  it("wants the stock shown in the end to be the ledger's", () => {
    expect(check(shows(3, 3))).toBe('pass')
    expect(check(shows(4, 3))).toBe('fail')
    expect(check(shows(3, null))).toBe('pass')
    expect(check(shows(4, null))).toBe('fail')
  })

  it('says nothing of advisory reads, without settling, or without an answer', () => {
    expect(check(shows(4, 3), 'advisory')).toBe('not-checked')
    expect(check(shows(4, 3, false))).toBe('unknown')
    expect(check(shows(null, 3))).toBe('not-checked')
    expect(check(null)).toBe('not-checked')
  })
})

describe('fairness', () => {
  it('counts who was turned away before a later buyer got a unit, and fails nobody', () => {
    const history = [buy('r1', 0, 5, 'refused'), buy('r2', 1, 6, 'sold'), buy('r3', 2, 7, 'soldOut')]
    expect(judge('fairness', { stock: 1 }, history, null)).toMatchObject({
      verdict: 'pass',
      measured: 1,
      details: { inversions: 1, turnedAway: 2 },
    })
  })
})
