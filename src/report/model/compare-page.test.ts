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

  it('says how it is made again', () => {
    expect(repeatComparison(comparisonOf())).toBe(
      "npx doorbuster compare flat-12800 --strategies atomic-update,redis-lua,naive --sell-through 0.01 --slo 'p99 < 42ms' --rate 12800 --duration 25000ms --repeat 3 --seed 1",
    )
  })
})
