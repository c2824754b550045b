import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Step, StepPlan } from '../../../core/scenario.ts'
import { executorOf, k6Duration } from './executor.ts'

function plan(step: Partial<Step>, atNs: readonly number[] = [], length?: number): StepPlan {
  const whole: Step = { arrivalRatePerSec: 100, durationMs: 1_000, arrivals: 'uniform', ...step }
  const rows = length ?? Math.round((whole.arrivalRatePerSec * whole.durationMs) / 1_000)
  return { step: whole, length: rows, atNs: Float64Array.from(atNs) } as StepPlan
}

describe('an even rate', () => {
  it('is said as it is where it is whole', () => {
    const { options, slots } = executorOf(plan({ arrivalRatePerSec: 250, durationMs: 2_000 }))
    expect(options).toEqual({ executor: 'constant-arrival-rate', rate: 250, timeUnit: '1s', duration: '2s' })
    expect([...slots(3)]).toEqual([0, 4e6, 8e6])
  })

  it('is exact where it isn’t, and for as many requests as a Poisson plan has', () => {
    const fraction = executorOf(plan({ arrivalRatePerSec: 0.5, durationMs: 10_000 }))
    expect(fraction.options).toMatchObject({ rate: 5, timeUnit: '10s', duration: '10s' })
    const poisson = executorOf(plan({ arrivals: 'poisson' }, [], 107))
    expect(poisson.options).toMatchObject({ rate: 107, timeUnit: '1s' })
  })
})

describe('a rate that changes', () => {
  it('rises from one to the other', () => {
    const shape = { kind: 'ramp', fromRatePerSec: 100, toRatePerSec: 300 } as const
    const { options } = executorOf(plan({ arrivalRatePerSec: 200, durationMs: 4_000, shape }))
    expect(options).toMatchObject({
      executor: 'ramping-arrival-rate',
      startRate: 100,
      timeUnit: '1s',
      stages: [
        { duration: '4s', target: 300 },
        { duration: '0ms', target: 200 },
        { duration: '15ms', target: 200 },
      ],
    })
  })

  it('has a slot for each request of the plan, in order, within the step or a moment after', () => {
    const shapes = fc.oneof(
      fc.record({ kind: fc.constant('ramp' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ kind: fc.constant('spike' as const), share: fc.double({ min: 0.05, max: 2, noNaN: true }) }),
      fc.record({ kind: fc.constant('replay' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    )
    fc.assert(
      fc.property(
        shapes,
        fc.integer({ min: 20, max: 2_000 }),
        fc.integer({ min: 200, max: 9_000 }),
        (shape, rate, durationMs) => {
          const of = shaped(shape, rate, durationMs)
          const slots = executorOf(of).slots(of.length)
          expect(slots.length).toBe(of.length)
          for (let row = 1; row < slots.length; row++) expect(slots[row]!).toBeGreaterThanOrEqual(slots[row - 1]!)
          expect(slots.at(-1)!).toBeLessThan((durationMs + 4_000 / rate) * 1e6)
        },
      ),
      { seed: 20_261_121, numRuns: 300 },
    )
  })

  function shaped(
    shape: { kind: 'ramp' | 'spike' | 'replay'; share: number },
    rate: number,
    durationMs: number,
  ): StepPlan {
    const of = { arrivalRatePerSec: rate, durationMs }
    switch (shape.kind) {
      case 'ramp': {
        const fromRatePerSec = 2 * rate * shape.share
        return plan({ ...of, shape: { kind: 'ramp', fromRatePerSec, toRatePerSec: 2 * rate - fromRatePerSec } })
      }
      case 'spike':
        return plan({ ...of, shape: { kind: 'spike', decayMs: durationMs * shape.share } })
      case 'replay': {
        const length = Math.round((rate * durationMs) / 1_000)
        const atMs = Array.from({ length }, (_, row) => durationMs * (row / length) ** (1 + shape.share))
        const replay = plan(
          { ...of, shape: { kind: 'replay', file: 'a', atMs } },
          atMs.map((ms) => ms * 1e6),
        )
        return { ...replay, length }
      }
    }
  }
})

describe('a duration', () => {
  it.each([
    [0, '0ms'],
    [1_000, '1s'],
    [1_500, '1500ms'],
    [0.25, '0.25ms'],
  ])('of %d ms is %s', (ms, text) => expect(k6Duration(ms)).toBe(text))
})
