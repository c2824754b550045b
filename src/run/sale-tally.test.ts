import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../core/check.ts'
import { MOST_SKUS } from '../core/metric-table.ts'
import type { SaleFigures } from '../core/run-record.ts'
import { readArrival } from '../load/arrival.ts'
import { SaleTally } from './sale-tally.ts'
import { type RunningStep, runningStep } from './testing/running-step.ts'

const BUYS = Uint32Array.of(0, 1, 2, 3)

function saleOf(stock: number, options = { isOneSale: false, answersConvict: true }): SaleTally {
  const tally = new SaleTally(options)
  tally.begin(1, new Map([['a', stock]]), BUYS)
  return tally
}

function take(tally: SaleTally, { columns }: RunningStep, rows: readonly number[]): void {
  for (const row of rows) tally.take(columns, row, readArrival(columns, row, 1))
}

function figures(sold: number | null): SaleFigures {
  return { sku: 'a', initial: 1, remaining: 0, sold, orders: sold, settled: true, hours: null, takenAt: null }
}

function check(
  name: CheckResult['check'],
  verdict: CheckResult['verdict'],
  measured: number | null,
  details: CheckResult['details'] = {},
): CheckResult {
  const rest = { step: 0, sku: 'a', allowed: 0, unit: 'units', sentence: '', evidence: [] }
  return { check: name, verdict, measured, details, ...rest }
}

describe('the tally of a sale', () => {
  it('counts units by what buyers were told, and what was sold beyond the stock', () => {
    const step = runningStep(3)
    for (const row of [0, 1, 2]) {
      step.send(row, row * 10)
      step.answer(row, 'sold', row * 10 + 5)
    }
    const tally = saleOf(2)
    take(tally, step, [0, 1])
    expect(tally.telemetry()).toEqual([{ sku: 'a', step: 1, stock: 2, sold: 2, oversold: 0, lost: null, unknown: 0 }])
    take(tally, step, [2])
    expect(tally.telemetry()).toMatchObject([{ sold: 3, oversold: 1 }])
  })

  it('counts attempts of one buy once, however they end', () => {
    const step = runningStep(1)
    step.send(0, 0)
    step.answer(0, 'unknown', 100, 'TIMEOUT')
    const tally = saleOf(5)
    take(tally, step, [0])
    expect(tally.telemetry()).toMatchObject([{ sold: 0, unknown: 1 }])
    for (const outcome of ['unknown', 'sold', 'sold', 'unknown'] as const) {
      const row = step.retry(0)
      step.send(row, 110)
      step.answer(row, outcome, 120)
      take(tally, step, [row])
    }
    expect(tally.telemetry()).toMatchObject([{ sold: 1, unknown: 0 }])
  })

  it('finds nothing oversold by answers where these may be true for reasons that nobody sees', () => {
    const step = runningStep(2)
    for (const row of [0, 1]) {
      step.send(row, 0)
      step.answer(row, 'sold', 5)
    }
    const tally = saleOf(1, { isOneSale: false, answersConvict: false })
    take(tally, step, [0, 1])
    expect(tally.telemetry()).toMatchObject([{ sold: 2, oversold: 0 }])
  })

  it('believes the ledger as soon as it was read, and what was told where it could not be', () => {
    const tally = saleOf(1)
    tally.endOfStep(
      [figures(3)],
      [check('no-oversell', 'fail', 2), check('acknowledged-kept', 'pass', 0, { lostUnits: 0 })],
    )
    expect(tally.telemetry()).toMatchObject([{ sold: 3, oversold: 2, lost: 0 }])
    const unread = saleOf(1)
    unread.endOfStep([figures(null)], [check('acknowledged-kept', 'not-checked', null)])
    expect(unread.telemetry()).toMatchObject([{ sold: 0, oversold: 0, lost: null }])
  })

  it('counts as lost the units that were promised, not the buyers, nor orders that are other ones than promised', () => {
    const tally = saleOf(9)
    tally.endOfStep([figures(3)], [check('acknowledged-kept', 'fail', 2, { otherThanPromised: 1, lostUnits: 5 })])
    expect(tally.telemetry()).toMatchObject([{ lost: 5 }])
    const doubtful = saleOf(9)
    doubtful.endOfStep([figures(3)], [check('acknowledged-kept', 'unknown', null, { lostUnits: 0 })])
    expect(doubtful.telemetry()).toMatchObject([{ lost: null }])
  })

  it('goes on with a sale that goes on, and begins another where each step is one', () => {
    const next = (isOneSale: boolean): unknown => {
      const tally = saleOf(5, { isOneSale, answersConvict: true })
      tally.endOfStep([figures(4)], [])
      tally.begin(2, new Map([['a', 5]]), Uint32Array.of(4, 5))
      return tally.telemetry().map(({ step, sold }) => ({ step, sold }))
    }
    expect(next(true)).toEqual([{ step: 2, sold: 4 }])
    expect(next(false)).toEqual([
      { step: 1, sold: 4 },
      { step: 2, sold: 0 },
    ])
  })

  it('tells of the sales beyond so many as one', () => {
    const tally = new SaleTally({ isOneSale: false, answersConvict: true })
    tally.begin(1, new Map(Array.from({ length: MOST_SKUS + 2 }, (_, n) => [`sku-${n}`, 10])), BUYS)
    const told = tally.telemetry()
    expect(told).toHaveLength(MOST_SKUS + 1)
    expect(told.at(-1)).toMatchObject({ sku: 'OTHER', stock: 20, lost: null })
  })
})
