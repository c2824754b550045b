import { describe, expect, it } from 'vitest'
import { MOST_SKUS, OTHER } from '../core/metric-table.ts'
import type { SaleTelemetry } from '../core/telemetry.ts'
import { ShownSales } from './shown-sales.ts'

function salesOf(count: number, changes: Readonly<Record<string, Partial<SaleTelemetry>>> = {}): SaleTelemetry[] {
  return Array.from({ length: count }, (_, n) => {
    const sku = `sku-${n}`
    return { sku, step: 0, stock: 10, sold: 1, oversold: 0, lost: null, unknown: 0, ...changes[sku] }
  })
}

const skusOf = (sales: readonly SaleTelemetry[]): string[] => sales.map(({ sku }) => sku)
const unitsIn = (sales: readonly SaleTelemetry[]): number => sales.reduce((sum, { sold }) => sum + sold, 0)

describe('sales that are shown', () => {
  it('are all of a few, and of many at most so many, with the rest as one: no unit is missing', () => {
    expect(skusOf(new ShownSales().of(salesOf(3)))).toEqual(['sku-0', 'sku-1', 'sku-2'])
    const many = salesOf(3 * MOST_SKUS)
    const told = new ShownSales().of(many)
    expect(told.length).toBeLessThanOrEqual(MOST_SKUS + 1)
    expect(told.at(-1)!.sku).toBe(OTHER)
    expect(unitsIn(told)).toBe(unitsIn(many))
  })

  it('stay shown, whatever others sell meanwhile', () => {
    const shown = new ShownSales()
    const before = shown.of(salesOf(3 * MOST_SKUS))
    const later = shown.of(salesOf(3 * MOST_SKUS, { 'sku-299': { sold: 9 } }).toReversed())
    expect(skusOf(later)).toEqual(skusOf(before))
  })

  it('are joined by those that are oversold, the worst first, and replaced by none', () => {
    const shown = new ShownSales()
    const before = skusOf(shown.of(salesOf(3 * MOST_SKUS))).slice(0, -1)
    const oversold = { 'sku-250': { oversold: 1 }, 'sku-299': { oversold: 5 } }
    const joined = shown.of(salesOf(3 * MOST_SKUS, oversold))
    expect(skusOf(joined)).toEqual([...before, 'sku-299', 'sku-250', OTHER])
    expect(skusOf(shown.of(salesOf(3 * MOST_SKUS)))).toEqual(skusOf(joined))
  })

  it('are no more than so many even where more are oversold', () => {
    const many = salesOf(3 * MOST_SKUS).map((sale) => ({ ...sale, oversold: 2 }))
    const told = new ShownSales().of(many)
    expect(told).toHaveLength(MOST_SKUS + 1)
    expect(told.at(-1)).toMatchObject({ oversold: 4 * MOST_SKUS })
  })
})
