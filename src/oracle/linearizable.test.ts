import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckName, Evidence } from '../core/check.ts'
import type { Operation } from '../core/operation.ts'
import type { ReadsPromise } from '../core/promise.ts'
import { judgeSale } from './judge.ts'
import { answerCanBeTrue, canBeExplained } from './testing/exhaustive-search.ts'
import { buy, read, resultOf, saleOf } from './testing/histories.ts'
import { type ArbitraryHistory, smallHistory } from './testing/small-histories.ts'

const SINGLE_UNITS = { mostQuantity: 1, retriesAfterRefusal: true }

function fails(check: CheckName, history: ArbitraryHistory, reads: ReadsPromise = { kind: 'linearizable' }): boolean {
  const sale = saleOf({ stock: history.stock, reads })
  const result = resultOf(judgeSale(sale, history.operations, history.ledger, { saturated: false }), check)
  return result.verdict === 'fail'
}

/** How many of the histories seen were good and bad: a test that saw only one kind has shown nothing. */
function bothKinds() {
  const seen = { good: 0, bad: 0 }
  return { seen, count: (isBad: boolean) => void (isBad ? seen.bad++ : seen.good++) }
}

describe('the sweep against an exhaustive search', () => {
  it.each([
    ['linearizable reads', { kind: 'linearizable' }],
    ['advisory reads', { kind: 'advisory' }],
  ] as const)('agrees on histories of single units, %s', (_, reads) => {
    const { seen, count } = bothKinds()
    fc.assert(
      fc.property(smallHistory(SINGLE_UNITS), (history) => {
        const isBad = !canBeExplained({ ...history, readsCount: reads.kind === 'linearizable' })
        count(isBad)
        expect(fails('linearizable', history, reads)).toBe(isBad)
      }),
      { numRuns: 2_500 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(200)
  })

  it('never accuses wrongly with quantities above one, and still convicts', () => {
    const { seen, count } = bothKinds()
    fc.assert(
      fc.property(smallHistory({ ...SINGLE_UNITS, mostQuantity: 3 }), (history) => {
        const isAccused = fails('linearizable', history)
        count(isAccused)
        const isRight = canBeExplained({ ...history, readsCount: true })
        expect(isAccused && isRight).toBe(false)
      }),
      { numRuns: 3_000 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(200)
  })

  it('finds the refusals that no sale can justify, and only those', () => {
    const { seen, count } = bothKinds()
    fc.assert(
      fc.property(smallHistory(SINGLE_UNITS), (history) => {
        const soldOut = history.operations.filter(({ outcome }) => outcome.kind === 'soldOut')
        const lies = soldOut.filter((answer) => !answerCanBeTrue({ ...history, readsCount: true }, answer))
        const sale = saleOf({ stock: history.stock })
        const results = judgeSale(sale, history.operations, history.ledger, { saturated: false })
        count(lies.length > 0)
        expect(resultOf(results, 'justified-refusals').details['unjustifiedSoldOut']).toBe(lies.length)
      }),
      { numRuns: 2_500 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(200)
  })

  it('finds the reads of a stock that was true at no time, and only those', () => {
    const { seen, count } = bothKinds()
    fc.assert(
      fc.property(smallHistory(SINGLE_UNITS), (history) => {
        const reads = history.operations.filter(({ outcome }) => outcome.kind === 'shown')
        const wrong = reads.filter((answer) => !answerCanBeTrue({ ...history, readsCount: true }, answer))
        const sale = saleOf({ stock: history.stock })
        const results = judgeSale(sale, history.operations, history.ledger, { saturated: false })
        count(wrong.length > 0)
        expect(resultOf(results, 'stale-reads').details['impossible'] ?? 0).toBe(wrong.length)
      }),
      { numRuns: 2_500 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(200)
  })
})

describe('the proof of a contradiction', () => {
  it('names the few answers that, with the sales, can be explained by no order, whatever else was said', () => {
    const { seen, count } = bothKinds()
    fc.assert(
      fc.property(smallHistory(SINGLE_UNITS), (history) => {
        const sale = saleOf({ stock: history.stock })
        const results = judgeSale(sale, history.operations, history.ledger, { saturated: false })
        const { verdict, evidence } = resultOf(results, 'linearizable')
        count(verdict === 'fail')
        if (verdict !== 'fail') return
        expect(evidence).toHaveLength(1)
        const [{ operations }] = evidence as [Evidence]
        expect(operations.length).toBeLessThanOrEqual(6)
        const named = new Set(operations.map(({ seq }) => seq))
        const kept = history.operations.filter(({ kind, seq }) => kind === 'buy' || named.has(seq))
        const silenced = kept.map((operation) => (named.has(operation.seq) ? operation : withoutSaying(operation)))
        expect(canBeExplained({ ...history, operations: silenced, readsCount: true })).toBe(false)
      }),
      { numRuns: 2_500 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(200)
  })

  it('tells who saw what, and why it cannot be', () => {
    const history = [
      buy('r1', 0, 2_000, 'sold'),
      read(20, 30, 2),
      buy('r2', 40, 50, 'sold'),
      buy('r3', 60, 1_234, 'sold'),
      read(1_300, 1_310, 1),
    ]
    const results = judgeSale(saleOf({ stock: 3 }), history, null, { saturated: false })
    const [{ sentence, operations }] = resultOf(results, 'linearizable').evidence as [Evidence]
    expect(sentence).toBe(
      'a read at +0.020s showed 2 left, so at least 1 of 3 units were sold by +0.030s; ' +
        '2 buys sent after that were answered "sold" by +1.234s; ' +
        'yet a read at +1.300s showed 1 left of 3 units',
    )
    expect(operations.map(({ requestId }) => requestId)).toEqual([null, 'r2', 'r3', null])
  })
})

/** The same attempt, answered with nothing that says how many were sold. */
function withoutSaying(operation: Operation): Operation {
  return operation.outcome.kind === 'soldOut' ? { ...operation, outcome: { kind: 'refused', code: 'BUSY' } } : operation
}
