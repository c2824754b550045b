import { describe, expect, it } from 'vitest'
import type { SaleUnderJudgement } from '../oracle/index.ts'
import { HistoryWalk } from './history-walk.ts'
import { LiveJudge, type LiveWord } from './live-judge.ts'
import { MS, runningStep } from './testing/running-step.ts'

const ROWS = 16
const TIMEOUT_MS = 100

function saleOf(sku: string, stock: number): SaleUnderJudgement {
  return {
    stepIndex: 0,
    sku,
    initialStock: stock,
    perUserLimit: null,
    promise: { reads: { kind: 'linearizable' }, sellsThrough: false },
    timeoutMs: TIMEOUT_MS,
    clockErrorMs: 0,
  }
}

/** The test lets time pass and answers. */
function step(planned: number, options: { stock?: number; mayRetry?: boolean; bySku?: boolean } = {}) {
  const { stock = 1, mayRetry = false, bySku = false } = options
  const { history, at, send, answer, retry } = runningStep(planned, { rows: ROWS })
  const sales = bySku ? [saleOf('a', stock), saleOf('b', stock)] : [saleOf('a', stock)]
  const walk = new HistoryWalk(history)
  const judge = new LiveJudge(history, {
    sales: new Map(sales.map((sale) => [sale.sku, sale])),
    skuOf: (row) => (row % 2 === 0 ? 'a' : 'b'),
    buyCount: ROWS,
    mayRetry,
    timeoutMs: TIMEOUT_MS,
  })
  const lookAt = (ms: number): LiveWord | null => {
    at(ms)
    return judge.judge(walk.look())
  }
  return { judge, lookAt, send, answer, retry }
}

describe('a live judge', () => {
  it('finds it right until more is promised than there is, and tells at the next look', () => {
    const { judge, lookAt, send, answer } = step(3)
    for (const row of [0, 1]) send(row, row * 10)
    answer(0, 'sold', 5)
    expect(lookAt(20)).toBeNull()
    answer(1, 'sold', 25)
    expect(lookAt(30)).toEqual({
      sku: 'a',
      finding: { check: 'no-oversell', sentence: 'OVERSOLD by 1 unit so far, by what buyers were told' },
    })
    expect(judge.firstViolation).toEqual({
      check: 'no-oversell',
      sku: 'a',
      sentence: 'OVERSOLD by 1 unit so far, by what buyers were told',
      seenAtNs: 30 * MS,
    })
  })

  it('keeps the first violation in its record, and goes on telling how things stand', () => {
    const { judge, lookAt, send, answer } = step(3)
    for (const row of [0, 1, 2]) {
      send(row, row * 10)
      answer(row, 'sold', row * 10 + 1)
      lookAt(row * 10 + 5)
    }
    expect(lookAt(40)?.finding.sentence).toContain('by 2 units')
    expect(judge.firstViolation?.sentence).toContain('by 1 unit')
  })

  it('tells of answers that contradict one another a request timeout after them', () => {
    const { lookAt, send, answer } = step(2, { stock: 2 })
    send(0, 0)
    send(1, 10)
    answer(0, 'sold', 5)
    answer(1, 'soldOut', 15)
    expect(lookAt(15 + TIMEOUT_MS)).toBeNull()
    expect(lookAt(15 + TIMEOUT_MS + 60)?.finding.check).toBe('linearizable')
  })

  it('waits for what is still open, however long that takes to be given up', () => {
    const { lookAt, send, answer } = step(2, { stock: 2 })
    send(0, 0)
    send(1, 10)
    answer(1, 'soldOut', 15)
    expect(lookAt(1_000)).toBeNull()
    answer(0, 'unknown', 1_000)
    expect(lookAt(1_100)?.finding.sentence).toContain('at most 1 of 2 units can have been sold')
  })

  it('takes a retry for the same buy, wherever its row stands', () => {
    const { lookAt, send, answer, retry } = step(2, { stock: 1, mayRetry: true })
    send(0, 0)
    answer(0, 'unknown', 100)
    expect(lookAt(120)).toBeNull()
    const row = retry(0)
    send(row, 130)
    answer(row, 'sold', 140)
    const again = retry(0)
    send(again, 150)
    answer(again, 'sold', 160)
    expect(lookAt(1_000)).toBeNull()
    send(1, 170)
    answer(1, 'sold', 180)
    expect(lookAt(2_000)?.finding.sentence).toContain('OVERSOLD by 1 unit')
  })

  it('finds nothing in a refusal that may be followed up, and what it shows where it may not', () => {
    const told = (mayRetry: boolean): string | undefined => {
      const { lookAt, send, answer } = step(2, { stock: 1, mayRetry })
      send(0, 0)
      answer(0, 'refused', 5)
      send(1, 10)
      answer(1, 'soldOut', 15)
      return lookAt(1_000)?.finding.check
    }
    expect(told(true)).toBeUndefined()
    expect(told(false)).toBe('linearizable')
  })

  it('judges each of several sales by itself', () => {
    const { lookAt, send, answer } = step(4, { stock: 1, bySku: true })
    for (const row of [0, 1, 2]) send(row, row * 10)
    answer(0, 'sold', 5)
    answer(1, 'sold', 15)
    expect(lookAt(40)).toBeNull()
    answer(2, 'sold', 45)
    expect(lookAt(50)).toMatchObject({ sku: 'a', finding: { check: 'no-oversell' } })
  })
})
