import { describe, expect, it } from 'vitest'
import { connectionsOf } from './closed-model.ts'
import type { Step } from './scenario.ts'

const step = (arrivalRatePerSec: number, connections?: number): Step => ({
  arrivalRatePerSec,
  durationMs: 1_000,
  arrivals: 'uniform',
  ...(connections !== undefined && { connections }),
})

describe('the connections of a closed step', () => {
  it.each([
    [12_800, 128],
    [12_801, 129],
    [100, 1],
    [0.5, 1],
    [1_000_000, 1_024],
  ])('carry %d requests a second at 10 ms each: %d', (rate, connections) => {
    expect(connectionsOf(step(rate), 1_024)).toBe(connections)
  })

  it('are those that it names, whatever its rate', () => {
    expect(connectionsOf(step(12_800, 7), 1_024)).toBe(7)
  })
})
