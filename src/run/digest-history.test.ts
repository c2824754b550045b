import { describe, expect, it } from 'vitest'
import { type HistoryColumns, KIND_CODES, NO_BUY, OUTCOME_CODES } from '../core/history.ts'
import { bucketMsFor, digestHistory, passedMsOf } from './digest-history.ts'

interface Row {
  /** ms since the start of the step. */
  readonly due: number
  readonly answered?: number
  readonly outcome: (typeof OUTCOME_CODES)[number]
  readonly buy?: number
  readonly attempt?: number
  readonly shown?: number
}

const STARTED_AT_NS = 1e9

function historyOf(rows: readonly Row[]): HistoryColumns {
  const ns = (ms: number | undefined): number => (ms === undefined ? Number.NaN : STARTED_AT_NS + ms * 1e6)
  return {
    stepIndex: 0,
    skus: ['shoe'],
    saleIndex: null,
    length: rows.length,
    scheduledAtNs: Float64Array.from(rows, ({ due }) => ns(due)),
    sentAtNs: Float64Array.from(rows, ({ due, outcome }) => ns(outcome === 'dropped' ? undefined : due)),
    completedAtNs: Float64Array.from(rows, ({ answered }) => ns(answered)),
    kind: Uint8Array.from(rows, ({ outcome }) => KIND_CODES.indexOf(outcome === 'shown' ? 'read' : 'buy')),
    outcome: Uint8Array.from(rows, ({ outcome }) => OUTCOME_CODES.indexOf(outcome)),
    httpStatus: Uint16Array.from(rows, ({ answered }) => (answered === undefined ? 0 : 200)),
    code: new Uint16Array(rows.length),
    codes: [''],
    user: new Uint32Array(rows.length),
    buy: Uint32Array.from(rows, ({ buy, outcome }, row) => (outcome === 'shown' ? NO_BUY : (buy ?? row))),
    attempt: Uint8Array.from(rows, ({ attempt }) => attempt ?? 1),
    quantity: Uint16Array.from(rows, ({ outcome }) => (outcome === 'shown' ? 0 : 1)),
    shownStock: Int32Array.from(rows, ({ shown }) => shown ?? 0),
    requestIdPrefix: 'r-',
    orderId: () => null,
  }
}

const digest = (rows: readonly Row[], soldBefore: readonly number[] = []) =>
  digestHistory(historyOf(rows), {
    startedAtNs: STARTED_AT_NS,
    durationMs: 200,
    bucketMs: 100,
    timeoutMs: 2_000,
    sales: [{ sku: 'shoe', initial: 2 }],
    soldBefore,
  })

describe('the digest of a history', () => {
  it('counts requests by the moment at which they were due, and stock by the moment of the answer', () => {
    const { digest: made } = digest([{ due: 90, answered: 110, outcome: 'sold' }])
    expect(made.buckets.map(({ outcomes }) => outcomes.sold)).toEqual([1, 0])
    expect(made.stock[0]!.left).toEqual([2, 2, 1])
  })

  it('goes below zero where more was sold than there was', () => {
    const rows = [1, 2, 3].map((due): Row => ({ due, answered: due + 5, outcome: 'sold' }))
    expect(digest(rows).digest.stock[0]!.left).toEqual([2, -1, -1])
  })

  it('counts a buy that was answered twice once: by its first answer', () => {
    const rows: Row[] = [
      { due: 1, answered: 150, outcome: 'sold', buy: 7 },
      { due: 2, answered: 20, outcome: 'sold', buy: 7 },
    ]
    expect(digest(rows).digest.stock[0]!.left).toEqual([2, 1, 1])
  })

  it('leaves retries out of the load, but not out of what was sold', () => {
    const rows: Row[] = [{ due: 1, answered: 20, outcome: 'sold', attempt: 2 }]
    const { digest: made, soldByNow } = digest(rows)
    expect(made.buckets[0]!.outcomes.sold).toBe(0)
    expect(made.response.count).toBe(0)
    expect(soldByNow).toEqual([1])
  })

  it('goes on from what steps before have sold', () => {
    expect(digest([{ due: 1, answered: 2, outcome: 'sold' }], [1]).digest.stock[0]!.left).toEqual([1, 0, 0])
  })

  it('counts a request without an answer as the time-out, and one that never left not at all', () => {
    const { digest: made } = digest([
      { due: 1, outcome: 'unknown' },
      { due: 2, outcome: 'dropped' },
    ])
    expect(made.response.count).toBe(1)
    expect(made.response.points[0]!.ms).toBeGreaterThanOrEqual(1_999)
    expect(made.buckets[0]!.outcomes).toMatchObject({ unknown: 1, dropped: 1 })
  })

  it('keeps the lowest and the highest stock that readers were shown', () => {
    const rows: Row[] = [
      { due: 1, answered: 2, outcome: 'shown', shown: 2 },
      { due: 3, answered: 4, outcome: 'shown', shown: 1 },
    ]
    expect(digest(rows).digest.stock[0]!.shown).toEqual([{ low: 1, high: 2 }, null])
  })

  it('tells of a percentile only as far as there are samples', () => {
    const rows = Array.from({ length: 100 }, (_, due): Row => ({ due, answered: due + 5, outcome: 'soldOut' }))
    const last = digest(rows).digest.response.points.at(-1)!
    expect(last.quantile).toBeCloseTo(0.99)
  })

  it('tells of the median itself, and not of its neighbour', () => {
    const rows = Array.from({ length: 100 }, (_, row): Row => ({ due: 0, answered: row + 1, outcome: 'soldOut' }))
    const { points } = digest(rows).digest.response
    expect(points.find(({ quantile }) => quantile === 0.5)!.ms).toBeCloseTo(50, 0)
    expect(points.map(({ quantile }) => quantile)).toEqual(
      [...new Set(points.map(({ quantile }) => quantile))].sort((a, b) => a - b),
    )
  })

  it('ends where a step was cut short: with the last request or answer, and never later than planned', () => {
    const planned = { startedAtNs: STARTED_AT_NS, durationMs: 10_000 }
    const rows: Row[] = [
      { due: 10, answered: 350, outcome: 'sold' },
      { due: 300, outcome: 'unknown' },
      { due: 900, outcome: 'dropped' },
    ]
    expect(passedMsOf(historyOf(rows), planned)).toBe(350)
    expect(passedMsOf(historyOf(rows), { ...planned, durationMs: 200 })).toBe(200)
    expect(passedMsOf(historyOf([]), planned)).toBe(0)
  })

  it('has a bounded number of buckets, each of enough requests', () => {
    expect(3_600_000 / bucketMsFor({ durationMs: 3_600_000, requests: 1e9 })).toBeLessThanOrEqual(160)
    expect(bucketMsFor({ durationMs: 10_000, requests: 1_000 })).toBeGreaterThanOrEqual(600)
  })
})
