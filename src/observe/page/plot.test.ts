import { describe, expect, it } from 'vitest'
import type { Chart } from './card.ts'
import { clock, FRAME, pathOf, plotOf } from './plot.ts'

const chart = (values: readonly (number | null)[], changes: Partial<Chart> = {}): Chart => ({
  description: '',
  lines: [{ name: '', value: '', points: values.map((y, x) => ({ x, y })) }],
  marks: [],
  scale: 'linear',
  format: String,
  seconds: values.length,
  steps: [],
  ...changes,
})

describe('plotOf', () => {
  it('takes in zero and all values, by round numbers', () => {
    expect(plotOf(chart([3, 870])).ticks).toEqual([0, 500, 1_000])
    expect(plotOf(chart([100, -7])).ticks).toEqual([-50, 0, 50, 100])
  })

  it('has a scale where nothing was measured, or all is zero', () => {
    expect(plotOf(chart([])).ticks.length).toBeGreaterThan(1)
    expect(plotOf(chart([0, 0])).y(0)).toBe(FRAME.bottom)
    expect(plotOf(chart([null], { scale: 'log' })).ticks.length).toBeGreaterThan(1)
  })

  it('takes in marks, by powers of ten where it is logarithmic', () => {
    const plot = plotOf(chart([0.004, 0.03], { scale: 'log', marks: [{ y: 0.8, label: '' }] }))
    expect(plot.ticks.map((tick) => Number(tick.toPrecision(3)))).toEqual([0.001, 0.01, 0.1, 1])
    expect(plot.y(0.001)).toBeCloseTo(FRAME.bottom)
    expect(plot.y(1)).toBeCloseTo(FRAME.top)
  })
})

describe('pathOf', () => {
  it('is broken where there is no value', () => {
    const holed = chart([1, 2, null, 3])
    expect(pathOf(holed.lines[0]!, plotOf(holed)).match(/M/g)).toHaveLength(2)
  })

  it('holds no number that is none', () => {
    const empty = chart([null, null])
    expect(pathOf(empty.lines[0]!, plotOf(empty))).toBe('')
    const one = chart([5])
    expect(pathOf(one.lines[0]!, plotOf(one))).not.toMatch(/NaN|Infinity/)
  })
})

describe('clock', () => {
  it('is minutes and seconds', () => {
    expect([0, 9.6, 75, 3_600].map(clock)).toEqual(['0:00', '0:10', '1:15', '60:00'])
  })
})
