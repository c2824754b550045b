import { describe, expect, it } from 'vitest'
import { assignSlots } from './slot-assignment.ts'

const SLOTS = Float64Array.from({ length: 10 }, (_, index) => index * 100)

function assigned(beganAtNs: readonly number[], dropped: number): { startedAtNs: number; slotOf: number[] } {
  const { startedAtNs, slotOf } = assignSlots(Float64Array.from(beganAtNs), SLOTS, dropped)
  return { startedAtNs, slotOf: [...slotOf] }
}

describe('slots', () => {
  it('are those of the iterations’ numbers where nothing was dropped', () => {
    expect(assigned([1_000, 1_105, 1_203], 0)).toEqual({ startedAtNs: 1_000, slotOf: [0, 1, 2] })
  })

  it('stay those of a generator that is late: lateness is no drop', () => {
    expect(assigned([1_000, 1_450, 1_451, 1_452], 0).slotOf).toEqual([0, 1, 2, 3])
  })

  it('are the latest not after the start where something was dropped', () => {
    expect(assigned([1_000, 1_101, 1_402, 1_502], 2).slotOf).toEqual([0, 1, 4, 5])
  })

  it('stay those of an iteration that was held up: those after it had begun by then, so that nothing was dropped before', () => {
    expect(assigned([1_000, 1_450, 1_200, 1_300, 1_702], 3).slotOf).toEqual([0, 1, 2, 3, 7])
    expect(assigned([1_000, 1_450, 1_500, 1_600, 1_702], 3).slotOf).toEqual([0, 4, 5, 6, 7])
  })

  it('skip no more than was dropped', () => {
    expect(assigned([1_000, 1_450, 1_850], 1).slotOf).toEqual([0, 2, 3])
  })

  it('count from the iteration that was least late', () => {
    expect(assigned([1_040, 1_110, 1_200], 0).startedAtNs).toBe(1_000)
  })

  it('are given to iterations of which nothing is known', () => {
    expect(assigned([1_000, Number.NaN, 1_302], 1).slotOf).toEqual([0, 1, 3])
  })

  it('have no start where nothing is known at all', () => {
    expect(assigned([Number.NaN], 0).startedAtNs).toBeNaN()
  })
})
