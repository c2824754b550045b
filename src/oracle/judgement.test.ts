import { describe, expect, it } from 'vitest'
import { CHECK_NAMES } from '../core/check.ts'
import type { Operation } from '../core/operation.ts'
import { judgeSale } from './judge.ts'
import { buy, failedChecks, ledger, read, resultOf, saleOf } from './testing/histories.ts'
import { judge, ordersOf, soldOneByOne, verdict } from './testing/one-check.ts'

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

  it('passes where there was no stock and somebody was told so', () => {
    const history = [buy('r1', 0, 5, 'soldOut')]
    expect(verdict('no-oversell', { stock: 0 }, history, ledger([]))).toBe('pass')
    expect(verdict('linearizable', { stock: 0 }, history, ledger([]))).toBe('pass')
    expect(judge('no-oversell', { stock: 0 }, refused, ledger([]))).toMatchObject({
      verdict: 'unknown',
      sentence: 'unknown: there was no stock, and nobody was told "sold out", so nothing was shown',
    })
    expect(verdict('no-oversell', { stock: 0 }, [read(0, 1, 0)], ledger([]))).toBe('unknown')
    expect(verdict('no-oversell', { stock: 0 }, soldOneByOne(1), ledger(ordersOf(1)))).toBe('fail')
  })

  it('is not checked where something was sold in another one of the same step, and still fails what is wrong', () => {
    const judged = (history: readonly Operation[]) =>
      judgeSale(saleOf({ stock: 5 }), history, ledger([]), { saturated: false, soldElsewhere: true })
    for (const history of [[], refused, [read(0, 1, 5)]]) {
      const verdicts = new Set(judged(history).map(({ verdict }) => verdict))
      expect(verdicts).toEqual(new Set(['not-checked']))
    }
    expect(resultOf(judged([]), 'no-oversell').sentence).toBe('not checked: no request was sent, so nothing was shown')
    expect(failedChecks(judged([buy('r1', 0, 5, 'soldOut')]))).toEqual(['justified-refusals', 'linearizable'])
    const sold = judgeSale(saleOf({ stock: 5 }), soldOneByOne(1), ledger(ordersOf(1)), {
      saturated: false,
      soldElsewhere: true,
    })
    expect(resultOf(sold, 'no-oversell').verdict).toBe('pass')
  })

  it('still fails what promised to sell through', () => {
    expect(verdict('sold-through', { stock: 2, sellsThrough: true }, refused, ledger([]))).toBe('fail')
  })

  it('passes none when nobody tried to buy either', () => {
    expect(verdict('linearizable', { stock: 5 }, [], ledger([]))).toBe('unknown')
    expect(verdict('linearizable', { stock: 5 }, [buy('r1', 0, null, 'dropped')], ledger([]))).toBe('unknown')
    expect(verdict('linearizable', { stock: 5 }, [read(0, 1, 5)], ledger([]))).toBe('unknown')
    expect(verdict('linearizable', { stock: 5 }, [read(0, 1, 4)], ledger([]))).toBe('fail')
  })
})
