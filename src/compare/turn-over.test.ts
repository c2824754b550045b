import { describe, expect, it } from 'vitest'
import { regimeOf, resultOf } from './testing/results.ts'
import { turnOvers } from './turn-over.ts'

const FAST = [8, 8.2, 8.1]
const SLOW = [20, 21, 22]

describe('where the ranking turns over', () => {
  it('is named with both figures of both', () => {
    const all = regimeOf(1, [resultOf('lua', FAST), resultOf('batched', SLOW)])
    const few = regimeOf(0.01, [resultOf('lua', SLOW), resultOf('batched', FAST)])
    expect(turnOvers([all, few], 'p99')).toEqual([
      'at sell-through 1 lua is before batched (p99 8.10ms (8.00ms to 8.20ms) against 21.0ms (20.0ms to 22.0ms)), at sell-through 0.01 batched is before lua (p99 8.10ms (8.00ms to 8.20ms) against 21.0ms (20.0ms to 22.0ms))',
    ])
  })

  it('is nowhere when it is the same', () => {
    const all = regimeOf(1, [resultOf('lua', FAST), resultOf('batched', SLOW)])
    expect(turnOvers([all, { ...all, sellThrough: 0.01 }], 'p99')).toEqual([])
  })

  it('is not where chance may have done it', () => {
    const all = regimeOf(1, [resultOf('lua', FAST), resultOf('batched', SLOW)])
    const tie = regimeOf(0.01, [resultOf('lua', [9, 10, 11]), resultOf('batched', [8.5, 9.5, 10.5])])
    expect(turnOvers([all, tie], 'p99')).toEqual([])
  })

  it('is not where one of the two was wrong', () => {
    const all = regimeOf(1, [resultOf('lua', FAST), resultOf('batched', SLOW)])
    const few = regimeOf(0.01, [resultOf('lua', SLOW, { verdict: 'wrong' }), resultOf('batched', FAST)])
    expect(turnOvers([all, few], 'p99')).toEqual([])
  })

  it('is where the SLO decides, too', () => {
    const all = regimeOf(1, [resultOf('lua', FAST), resultOf('batched', SLOW)])
    const few = regimeOf(0.01, [resultOf('lua', FAST, { meetsSlo: false }), resultOf('batched', SLOW)])
    expect(turnOvers([all, few], 'p99')).toEqual([
      expect.stringMatching(
        /^at sell-through 1 lua is before batched \(p99 .*, at .* batched is before lua \(it meets the SLO\)$/,
      ),
    ])
  })

  it('is nowhere after one run of each, not even where the SLO decides', () => {
    const all = regimeOf(1, [resultOf('lua', [8]), resultOf('batched', [20], { meetsSlo: false })])
    const few = regimeOf(0.01, [resultOf('lua', [20], { meetsSlo: false }), resultOf('batched', [8])])
    expect(turnOvers([all, few], 'p99')).toEqual([])
  })
})
