import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import type { Block } from './rank-test.ts'
import {
  blockShift,
  blockShiftInterval,
  hodgesLehmann,
  noiseOfBlocks,
  noiseOfSamples,
  shiftInterval,
  type ShiftOptions,
} from './shift.ts'

const options = (seed = 1): ShiftOptions => ({ random: createRandom(seed), confidence: 0.95, resamples: 300 })

/** Blocks of two and two on levels of their own, the second sample higher by `shift`. */
function blocksWith(shift: number, seed: number, count = 10): Block[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const level = random.exponential(5)
    const value = (): number => level + random.next() + random.next() + random.next()
    return { first: [value(), value()], second: [value() + shift, value() + shift] }
  })
}

describe('the shift of Hodges and Lehmann', () => {
  it('is the median of all differences', () => {
    expect(hodgesLehmann([1, 2], [4, 6, 9])).toBe(4.5)
    expect(hodgesLehmann([3], [1])).toBe(-2)
  })

  it('is what a sample was moved by, and turns with its direction', () => {
    const sample = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 15 })
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: -50, max: 50 }), (first, second, by) => {
        const moved = second.map((value) => value + by)
        expect(hodgesLehmann(first, moved)).toBe(hodgesLehmann(first, second) + by)
        expect(hodgesLehmann(second, first) + hodgesLehmann(first, second)).toBe(0)
      }),
    )
  })

  it('is of no sample that is empty', () => {
    expect(() => hodgesLehmann([], [1])).toThrow(RangeError)
  })

  it('is hardly moved by an outlier, where a mean is', () => {
    const block: Block = { first: [10, 10.2], second: [11, 11.2] }
    const spoilt: Block = { first: [10, 10.2], second: [11, 900] }
    expect(blockShift([block, block, block, block, spoilt])).toBeCloseTo(1, 1)
  })
})

describe('its interval', () => {
  it('holds the true shift about as often as it says, of few blocks too', () => {
    let held = 0
    for (let trial = 0; trial < 300; trial++) {
      const { low, high } = blockShiftInterval(blocksWith(0.5, trial, 8), options(trial))
      if (low <= 0.5 && 0.5 <= high) held++
    }
    expect(held / 300).toBeGreaterThan(0.89)
    expect(held / 300).toBeLessThan(0.99)
  })

  it('is the same from the same seed, with blocks and without', () => {
    const blocks = blocksWith(1, 4)
    expect(blockShiftInterval(blocks, options())).toEqual(blockShiftInterval(blocks, options()))
    expect(shiftInterval([1, 2, 4], [3, 5, 9], options())).toEqual(shiftInterval([1, 2, 4], [3, 5, 9], options()))
  })

  it('has no width where nothing varies', () => {
    const block: Block = { first: [1, 1], second: [1, 1] }
    expect(blockShiftInterval([block, block], options())).toEqual({ low: 0, high: 0 })
  })
})

describe('the noise between A and A', () => {
  const spread = (shifts: readonly number[]): number =>
    Math.sqrt(shifts.reduce((sum, x) => sum + x * x, 0) / shifts.length)

  it('is as large whether or not the arms differ', () => {
    const [same, other] = [0, 3].map((shift) => spread(noiseOfBlocks(blocksWith(shift, 7), options())))
    expect(other).toBeCloseTo(same!, 2)
  })

  it('is about as large as the shifts of arms that do not differ', () => {
    const shifts = Array.from({ length: 200 }, (_, trial) => blockShift(blocksWith(0, trial)))
    const foreseen = Array.from({ length: 20 }, (_, trial) =>
      spread(noiseOfBlocks(blocksWith(2, trial + 900), options())),
    )
    const typical = foreseen.reduce((sum, one) => sum + one, 0) / foreseen.length
    expect(typical / spread(shifts)).toBeGreaterThan(0.8)
    expect(typical / spread(shifts)).toBeLessThan(1.25)
  })

  it('is known of samples that were not interleaved, and not of no whole block', () => {
    expect(spread(noiseOfSamples([1, 2, 3, 4], [11, 12, 13, 14], options()))).toBeGreaterThan(0.3)
    expect(noiseOfBlocks([{ first: [1], second: [2] }], options())).toEqual([])
  })
})
