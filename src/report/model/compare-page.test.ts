import { describe, expect, it } from 'vitest'
import { comparisonOf } from '../testing/comparisons.ts'
import { comparePage } from './compare-page.ts'
import { repeatComparison } from './repeat-command.ts'

describe('the report of a comparison', () => {
  const page = comparePage({ record: comparisonOf({ turnsOver: ['at 1 a is before b'] }), commands: [] })
  const blocksOf = (id: string) => page.sections.find((section) => section.id === id)!.blocks

  it('says first who was wrong, then who is before whom', () => {
    expect(page.banner).toMatchObject({ word: 'WRONG', mood: 'bad' })
    expect(page.sections.map(({ id }) => id)).toEqual(['verdicts', 'turns', 'regime-1', 'price', 'notes', 'repeat'])
  })

  it('draws figures with their intervals, best first, and gives who was wrong no place', () => {
    const [chart] = blocksOf('regime-1').flatMap((block) => (block.kind === 'intervals' ? [block.intervals] : []))
    expect(chart!.rows.map(({ name }) => name)).toEqual(['1. redis-lua', '2. atomic-update', 'naive (wrong)'])
    expect(chart!.rows[0]!.figure).toMatchObject({ median: 8, low: 7.9, high: 8.4 })
    expect(chart!.limit).toEqual({ at: 42, label: 'allowed: 42.0ms' })
    expect(chart!.until).toBeGreaterThanOrEqual(42)
  })

  it('says what the SLO allows only of the figure that it is about', () => {
    const { limit } = blocksOf('regime-1').flatMap((block) => (block.kind === 'intervals' ? [block.intervals] : []))[1]!
    expect(limit).toBeNull()
  })

  it('says how it is made again, in the words by which it was called', () => {
    const command = ['./sales/flat.yaml', '--strategies', 'redis-lua,naive', '--stock', '500']
    expect(repeatComparison(comparisonOf({ command, seed: 7 }))).toBe(
      'npx doorbuster compare ./sales/flat.yaml --strategies redis-lua,naive --stock 500 --seed 7',
    )
    expect(repeatComparison(comparisonOf())).toBeNull()
  })

  it('says what its intervals are worth, and nothing of them where each was measured once', () => {
    const sentences = (values: readonly number[]): string[] => {
      const [regime] = comparisonOf().regimes
      const results = regime!.results.map((result) => {
        const of = (middle: number) => ({ median: middle, low: 1, high: 9, confidence: 0.75, values })
        const { figures } = result
        return {
          ...result,
          figures: { ...figures!, goodputPerSec: of(3), responseMs: { ...figures!.responseMs, p99: of(3) } },
        }
      })
      const record = comparisonOf({ regimes: [{ ...regime!, results }] })
      return comparePage({ record, commands: [] })
        .sections.flatMap(({ blocks }) => blocks)
        .flatMap((block) => (block.kind === 'intervals' ? [block.intervals.sentence] : []))
    }
    expect(sentences([1, 3, 9])[0]).toBe(
      'The lower, the better. A dot is the median over the runs, the line the range of the runs, which holds the true median in 75% of cases or more.',
    )
    expect(sentences([3])).toEqual(['The lower, the better.', 'Definite answers per second: the higher, the better.'])
  })

  it('that has not ended says so', () => {
    const { banner } = comparePage({ record: comparisonOf({ verdict: null, status: 'running' }), commands: [] })
    expect(banner).toMatchObject({ word: 'NOT ENDED', rest: 'as of now; 3 contestants, 1 regime, 3 runs each' })
  })
})
