import { describe, expect, it } from 'vitest'
import type { Operation } from '../core/operation.ts'
import { judgeSale } from './judge.ts'
import type { OpeningHours } from './sale.ts'
import { buy, failedChecks, ledger, order, resultOf, saleOf } from './testing/histories.ts'

const HOURS: OpeningHours = { opensAtNs: 100e6, closesAtNs: 200e6, errorMs: 2 }

function judged(operations: readonly Operation[], orders: readonly string[] | null = null, hours = HOURS) {
  const sale = { ...saleOf({ stock: 10 }), hours }
  const books = orders === null ? null : ledger(orders.map((id) => order(id)))
  return judgeSale(sale, operations, books, { saturated: false })
}

const verdictOf = (...told: Parameters<typeof judged>): string => resultOf(judged(...told), 'nothing-early').verdict

describe('a sale with opening hours', () => {
  it('must not sell before the opening: what was in flight across it proves nothing', () => {
    expect(verdictOf([buy('r1', 90, 97, 'sold')])).toBe('fail')
    expect(verdictOf([buy('r1', 90, 98, 'sold')])).toBe('pass')
    expect(verdictOf([buy('r1', 90, 101, 'sold')])).toBe('pass')
  })

  it('must not sell to who came after the closing', () => {
    expect(verdictOf([buy('r1', 203, 210, 'sold')])).toBe('fail')
    expect(verdictOf([buy('r1', 202, 210, 'sold')])).toBe('pass')
    expect(verdictOf([buy('r1', 199, 1_000, 'sold')])).toBe('pass')
  })

  it('may answer a retry after the closing, when the first attempt was sent before', () => {
    const retry = buy('r1', 500, 510, 'sold', { attempt: 2 })
    expect(verdictOf([buy('r1', 190, null, 'unknown'), retry])).toBe('pass')
    expect(verdictOf([buy('r1', 400, null, 'unknown'), retry])).toBe('fail')
  })

  it('is convicted by the ledger of a late order whose buyer never heard of it', () => {
    const sold = buy('r0', 110, 120, 'sold')
    const late = buy('r1', 300, null, 'unknown')
    expect(verdictOf([sold, late], ['r0'])).toBe('pass')
    expect(verdictOf([sold, late], ['r0', 'r1'])).toBe('fail')
    expect(verdictOf([sold, buy('r1', 199, null, 'unknown')], ['r0', 'r1'])).toBe('pass')
  })

  it('is convicted of selling early alone, in words that say by how much', () => {
    const results = judged([buy('r1', 0, 10, 'sold'), buy('r2', 110, 120, 'sold')], ['r1', 'r2'])
    expect(failedChecks(results)).toEqual(['nothing-early'])
    const found = resultOf(results, 'nothing-early')
    expect(found.sentence).toBe('1 buyer was sold to before the opening: 1 unit')
    expect(found.evidence[0]!.sentence).toBe(
      'user u-r1 (request r1) was told "sold" at +0.010s, 90.0ms before the sale opened',
    )
  })

  it('counts a buy once, however often it was answered early', () => {
    const twice = [buy('r1', 0, 10, 'sold'), buy('r1', 0, 11, 'sold')]
    expect(resultOf(judged(twice), 'nothing-early')).toMatchObject({ measured: 1, details: { early: 1, late: 0 } })
  })
})

describe('"not open"', () => {
  const notOpen = (from: number, to: number): Operation => buy('r1', from, to, { kind: 'refused', code: 'NOT_OPEN' })
  const sold = buy('r0', 110, 120, 'sold')
  const refusals = (operation: Operation, hours = HOURS) =>
    resultOf(judged([sold, operation], null, hours), 'justified-refusals').verdict

  it('is right outside the hours and wrong inside, beyond what the clocks may differ', () => {
    expect(refusals(notOpen(10, 20))).toBe('pass')
    expect(refusals(notOpen(102, 110))).toBe('pass')
    expect(refusals(notOpen(103, 110))).toBe('fail')
    expect(refusals(notOpen(103, 198))).toBe('pass')
    expect(refusals(notOpen(300, 310))).toBe('pass')
  })

  it('is never right where the sale is always open', () => {
    expect(refusals(notOpen(10, 20), { opensAtNs: null, closesAtNs: null, errorMs: 0 })).toBe('fail')
  })

  it('is no reason to call units unsold', () => {
    const sale = { ...saleOf({ stock: 2, sellsThrough: true }), hours: HOURS }
    const operations = [sold, notOpen(10, 20)]
    const results = judgeSale(sale, operations, ledger([order('r0')]), { saturated: false })
    expect(resultOf(results, 'sold-through').verdict).toBe('pass')
    const busy = [sold, buy('r1', 10, 20, 'refused')]
    const refused = judgeSale(sale, busy, ledger([order('r0')]), { saturated: false })
    expect(resultOf(refused, 'sold-through').verdict).toBe('fail')
  })
})

describe('a sale without hours', () => {
  it('is not judged by them', () => {
    const results = judgeSale(saleOf({ stock: 1 }), [buy('r1', 0, 1, 'sold')], null, { saturated: false })
    expect(resultOf(results, 'nothing-early')).toMatchObject({
      verdict: 'not-checked',
      sentence: 'not checked: nobody said when the sale was open',
    })
  })
})
