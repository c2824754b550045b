import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CheckName } from '../core/check.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { Operation } from '../core/operation.ts'
import { NS_PER_MS } from '../core/units.ts'
import { judgeSale } from './judge.ts'
import { type LiveFinding, watchColumns } from './live-watch.ts'
import { createOperationRecorder } from './operation-recorder.ts'
import type { OpeningHours, SaleUnderJudgement } from './sale.ts'
import { buy, ledger, order, resultOf, saleOf } from './testing/histories.ts'
import { smallHistory } from './testing/small-histories.ts'

/** Longer than any request in these histories lasts. */
const TIMEOUT_MS = 7
const END_MS = 40

/** Feeds each operation when it is complete, and keeps what was said at each moment. */
function watched(sale: SaleUnderJudgement, operations: readonly Operation[], mayRetry: boolean): LiveFinding[] {
  const recorder = createOperationRecorder(sale)
  const watch = watchColumns(sale, recorder.columns, { isLastWord: () => !mayRetry })
  const said: LiveFinding[] = []
  for (let atMs = 0; atMs <= END_MS; atMs++) {
    for (const operation of operations) {
      if (operation.completedAtNs === atMs * NS_PER_MS) watch.feed(recorder.add(operation))
    }
    watch.advance(atMs * NS_PER_MS)
    const finding = watch.finding()
    if (finding !== null) said.push(finding)
  }
  return said
}

/** What was promised exists, and of what had no answer every second. */
function consistentLedger(operations: readonly Operation[]): LedgerSnapshot {
  const quantities = new Map<string, number>()
  const add = ({ requestId, quantity }: Operation): void => void quantities.set(requestId!, quantity)
  for (const operation of operations) if (operation.outcome.kind === 'sold') add(operation)
  const unanswered = operations.filter(({ outcome, kind }) => kind === 'buy' && outcome.kind === 'unknown')
  for (const operation of unanswered.filter((_, i) => i % 2 === 0)) add(operation)
  return ledger([...quantities].map(([requestId, quantity]) => order(requestId, { quantity })))
}

const moment = fc.option(fc.integer({ min: 0, max: 14 }), { nil: null })
const hours: fc.Arbitrary<OpeningHours> = fc
  .tuple(moment, moment, fc.integer({ min: 0, max: 2 }))
  .filter(([opens, closes]) => opens === null || closes === null || opens < closes)
  .map(([opens, closes, errorMs]) => ({
    opensAtNs: opens === null ? null : opens * NS_PER_MS,
    closesAtNs: closes === null ? null : closes * NS_PER_MS,
    errorMs,
  }))

describe('what is said of a sale while it is on', () => {
  it.each([
    ['nobody asks again after a refusal', false, 1],
    ['a refused buyer may ask again', true, 1],
    ['several units are bought at once', true, 2],
  ])('is confirmed afterwards, by the same check, where %s', (_, mayRetry, mostQuantity) => {
    const found = new Map<CheckName, number>()
    fc.assert(
      fc.property(smallHistory({ mostQuantity, retriesAfterRefusal: mayRetry }), hours, (history, hours) => {
        const { stock, operations } = history
        const sale = { ...saleOf({ stock, timeoutMs: TIMEOUT_MS }), hours }
        const said = watched(sale, operations, mayRetry)
        const alone = judgeSale(sale, operations, null, { saturated: false })
        const audited = judgeSale(sale, operations, consistentLedger(operations), { saturated: false })
        for (const { check, sentence } of said) {
          found.set(check, (found.get(check) ?? 0) + 1)
          expect(resultOf(alone, check).verdict, `said: ${sentence}`).toBe('fail')
          expect(resultOf(audited, check).verdict, `said: ${sentence}`).toBe('fail')
        }
      }),
      { numRuns: 1_500 },
    )
    for (const check of ['no-oversell', 'nothing-early', 'linearizable'] as const) {
      expect(found.get(check) ?? 0, `found by ${check}`).toBeGreaterThan(20)
    }
  })

  it('tells of units promised beyond the stock at once, and counts them', () => {
    const recorder = createOperationRecorder(saleOf({ stock: 1 }))
    const watch = watchColumns(saleOf({ stock: 1 }), recorder.columns, { isLastWord: () => true })
    const tell = (operation: Operation): string | undefined => {
      watch.feed(recorder.add(operation))
      return watch.finding()?.sentence
    }
    expect(tell(buy('r1', 0, 1, 'sold'))).toBeUndefined()
    expect(tell(buy('r1', 0, 2, 'sold'))).toBeUndefined()
    expect(tell(buy('r2', 0, 3, 'sold'))).toBe('OVERSOLD by 1 unit so far, by what buyers were told')
    expect(tell(buy('r3', 0, 4, 'sold', { quantity: 2 }))).toBe('OVERSOLD by 3 units so far, by what buyers were told')
  })

  it('tells of a unit sold before the opening at once', () => {
    const sale = { ...saleOf({ stock: 9 }), hours: { opensAtNs: 10e6, closesAtNs: null, errorMs: 1 } }
    const said = (operation: Operation) => watched(sale, [operation], false).map(({ sentence }) => sentence)[0]
    expect(said(buy('r1', 0, 8, 'sold'))).toBe('SOLD EARLY: 1 buyer was sold to before the opening so far')
    expect(said(buy('r1', 0, 9, 'sold'))).toBeUndefined()
  })

  it('says nothing of a refusal that is followed up, and that would explain what others saw', () => {
    const sale = saleOf({ stock: 1, timeoutMs: TIMEOUT_MS })
    const operations = [buy('r1', 0, 1, 'refused'), buy('r2', 2, 3, 'soldOut'), buy('r1', 20, 21, 'sold')]
    const whole = judgeSale(sale, operations, null, { saturated: false })
    expect(resultOf(whole, 'linearizable').verdict).toBe('pass')
    expect(watched(sale, operations, true)).toEqual([])
    expect(watched(sale, operations, false)).not.toEqual([])
  })

  it('misses nothing of a sale in which a refusal may have been followed up, if it was not', () => {
    const sale = saleOf({ stock: 3, timeoutMs: TIMEOUT_MS })
    const operations = [buy('r1', 0, 1, 'sold'), buy('r2', 2, 3, 'soldOut')]
    expect(watched(sale, operations, true).map(({ check }) => check)[0]).toBe('linearizable')
  })
})
