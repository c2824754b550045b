import { describe, expect, it } from 'vitest'
import type { CompareRecord, ContestantResult } from '../core/compare-record.ts'
import type { Estimate } from '../core/statistics/estimate.ts'
import { compareJunit, compareMarkdown, renderComparison } from './index.ts'
import { msWords, priceOf } from './compare-words.ts'
import { comparisonOf, estimateOf as of, resultOf } from './testing/comparisons.ts'
import { recordOf, strategyTarget } from './testing/records.ts'

function result(contestant: string, p99: Estimate, changes: Partial<ContestantResult> = {}): ContestantResult {
  const plain = resultOf(contestant, p99)
  const { responseMs } = plain.figures!
  return {
    ...plain,
    figures: {
      ...plain.figures!,
      goodputPerSec: of(12_800),
      responseMs: { ...responseMs, mean: of(1.5), p50: of(1.2, 1.1, 1.3) },
      cpuMicrosPerOrder: { generator: of(3_000), target: of(10_100), postgres: of(2_000) },
      memoryBytes: { target: of(80_000_000), generator: of(50_000_000) },
      readLagP99Ms: of(12),
    },
    work: [
      {
        kind: 'sold',
        sent: 20,
        requests: 20,
        counters: {},
        sql: {
          statements: [{ text: 'UPDATE stock', calls: 20, rows: 20 }],
          nested: [],
          transactions: 20,
          walBytes: 1,
          walRecords: 1,
        },
        redis: null,
        notCounted: [],
      },
    ],
    ...changes,
  }
}

function comparison(changes: Partial<CompareRecord> = {}): CompareRecord {
  const { scenario } = recordOf()
  const { contestants, regimes } = comparisonOf()
  const long = (name: string): string => (name === 'atomic-update' ? 'optimistic-in-database' : name)
  const [regime] = regimes
  return comparisonOf({
    scenario,
    contestants: contestants.map((one) => ({ ...one, target: strategyTarget, name: long(one.name) })),
    regimes: [
      {
        ...regime!,
        results: [
          result('optimistic-in-database', of(20, 19, 21)),
          result('redis-lua', of(8, 7.9, 8.4)),
          result('naive', of(1), { verdict: 'wrong', headline: 'OVERSOLD by 214 units', meetsSlo: false }),
        ],
        places: regime!.places.map((place) => ({ ...place, contestants: place.contestants.map(long), because: '' })),
      },
    ],
    ...changes,
  })
}

/** Of two, in the second. */
function wrongInOneRegime(): CompareRecord {
  const [regime] = comparison().regimes
  const unseen = { ...regime!, sellThrough: 1, results: [...regime!.results.slice(0, 2), result('naive', of(1))] }
  return comparison({ regimes: [unseen, regime!] })
}

const drawn = (record: CompareRecord, width = 100): string =>
  renderComparison(record, { color: false, width, directory: 'results/x' })

describe('a comparison on a terminal', () => {
  it('says first who was wrong, then who is before whom', () => {
    const lines = drawn(comparison()).split('\n')
    expect(lines[0]).toBe('WRONG: naive; 3 contestants, 1 regime, 3 runs each')
    const rows = lines.filter((line) => /^ *(wrong|\d=?) /.test(line)).map((line) => line.trim().split(/\s+/, 2))
    expect(rows).toEqual([
      ['1', 'redis-lua'],
      ['2', 'optimistic-in-database'],
      ['wrong', 'naive'],
    ])
    expect(lines.findIndex((line) => line.includes('OVERSOLD by 214 units'))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('place')),
    )
  })

  it('never gives somebody wrong a place or an SLO', () => {
    const row = drawn(comparison())
      .split('\n')
      .find((line) => line.startsWith('wrong'))
    expect(row).toMatch(/^wrong +naive +- /)
  })

  it('names in every regime who was wrong in one, with where, and gives it no place', () => {
    const record = wrongInOneRegime()
    const lines = drawn(record).split('\n')
    const [first, ...rest] = lines.filter((line) => /^ *wrong/.test(line))
    expect(first).toMatch(/^wrong at 0\.01 +naive +- /)
    expect(rest).toHaveLength(1)
    expect(lines).toContain('✗ naive  wrong at sell-through 0.01: OVERSOLD by 214 units')
    const page = compareMarkdown(record)
    expect(page).toContain('| wrong at 0.01 | `naive` | - |')
    expect(page).toContain('- ❌ **naive**: wrong at sell-through 0.01: OVERSOLD by 214 units')
  })

  it('has what is sold a second, and the CPU of server and stores for an order that is sold', () => {
    const text = drawn(comparison())
    expect(text).toMatch(/answers +sold/)
    expect(text).toMatch(/redis-lua +met +12,800\/s +128\/s/)
    expect(text).toMatch(/an order +memory/)
    expect(text).toMatch(/redis-lua +101 +20 +30 +12,100 +80 MB/)
  })

  it('counts the runs that were made, where not all that were planned were', () => {
    const [regime] = comparison().regimes
    const [slow, quick, naive] = regime!.results
    const once = result('redis-lua', of(8))
    const headline = (...results: ContestantResult[]) =>
      drawn(comparison({ verdict: 'interrupted', regimes: [{ ...regime!, results }] })).split('\n')[0]
    expect(headline(slow!, once, naive!)).toMatch(/1 regime, 1-3 of 3 runs each/)
    expect(headline(slow!, quick!, naive!)).toMatch(/1 regime, 3 runs each/)
  })

  it.each([60, 80, 100])('fits %i columns', (width) => {
    const lines = [comparison(), wrongInOneRegime()].flatMap((record) => drawn(record, width).split('\n'))
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
  })

  it('marks a shared place', () => {
    const [regime] = comparison().regimes
    const places = [{ place: 1, contestants: ['redis-lua', 'optimistic-in-database'], meetsSlo: true, because: '' }]
    expect(drawn(comparison({ regimes: [{ ...regime!, places }] }))).toMatch(/^ *1= +redis-lua/m)
  })

  it('divides the work of an order by all that was sent, also where some were not sold', () => {
    const record = comparison()
    const [regime] = record.regimes
    const results = regime!.results.map((result) => ({
      ...result,
      work: result.work!.map((probe) => ({ ...probe, requests: 16 })),
    }))
    const price = priceOf(record.contestants[0]!, { ...record, regimes: [{ ...regime!, results }] })
    expect(price.sqlAnOrder).toBe('1')
  })

  it('says what an order costs, and what it is worth', () => {
    const text = drawn(comparison())
    expect(text).toMatch(/redis-lua +1 +- +linearizable/)
    expect(text).toContain('"sold" is durable at COMMIT: optimistic-in-database, redis-lua, naive')
  })

  it('says where the ranking turns over', () => {
    expect(drawn(comparison({ turnsOver: ['at sell-through 1 a is before b'] }))).toContain(
      'The ranking turns over:\n  at sell-through 1 a is before b',
    )
  })
})

describe('a response time with its interval', () => {
  it('is in one unit, and in each its own where they differ', () => {
    expect(msWords(of(12.1, 11.8, 12.6))).toBe('12.1ms (11.8-12.6)')
    expect(msWords(of(9_500, 9_000, 12_000))).toBe('9500ms (9000ms-12.0s)')
  })

  it('has none after one run', () => {
    expect(msWords(of(12.1))).toBe('12.1ms')
    expect(msWords(null)).toBe('-')
  })
})

describe('a comparison as Markdown', () => {
  it('holds the verdict, a row a contestant, and the machine', () => {
    const page = compareMarkdown(comparison())
    expect(page).toContain('## flat-12800: WRONG: naive')
    expect(page).toContain('| 1 | `redis-lua` | met | 12,800/s | 128/s | 8.00ms (7.90-8.40) |')
    expect(page).toContain('Measured on 2026-03-14: cpu, 2 cores')
  })

  it('lets no name of a service draw tables or links', () => {
    const [regime] = comparison().regimes
    const results = [result('a|b`[x](y)', of(3))]
    expect(compareMarkdown(comparison({ regimes: [{ ...regime!, results }] }))).toContain("`a/b'[x](y)`")
  })
})

describe('a comparison as JUnit XML', () => {
  it('fails who was wrong, and not who was slow', () => {
    const [regime] = comparison().regimes
    const slow = result('redis-lua', of(80), { verdict: 'missed', meetsSlo: false })
    const xml = compareJunit(comparison({ regimes: [{ ...regime!, results: [slow, regime!.results[2]!] }] }))
    expect(xml).toMatch(/name="redis-lua"[^>]*\/>/)
    expect(xml).toMatch(/name="naive"[^>]*><failure message="OVERSOLD by 214 units">/)
    expect(xml).toMatch(/name="somebody is right and meets the SLO"[^>]*><failure/)
  })

  it('is met by nobody where only a control that was not caught met it', () => {
    const [regime] = comparison().regimes
    const slow = result('redis-lua', of(80), { verdict: 'missed', meetsSlo: false })
    const xml = compareJunit(comparison({ regimes: [{ ...regime!, results: [slow, result('naive', of(1))] }] }))
    expect(xml).toMatch(/name="somebody is right and meets the SLO"[^>]*><failure/)
  })

  it('skips a control whose fault was to be expected', () => {
    const xml = compareJunit(comparison({ verdict: 'passed' }))
    expect(xml).toMatch(/name="naive"[^>]*><skipped/)
  })
})
