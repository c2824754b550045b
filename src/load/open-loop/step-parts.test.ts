import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_BUY } from '../../core/history.ts'
import { CodeTable, CODES_PER_WORKER, KNOWN_CODES, mergeCodes } from './code-table.ts'
import { dealRows } from './deal-rows.ts'
import { LATENCY_BUCKETS, latencyBucket, quantileUs } from './latency-histogram.ts'
import { OrderIdWriter, orderIdReader } from './order-id-arena.ts'
import { SharedState } from './shared-state.ts'
import { createStepMemory, MAX_ROWS, NO_ORDER_ID } from './step-memory.ts'
import { StepProgress } from './step-progress.ts'
import { evenPlan, planOf } from './testing/plans.ts'
import { readsOnlyPlan, warmUpPlans } from './warm-up-plan.ts'

describe('dealing rows to workers', () => {
  it('deals each row once, in order, in turn', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 4 }), (buys, workers) => {
        const dealt = dealRows(Uint32Array.from(buys), buys.length, workers)
        expect(dealt).toHaveLength(workers)
        for (const rows of dealt) expect([...rows]).toStrictEqual([...rows].sort((a, b) => a - b))
        expect(dealt.flatMap((rows) => [...rows]).sort((a, b) => a - b)).toStrictEqual(buys.map((_, row) => row))
      }),
    )
    expect(dealRows(Uint32Array.of(0, NO_BUY, 1, 2), 4, 2).map((rows) => [...rows])).toStrictEqual([
      [0, 2],
      [1, 3],
    ])
  })

  it('leaves the halves of a double click together', () => {
    expect(dealRows(Uint32Array.of(0, 1, 1, 2), 4, 2).map((rows) => [...rows])).toStrictEqual([
      [0, 3],
      [1, 2],
    ])
  })
})

describe('the memory of a step', () => {
  it('refuses a plan beyond its bound, and says what to do', () => {
    const plan = { ...planOf([]), length: MAX_ROWS + 1 }
    expect(() => createStepMemory(plan)).toThrowError(/step 1 plans 10000001 requests/)
  })

  it('holds columns of any length without one touching another', () => {
    for (const count of [1, 2, 3, 5, 8]) {
      const memory = createStepMemory(evenPlan(count, 1, 2))
      memory.shownStock.fill(-1)
      memory.httpStatus.fill(0xffff)
      memory.attempt.fill(2)
      expect([...memory.quantity]).toStrictEqual(Array.from({ length: count }, (_, i) => (i % 2 === 1 ? 0 : 1)))
      expect([...memory.orderIdRef]).toStrictEqual(Array.from({ length: count }, () => NO_ORDER_ID))
      expect([...memory.sentAtNs].every(Number.isNaN)).toBe(true)
    }
  })
})

describe('order ids in shared memory', () => {
  it('are read as they were written, over chunks and writers', () => {
    let numbers = 0
    const writers = [new OrderIdWriter(() => numbers++), new OrderIdWriter(() => numbers++)]
    const ids = Array.from({ length: 30_000 }, (_, i) => `order-${i}-${'é'.repeat(i % 60)}`)
    const references = ids.map((id, i) => writers[i % 2]!.write(id))
    expect(numbers).toBeGreaterThan(2)
    const read = orderIdReader(writers.flatMap(({ chunks }) => chunks))
    expect(references.map(read)).toStrictEqual(ids)
    expect(read(NO_ORDER_ID)).toBeNull()
  })

  it('are left out when there is no room, and never mixed up', () => {
    const writer = new OrderIdWriter(() => 4_095)
    expect(writer.write('o')).toBe(NO_ORDER_ID)
  })
})

describe('codes', () => {
  it('have one table over all workers', () => {
    const tables = [new CodeTable(0), new CodeTable(1)]
    const numbers = tables.map((table) =>
      ['BUSY', 'MINE', 'TIMEOUT', 'YOURS', 'MINE'].map((code) => table.numberOf(code)),
    )
    const codes = mergeCodes(tables.map(({ added }) => added))
    expect(codes[0]).toBe('')
    for (const ofTable of numbers) {
      expect(ofTable.map((number) => codes[number])).toStrictEqual(['BUSY', 'MINE', 'TIMEOUT', 'YOURS', 'MINE'])
    }
    expect(codes.every((code) => typeof code === 'string')).toBe(true)
  })

  it('are bounded: a target that invents codes fills no memory', () => {
    const table = new CodeTable(0)
    for (let i = 0; i < 10_000; i++) table.numberOf(`CODE_${i}`)
    expect(table.added).toHaveLength(CODES_PER_WORKER)
    expect(KNOWN_CODES[table.numberOf('CODE_9999')]).toBe('OTHER')
  })
})

describe('the histogram of the live line', () => {
  it('finds a quantile within a bucket of the exact one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000_000), { minLength: 1 }), fc.constantFrom(0.5, 0.9, 0.99), (times, q) => {
        const counts = new Int32Array(LATENCY_BUCKETS)
        for (const us of times) counts[latencyBucket(us)]!++
        const exact = times.sort((a, b) => a - b)[Math.ceil(q * times.length) - 1]!
        expect(Math.abs(quantileUs(counts, q)! - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.07))
      }),
    )
  })

  it('has a bucket for every time, and no figure without one', () => {
    for (const us of [-5, 0, 0.4, 15, 16, 2 ** 31, 1e300, Infinity]) {
      expect(latencyBucket(us)).toBeGreaterThanOrEqual(0)
      expect(latencyBucket(us)).toBeLessThan(LATENCY_BUCKETS)
    }
    expect(quantileUs(new Int32Array(LATENCY_BUCKETS), 0.99)).toBeNull()
  })
})

describe('the progress of a step', () => {
  it('counts since the start, and rates over the last second', () => {
    const state = new SharedState(2)
    state.clear()
    const progress = new StepProgress(state, Float64Array.of(0, 1e9, 2e9, 9e9), 0)
    const counters = state.countersOf(1)
    const COUNT = { sent: 0, completed: 1, definite: 2, sold: 3, dropped: 4 }
    for (let look = 1; look <= 8; look++) {
      counters[COUNT.sent]! += 10
      counters[COUNT.definite]! += look > 4 ? 5 : 10
      state.latenciesOf(0)[latencyBucket(look > 4 ? 5_000 : 90_000)]! += 10
      progress.look(look * 0.25e9)
    }
    const last = progress.look(2.25e9)
    expect(last).toMatchObject({ elapsedMs: 2_250, planned: 3, sent: 80, dropped: 0, inFlight: 0 })
    expect(last.achievedRatePerSec).toBeCloseTo(15)
    expect(last.p99ResponseMs).toBeCloseTo(5, 0)
  })
})

describe('the plans of the warm-up', () => {
  it('have a request for each connection, buys and reads, and half of the units that are asked for', () => {
    expect(warmUpPlans(16, 100).map(({ length }) => length)).toEqual([3_072])
    const [plan] = warmUpPlans(4_000, 100)
    expect(plan!.length).toBe(4_000)
    expect(plan!.kind.filter((kind) => kind === 1)).toHaveLength(1_000)
    expect(plan!.distinctBuys).toBe(3_000)
    expect(plan!.sales).toEqual([{ sku: 'warm-up-1', unitsAskedFor: 3_000, initialStock: 1_500 }])
    expect(plan!.buy.filter((buy) => buy === NO_BUY)).toHaveLength(1_000)
  })

  it('climb to the rate of the run, up to a bound', () => {
    const rateOfLastHundred = (peakRatePerSec: number): number => {
      const { atNs, length } = warmUpPlans(16, peakRatePerSec)[0]!
      expect([...atNs]).toStrictEqual([...atNs].sort((a, b) => a - b))
      return 100e9 / (atNs[length - 1]! - atNs[length - 101]!)
    }
    expect(rateOfLastHundred(100) / 3_072).toBeCloseTo(1, 1)
    expect(rateOfLastHundred(6_400) / 6_400).toBeCloseTo(1, 1)
    expect(rateOfLastHundred(100_000) / 20_000).toBeCloseTo(1, 1)
  })

  it('hold a high rate on a second sale', () => {
    const [, held] = warmUpPlans(16, 12_800)
    expect(held!.sales[0]!.sku).toBe('warm-up-2')
    expect(held!.step.arrivalRatePerSec).toBeCloseTo(12_800, -1)
    expect(held!.step.durationMs).toBeGreaterThan(1_500)
    expect(warmUpPlans(16, 2_000)[1]!.step.arrivalRatePerSec).toBeCloseTo(2_000, -1)
    expect(warmUpPlans(16, 1_200)).toHaveLength(1)
  })
})

describe('a warm-up that only reads', () => {
  it('buys nothing, and sends its reads at the rate that is asked for', () => {
    const plan = readsOnlyPlan('shop-sku', 2_000, 50)
    expect(plan).toMatchObject({ length: 100, distinctBuys: 0, unitsAskedFor: 0, initialStock: 0 })
    expect(plan.sales.map(({ sku }) => sku)).toStrictEqual(['shop-sku'])
    expect([...new Set(plan.kind)]).toStrictEqual([1])
    expect([...new Set(plan.user)]).toStrictEqual([0])
    expect(plan.atNs[99]).toBe(1.98e9)
    expect(plan.step).toMatchObject({ arrivalRatePerSec: 50, durationMs: 2_000 })
  })

  it('may be none at all', () => {
    expect(readsOnlyPlan('shop-sku', 0, 50).length).toBe(0)
  })
})
