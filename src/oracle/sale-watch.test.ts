import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../core/check.ts'
import type { Operation } from '../core/operation.ts'
import { NS_PER_MS } from '../core/units.ts'
import { createSaleJudge, judgeSale } from './judge.ts'
import type { SaleJudge } from './sale.ts'
import { buy, ledger, order, read, resultOf, saleOf } from './testing/histories.ts'
import { smallHistory } from './testing/small-histories.ts'

/** Longer than any request in these histories lasts. */
const TIMEOUT_MS = 7
const END_MS = 100

/** Feeds each operation when it is complete, and says after each moment what time it is. */
function playLive(judge: SaleJudge, operations: readonly Operation[]): void {
  for (let atMs = 0; atMs <= END_MS; atMs++) {
    for (const operation of operations) {
      if (operation.completedAtNs === atMs * NS_PER_MS) judge.feed(operation)
    }
    judge.advance(atMs * NS_PER_MS)
  }
}

/** Everything but the examples: of several at the same moment, the first fed is shown. */
function measures(results: readonly CheckResult[]) {
  return results.map(({ check, verdict, measured, details }) => ({ check, verdict, measured, details }))
}

describe('a sale watched while it is on', () => {
  it('is found wrong where the whole history is, and right where that is', () => {
    let wrong = 0
    const shape = { mostQuantity: 1, retriesAfterRefusal: false }
    fc.assert(
      fc.property(smallHistory(shape), ({ stock, operations }) => {
        const sale = saleOf({ stock, timeoutMs: TIMEOUT_MS })
        const judge = createSaleJudge(sale)
        playLive(judge, operations)
        const whole = judgeSale(sale, operations, null, { saturated: false })
        const isWrong = resultOf(whole, 'linearizable').verdict === 'fail'
        if (isWrong) wrong++
        expect(judge.violation() !== null).toBe(isWrong)
        expect(judge.lateOperations).toBe(0)
        expect(measures(judge.verdict(null, { saturated: false }))).toEqual(measures(whole))
      }),
      { numRuns: 3_000 },
    )
    expect(wrong).toBeGreaterThan(300)
  })

  it('misses nothing that the whole history shows, whatever is retried and however much is bought at once', () => {
    fc.assert(
      fc.property(smallHistory({ mostQuantity: 2, retriesAfterRefusal: true }), ({ stock, operations }) => {
        const sale = saleOf({ stock, timeoutMs: TIMEOUT_MS })
        const judge = createSaleJudge(sale)
        playLive(judge, operations)
        const whole = judgeSale(sale, operations, null, { saturated: false })
        const isMissed = resultOf(whole, 'linearizable').verdict === 'fail' && judge.violation() === null
        expect(isMissed).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  it('comes with the ledger to the same results as a file does', () => {
    fc.assert(
      fc.property(smallHistory({ mostQuantity: 2, retriesAfterRefusal: true }), ({ stock, operations, ledger }) => {
        const sale = saleOf({ stock, timeoutMs: TIMEOUT_MS })
        const judge = createSaleJudge(sale)
        playLive(judge, operations)
        const whole = judgeSale(sale, operations, ledger, { saturated: false })
        expect(measures(judge.verdict(ledger, { saturated: false }))).toEqual(measures(whole))
      }),
      { numRuns: 1_200 },
    )
  })

  it('tells of a violation a request timeout after it, and not before', () => {
    const judge = createSaleJudge(saleOf({ stock: 2, timeoutMs: 100 }))
    judge.feed(buy('r1', 0, 10, 'sold'))
    judge.feed(buy('r2', 20, 30, 'soldOut', { user: 'bob' }))
    judge.advance(119 * NS_PER_MS)
    expect(judge.violation()).toBeNull()
    judge.advance(131 * NS_PER_MS)
    expect(judge.violation()?.sentence).toBe(
      'user bob (request r2) was told "sold out" at +0.030s, when at most 1 of 2 units can have been sold',
    )
  })

  it('counts a retry long after its first attempt as the same buy', () => {
    const history = (replay: string): Operation[] => [
      buy('r1', 0, null, 'unknown'),
      buy('r2', 10, 20, 'sold'),
      buy(replay, 500, 510, 'sold', { attempt: 2 }),
    ]
    const watched = (operations: readonly Operation[]): SaleJudge => {
      const judge = createSaleJudge(saleOf({ stock: 2, timeoutMs: 50 }))
      judge.feed(read(30, 40, 0))
      for (const operation of operations) judge.feed(operation)
      judge.advance(200 * NS_PER_MS)
      judge.advance(1_000 * NS_PER_MS)
      return judge
    }
    expect(watched(history('r1')).violation()).toBeNull()
    expect(watched(history('r3')).violation()?.sentence).toBe('3 of 2 units were sold by +0.510s')
  })
})

describe('an operation that comes late', () => {
  const sale = saleOf({ stock: 2, timeoutMs: 10 })
  const orders = ledger([order('r1'), order('r2')], { remainingStock: 0 })

  it('is counted, and lets no check of the history pass', () => {
    const judge = createSaleJudge(sale)
    judge.feed(buy('r1', 0, 5, 'sold'))
    judge.advance(100 * NS_PER_MS)
    judge.feed(buy('r2', 90, 95, 'sold'))
    expect(judge.lateOperations).toBe(0)
    expect(resultOf(judge.verdict(orders, { saturated: false }), 'linearizable').verdict).toBe('pass')
    judge.feed(buy('r3', 89, 95, 'soldOut'))
    expect(judge.lateOperations).toBe(1)
    const results = judge.verdict(orders, { saturated: false })
    expect(resultOf(results, 'linearizable')).toMatchObject({
      verdict: 'unknown',
      sentence: 'unknown: 1 operation came after that time had been judged',
    })
    expect(resultOf(results, 'acknowledged-kept').verdict).toBe('unknown')
    expect(resultOf(results, 'no-oversell').verdict).toBe('pass')
  })

  it('forbids a word about what was found before', () => {
    const judge = createSaleJudge(sale)
    judge.feed(buy('r1', 0, 5, 'soldOut'))
    judge.advance(100 * NS_PER_MS)
    expect(judge.violation()).not.toBeNull()
    judge.feed(buy('r2', 0, 5, 'sold'))
    expect(judge.violation()).toBeNull()
  })
})
