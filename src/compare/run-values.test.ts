import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../core/check.ts'
import { valuesOfRun } from './run-values.ts'
import { type JudgedRun, stepWith, timesWith } from './testing/results.ts'

const figures = (run: Partial<JudgedRun>) =>
  valuesOfRun({ steps: [stepWith({})], checks: [], endedBy: null, ...run } as Parameters<typeof valuesOfRun>[0])

const check = (name: string, details: Record<string, number>): CheckResult =>
  ({ check: name, details, verdict: 'pass' }) as unknown as CheckResult

describe('the figures of a run', () => {
  it('are rates over all of its steps', () => {
    const long = stepWith({ durationMs: 6_000, achievedRatePerSec: 20, arrivals: 600, errorRate: 0.4 })
    expect(figures({ steps: [stepWith({}), long] })).toMatchObject({
      goodputPerSec: 40,
      soldPerSec: 25,
      errorRate: expect.closeTo(0.3),
    })
  })

  it('are the times of its worst step', () => {
    const steps = [2, 9, 4].map((p99) => stepWith({ responseMs: timesWith({ p99 }) }))
    expect(figures({ steps })!.responseMs).toMatchObject({ p99: 9, p50: null })
  })

  it('are the CPU of an answer, and the peak of memory, by who used them', () => {
    const used = (cpuSeconds: number, maxRssBytes: number) => ({ target: { cpuSeconds, maxRssBytes } })
    const steps = [stepWith({ resources: used(0.1, 50) }), stepWith({ resources: used(0.3, 40) })]
    expect(figures({ steps })).toMatchObject({ cpuMicrosPerAnswer: { target: 1_000 }, memoryBytes: { target: 50 } })
  })

  it('are the CPU of an order that was sold, which is none of nothing', () => {
    const resources = { target: { cpuSeconds: 0.2, maxRssBytes: 1 } }
    const { outcomes } = stepWith({})
    expect(figures({ steps: [stepWith({ resources })] })!.cpuMicrosPerOrder).toEqual({ target: 2_000 })
    const soldNothing = stepWith({ resources, outcomes: { ...outcomes, sold: 0 } })
    expect(figures({ steps: [soldNothing] })!.cpuMicrosPerOrder).toEqual({})
  })

  it('leave out whose use could not be read in every step', () => {
    const postgres = { postgres: { cpuSeconds: 1, maxRssBytes: 1 } }
    expect(figures({ steps: [stepWith({ resources: postgres }), stepWith({})] })!.cpuMicrosPerAnswer).toEqual({})
  })

  it('are how old reads were and how many were overtaken, where somebody looked', () => {
    const checks = [
      check('stale-reads', { lagP99Ms: 12 }),
      check('stale-reads', { lagP99Ms: 30 }),
      check('fairness', { inversions: 9 }),
    ]
    expect(figures({ checks })).toMatchObject({ readLagP99Ms: 30, overtakenPerThousand: 50 })
    expect(figures({ checks: [] })).toMatchObject({ readLagP99Ms: null, overtakenPerThousand: null })
  })

  it('are none of a run that did not come to its end', () => {
    expect(figures({ endedBy: 'interrupted' })).toBeNull()
    expect(figures({ steps: [] })).toBeNull()
  })
})
