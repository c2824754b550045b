import { describe, expect, it } from 'vitest'
import { BEGAN_AT_MS, counts, histogram, look, sale, source } from '../testing/telemetry.ts'
import type { Card } from './card.ts'
import { viewOf } from './view.ts'

type Look = ReturnType<typeof look>

const viewed = (...looks: readonly Look[]) => viewOf(looks)!
const cardOf = (id: string, ...looks: readonly Look[]): Card =>
  viewed(...looks)
    .columns.flat()
    .find((card) => card.id === id)!
const cells = (card: Card) => (card.table?.rows ?? []).map((row) => row.cells)
const after = (seconds: number, changes: Parameters<typeof look>[0]): Look =>
  look({ ...changes, atMs: BEGAN_AT_MS + seconds * 1_000 })

describe('the verdict on the page', () => {
  it('is right so far until something is wrong', () => {
    const right = look({ sales: [sale({ sold: 100 })] })
    expect(viewed(right).verdict).toMatchObject({ mood: 'good', word: 'right so far', sentence: 'Right so far' })
    const wrong = look({ sales: [sale({ sold: 103, oversold: 3 })], sentence: 'OVERSOLD by 3 units so far' })
    expect(viewed(wrong).verdict).toMatchObject({ mood: 'bad', word: 'wrong', sentence: 'OVERSOLD by 3 units so far' })
    expect(viewed(wrong).verdict.units).toBe('103 units sold of 100 units, 3 units oversold')
  })

  it('is wrong where a check failed, though no unit too many was sold', () => {
    const check = { check: 'exactly-once', sku: 'SKU-1', sentence: 'two orders' } as const
    expect(viewed(look({ checks: [{ ...check, verdict: 'fail' }] })).verdict.mood).toBe('bad')
    expect(viewed(look({ checks: [{ ...check, verdict: 'unknown' }] })).verdict.mood).toBe('good')
  })

  it("is the run's own at its end", () => {
    const end = look({ phase: 'finished', verdict: 'missed', sentence: 'TARGET SATURATED' })
    expect(viewed(end).verdict).toMatchObject({ mood: 'doubtful', word: 'missed' })
    expect(viewed({ ...end, verdict: 'passed' }).verdict.mood).toBe('good')
    expect(viewed({ ...end, verdict: 'wrong' }).verdict.mood).toBe('bad')
  })

  it('says nothing of a sale that has sold nothing', () => {
    expect(viewed(look()).verdict.word).toBe('nothing sold yet')
    expect(viewOf([])).toBeNull()
  })
})

describe('the stock', () => {
  it('burns down against what is sold, from step to step', () => {
    const card = cardOf(
      'stock',
      after(0, { sales: [sale({ sku: 'step-1', sold: 40 })] }),
      after(1, { sales: [sale({ sku: 'step-1', sold: 101, oversold: 1 }), sale({ sku: 'step-2', step: 2, sold: 5 })] }),
    )
    expect(card.chart!.lines.map(({ name, points }) => [name, points.map(({ y }) => y)])).toEqual([
      ['left', [60, 95]],
      ['sold', [40, 5]],
    ])
    expect(cells(card)).toEqual([
      ['step-1 (step 1)', '100', '101', '1', '–', '0'],
      ['step-2', '100', '5', '0', '–', '0'],
    ])
  })

  it('shows the worst SKUs first, and says how many it leaves out', () => {
    const sales = Array.from({ length: 9 }, (_, index) => sale({ sku: `SKU-${index}`, sold: index }))
    const card = cardOf('stock', look({ sales: [...sales, sale({ sku: 'BAD', sold: 107, oversold: 7 })] }))
    expect(card.table!.rows[0]).toMatchObject({ mood: 'bad', cells: ['BAD', '100', '107', '7', '–', '0'] })
    expect(card.table!.more).toBe('and 5 more')
    expect(card.chart!.lines).toHaveLength(4)
  })
})

describe('load and times', () => {
  const looks = [
    after(0, { counts: counts({ offered: 0, achieved: 0 }) }),
    after(2, {
      counts: counts({ offered: 400, achieved: 380, sent: 390 }),
      responseTime: { sold: histogram(new Map([[0.03, 100]])) },
      resources: { target: { cpuSeconds: 3, maxRssBytes: 5e7 } },
    }),
    after(4, {
      counts: counts({ offered: 800, achieved: 780, sent: 790 }),
      responseTime: { sold: histogram(new Map([[0.03, 100]])), refused: histogram(new Map([[0.002, 100]])) },
      resources: { target: { cpuSeconds: 4, maxRssBytes: 6e7 } },
    }),
  ]

  it('are what came between looks', () => {
    expect(cardOf('load', ...looks).chart!.lines.map(({ name, points }) => [name, points.map(({ y }) => y)])).toEqual([
      ['offered', [200, 200]],
      ['achieved', [190, 200]],
    ])
    const p50 = cardOf('times', ...looks).chart!.lines[0]!
    expect(p50.points.map(({ y }) => Number(y!.toPrecision(3)))).toEqual([0.025, 0.0015])
  })

  it('are told as totals when the run is over, whose steps had each their own rate', () => {
    const over = [...looks.slice(0, 2), { ...looks[2]!, phase: 'finished' as const }]
    expect(cardOf('load', ...looks).chart!.lines.map(({ value }) => value)).toEqual(['200/s', '195/s'])
    expect(cardOf('load', ...over).chart!.lines.map(({ value }) => value)).toEqual(['800 in all', '780 in all'])
  })

  it('offer nothing in the closed model', () => {
    const closed = looks.map((one) => ({ ...one, source: source({ model: 'closed' }) }))
    expect(cardOf('load', ...closed).chart!.lines.map(({ name }) => name)).toEqual(['achieved'])
  })

  it('show cores where they were measured at both ends', () => {
    expect(cardOf('cpu', ...looks).chart!.lines[0]!.points.map(({ y }) => y)).toEqual([null, 0.5])
    expect(cardOf('cpu', ...looks).chart!.lines[0]!.value).toBe('0.50 (60 MB)')
    expect(cardOf('cpu', looks[0]!).chart).toBeNull()
  })

  it('are the service time of a watch, which knows of no plan, no generator and no CPU', () => {
    const time = { sold: histogram(new Map([[0.03, 100]])) }
    const watched = [after(0, {}), after(2, { serviceTime: time })].map((one) => ({
      ...one,
      source: source({ kind: 'watch' }),
    }))
    const card = cardOf('times', ...watched)
    expect(card.title).toBe('Service time')
    expect(card.chart!.lines[0]!.points.map(({ y }) => Number(y!.toPrecision(3)))).toEqual([0.025])
    const ids = (...looks: readonly Look[]) => viewed(...looks).columns.flatMap((cards) => cards.map(({ id }) => id))
    expect(ids(...watched)).toEqual(['stock', 'checks', 'load', 'outcomes', 'times', 'causes'])
    expect(ids(...looks)).toEqual([...ids(...watched), 'cpu', 'generator'])
    expect(cardOf('stock', ...watched).note).toContain('by what the lines say')
    expect(cardOf('stock', ...looks).note).toContain('ledger')
  })

  it('show how long the thresholds allow', () => {
    expect(cardOf('times', ...looks).chart!.marks).toEqual([{ y: 0.042, label: 'p99 allowed' }])
  })
})

describe('checks, outcomes and causes', () => {
  it('put what failed first, and never show what was not checked as a pass', () => {
    const of = (check: 'no-oversell' | 'conservation' | 'fairness' | 'sold-through', verdict: 'pass') =>
      ({ check, verdict, sku: 'S', sentence: 'so' }) as const
    const card = cardOf(
      'checks',
      look({
        checks: [
          of('fairness', 'pass'),
          { ...of('sold-through', 'pass'), verdict: 'not-checked' },
          { ...of('conservation', 'pass'), verdict: 'unknown' },
          { ...of('no-oversell', 'pass'), verdict: 'fail' },
        ],
      }),
    )
    expect(cells(card)).toEqual([
      ['no-oversell (S): so', '✗ FAIL'],
      ['conservation (S): so', '? unknown'],
      ['fairness', '✓ pass'],
      ['sold-through', '– not checked'],
    ])
  })

  it('count requests, with their shares', () => {
    const outcomes = { sold: 1, soldOut: 3, limitReached: 0, refused: 0, shown: 0, unknown: 0, dropped: 0 }
    expect(cells(cardOf('outcomes', look({ counts: counts({ outcomes, inFlight: 2 }) })))).toEqual([
      ['sold', '1', '25%'],
      ['sold out', '3', '75%'],
      ['no answer so far', '2', ''],
    ])
  })

  it('name what kept requests from an answer, the most frequent first', () => {
    const card = cardOf(
      'causes',
      look({ counts: counts({ dropped: { BOUND: 5 }, failures: { TIMEOUT: 9, BUSY: 0 } }) }),
    )
    expect(cells(card)).toEqual([
      ['TIMEOUT', '9'],
      ['dropped: BOUND', '5'],
    ])
    expect(cardOf('causes', look())).toMatchObject({ table: null, empty: 'None.' })
  })
})
