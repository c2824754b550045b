import { describe, expect, it } from 'vitest'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { Operation } from '../core/operation.ts'
import { judgeSale } from './judge.ts'
import { buy, ledger, order, read, saleOf } from './testing/histories.ts'
import { judge, ordersOf, soldOneByOne, verdict } from './testing/one-check.ts'

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

  it('excuses "limit reached" where there is a reason that nobody sees, and judges the rest', () => {
    const excused = { ...saleOf({ stock: 9, limit: 2 }), limitRefusalsExcused: 'they bought before' }
    const told = (outcome: 'limitReached' | 'soldOut') => [...soldOneByOne(1), buy('r9', 10, 15, outcome)]
    const finding = (outcome: 'limitReached' | 'soldOut') =>
      judgeSale(excused, told(outcome), null, { saturated: false }).find(({ check }) => check === 'justified-refusals')
    expect(finding('limitReached')).toMatchObject({
      verdict: 'pass',
      sentence: 'nobody was told "sold out"; 1 answer "limit reached" not judged, for they bought before',
    })
    expect(finding('soldOut')).toMatchObject({ verdict: 'fail' })
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
    expect(also(buy('r9', 0, 5, { kind: 'unknown', code: 'NO_RULE' }))).toBe('unknown')
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
