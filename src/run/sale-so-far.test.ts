import { describe, expect, it } from 'vitest'
import { type HistoryColumns, NO_BUY, operationAt } from '../core/history.ts'
import type { StepPlan } from '../core/scenario.ts'
import { SaleSoFar } from './sale-so-far.ts'

const plan = (buy: readonly number[], distinctBuys: number): StepPlan =>
  ({ buy: Uint32Array.from(buy), distinctBuys }) as unknown as StepPlan

function history(stepIndex: number, rows: readonly { buy: number; code: string; order: string | null }[]) {
  const codes = ['', ...new Set(rows.map(({ code }) => code))]
  const { length } = rows
  return {
    stepIndex,
    skus: ['42'],
    saleIndex: null,
    length,
    scheduledAtNs: Float64Array.from(rows, (_, row) => stepIndex * 1e9 + row),
    sentAtNs: Float64Array.from(rows, (_, row) => stepIndex * 1e9 + row),
    completedAtNs: Float64Array.from(rows, (_, row) => stepIndex * 1e9 + row + 1),
    kind: new Uint8Array(length),
    outcome: Uint8Array.from(rows, ({ order }) => (order === null ? 3 : 0)),
    httpStatus: new Uint16Array(length),
    code: Uint16Array.from(rows, ({ code }) => codes.indexOf(code)),
    codes,
    user: Uint32Array.from(rows, ({ buy }) => buy),
    buy: Uint32Array.from(rows, ({ buy }) => buy),
    attempt: new Uint8Array(length).fill(1),
    quantity: new Uint16Array(length).fill(1),
    shownStock: new Int32Array(length),
    requestIdPrefix: 'r-1-',
    orderId: (row) => rows[row]!.order,
  } satisfies HistoryColumns
}

describe('a sale that goes on from step to step', () => {
  it('is judged with the largest error of the clock that any step of it had', () => {
    const sale = new SaleSoFar()
    expect([0.25, 1.5, 0].map((ofStep) => sale.clockErrorMs(ofStep))).toEqual([0.25, 1.5, 1.5])
  })

  it('numbers the buys of a step on from those before, and leaves reads alone', () => {
    const sale = new SaleSoFar()
    expect([...sale.continued(plan([0, NO_BUY, 1], 2)).buy]).toEqual([0, NO_BUY, 1])
    expect([...sale.continued(plan([0, NO_BUY, 0, 1], 2)).buy]).toEqual([2, NO_BUY, 2, 3])
    expect([...sale.continued(plan([0], 1)).buy]).toEqual([4])
  })

  it('holds every operation of the steps so far, each with its own code and order', () => {
    const sale = new SaleSoFar()
    expect(sale.isEmpty).toBe(true)
    const first = history(0, [
      { buy: 0, code: '', order: 'a' },
      { buy: 1, code: 'BUSY', order: null },
    ])
    expect(sale.with(first)).toBe(first)
    const both = sale.with(
      history(1, [
        { buy: 2, code: 'LIMIT', order: null },
        { buy: 3, code: '', order: 'b' },
        { buy: 4, code: 'BUSY', order: null },
      ]),
    )
    expect(sale.isEmpty).toBe(false)
    const operations = Array.from({ length: both.length }, (_, row) => operationAt(both, row))
    expect(operations.map(({ requestId, outcome }) => [requestId, outcome])).toEqual([
      ['r-1-0', { kind: 'sold', orderId: 'a' }],
      ['r-1-1', { kind: 'refused', code: 'BUSY' }],
      ['r-1-2', { kind: 'refused', code: 'LIMIT' }],
      ['r-1-3', { kind: 'sold', orderId: 'b' }],
      ['r-1-4', { kind: 'refused', code: 'BUSY' }],
    ])
    expect(operations.map(({ sentAtNs }) => sentAtNs)).toEqual([0, 1, 1e9, 1e9 + 1, 1e9 + 2])
  })
})
