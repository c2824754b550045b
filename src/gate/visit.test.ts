import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../core/check.ts'
import type { RunRecord, StepRecord } from '../core/run-record.ts'
import { gateVisitOf } from './index.ts'

const PLANNED = { arm: 'candidate', round: 1, block: 0 } as const

/** Of what a gate looks at; the rest of a record is none of its business. */
function runOf(steps: readonly object[], changes: object = {}): RunRecord {
  const record = {
    runId: 'r',
    startedAt: '2026-03-14T15:09:26.000Z',
    status: 'complete',
    verdict: 'passed',
    environment: { cores: 2 },
    checks: [],
    steps: steps.map((step) => ({ ...STEP, ...step })),
    ...changes,
  }
  return record as unknown as RunRecord
}
const STEP: Partial<StepRecord> & object = {
  interrupted: false,
  achievedRatePerSec: 200,
  completed: 1_000,
  errorRate: 0,
  durationMs: 1_000,
  saturated: false,
  onTimeShare: 1,
  resources: {},
}
const times = (p50: number | null): object => ({ responseMs: { p50, p99: 9 } })
const cpu = (seconds: number): object => ({ cpuSeconds: seconds, maxRssBytes: 1 })
const visitOf = (record: RunRecord) => gateVisitOf(PLANNED, { record, directory: 'visits/1', work: null })

describe('a visit', () => {
  it('has the median over its steps, so that one that was spoilt does not count', () => {
    expect(visitOf(runOf([times(1), times(90), times(2)])).figures.p50Ms).toBe(2)
  })

  it('has no figure that one of its steps lacks, and none of a run that was cut short', () => {
    expect(visitOf(runOf([times(1), times(null)])).figures.p50Ms).toBeNull()
    expect(visitOf(runOf([times(1)], { status: 'interrupted', verdict: null }))).toMatchObject({
      verdict: 'interrupted',
      figures: { p50Ms: null, goodputPerSec: null },
    })
  })

  it('counts the CPU of the target alone, whatever its descriptor calls it', () => {
    const stores = { postgres: cpu(5), redis: cpu(5), generator: cpu(5) }
    const ours = visitOf(runOf([{ ...times(1), resources: { target: cpu(0.4), ...stores } }]))
    const named = visitOf(runOf([{ ...times(1), resources: { web: cpu(0.3), worker: cpu(0.1), ...stores } }]))
    expect(ours.figures.cpuMicrosPerOrder).toBeCloseTo(400, 9)
    expect(named.figures.cpuMicrosPerOrder).toBeCloseTo(400, 9)
    expect(visitOf(runOf([{ ...times(1), resources: stores }])).figures.cpuMicrosPerOrder).toBeNull()
  })

  it('counts CPU over all its steps together, and what a request costs the generator', () => {
    const step = (seconds: number, completed: number): object => ({
      ...times(1),
      completed,
      resources: { target: cpu(seconds), generator: cpu(seconds / 2) },
    })
    const { figures, generator } = visitOf(runOf([step(0.2, 1_000), step(0.4, 1_000), step(0.3, 1_000)]))
    expect(figures.cpuMicrosPerOrder).toBeCloseTo(300, 9)
    expect(generator.cpuMicrosPerRequest).toBeCloseTo(150, 9)
    const unmeasured = visitOf(runOf([step(0.2, 1_000), { ...times(1), resources: {} }]))
    expect(unmeasured.figures.cpuMicrosPerOrder).toBeNull()
    expect(unmeasured.generator.cpuMicrosPerRequest).toBeNull()
    expect(visitOf(runOf([step(0, 0)])).generator.cpuMicrosPerRequest).toBeNull()
  })

  it('knows how late its generator was, but where the target held it up', () => {
    const steps = [
      { ...times(1), onTimeShare: 0.5, saturated: true, resources: { generator: cpu(0.4) } },
      { ...times(1), onTimeShare: 0.98 },
    ]
    expect(visitOf(runOf(steps)).generator).toEqual({
      onTimeShare: 0.98,
      cpuShare: 0.2,
      cpuMicrosPerRequest: null,
    })
  })

  it('names each check that failed once, and those that could not be decided', () => {
    const check = (name: string, verdict: string, sentence = ''): CheckResult =>
      ({ check: name, verdict, sentence }) as CheckResult
    const checks = [
      check('no-oversell', 'fail', 'oversold by 3 units'),
      check('no-oversell', 'fail', 'oversold by 5 units'),
      check('sold-through', 'unknown', 'the ledger is late'),
      check('fairness', 'not-checked'),
    ]
    expect(visitOf(runOf([times(1)], { checks, verdict: 'wrong' }))).toMatchObject({
      verdict: 'wrong',
      isChecked: false,
      failedChecks: [{ check: 'no-oversell', sentence: 'oversold by 3 units' }],
      undecidedChecks: ['sold-through: the ledger is late'],
    })
  })
})
