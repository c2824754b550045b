import { describe, expect, it } from 'vitest'
import { CHECK_NAMES } from '../../core/check.ts'
import type { RunRecord, ThresholdResult } from '../../core/run-record.ts'
import { checkOf, checksWith, recordOf, stepOf } from '../testing/records.ts'
import { adviceFor } from './advice.ts'

const failedRun = (...names: readonly (typeof CHECK_NAMES)[number][]): RunRecord =>
  recordOf({ verdict: 'wrong', checks: checksWith(...names.map((name) => checkOf(name, { verdict: 'fail' }))) })

const missed = (changes: Partial<ThresholdResult>): ThresholdResult => ({
  expression: 'p99 < 42ms',
  step: 0,
  metric: 'p99',
  measured: 51,
  verdict: 'fail',
  sentence: 'p99 was 51ms, allowed < 42ms',
  ...changes,
})

describe('the advice', () => {
  it.each(CHECK_NAMES)('for a failed %s names a cause and something to do', (name) => {
    const [first] = adviceFor(failedRun(name))
    expect(first).toMatchObject({ mood: 'bad', finding: `${name} failed` })
    expect(first!.cause).not.toBe('')
    expect(first!.actions.length).toBeGreaterThan(0)
  })

  it('is given once for a fault and what it implies, and twice for two faults', () => {
    expect(adviceFor(failedRun('no-oversell', 'conservation')).map(({ finding }) => finding)).toEqual([
      'no-oversell failed (and with it conservation)',
    ])
    expect(adviceFor(failedRun('no-oversell', 'per-user-limit'))).toHaveLength(2)
  })

  it.each(['p99', 'service.mean', 'errorRate', 'unsold', 'achieved'])(
    'tells what to do when %s was missed',
    (metric) => {
      const [first] = adviceFor(recordOf({ verdict: 'missed', thresholds: [missed({ metric })] }))
      expect(first!.finding).toContain('was missed')
      expect(first!.actions.length).toBeGreaterThan(0)
    },
  )

  it('blames saturation, and not each threshold that was missed by it', () => {
    const steps = [stepOf(0, { saturated: true, verdict: 'missed' })]
    const items = adviceFor(recordOf({ verdict: 'missed', steps, thresholds: [missed({})] }))
    expect(items.map(({ finding }) => finding)).toEqual([expect.stringContaining('saturated')])
  })

  it.each<[string, Partial<RunRecord>]>([
    ['generator was late', { steps: [stepOf(0, { onTimeShare: 0.5, verdict: 'inconclusive' })] }],
    [
      'Too few samples',
      { thresholds: [missed({ verdict: 'unknown', sentence: 'p99 needs 459 samples, there were 3' })] },
    ],
    ['could not be judged', { thresholds: [missed({ verdict: 'unknown', sentence: 'p99 could not be measured' })] }],
    ['could not be decided', { checks: checksWith(checkOf('no-oversell', { verdict: 'unknown' })) }],
    ['made sense of', { steps: [stepOf(0, { errorCodes: { NOT_UNDERSTOOD: 300_000 } })] }],
  ])('of an inconclusive run says that the %s', (words, changes) => {
    const findings = adviceFor(recordOf({ verdict: 'inconclusive', ...changes })).map(({ finding }) => finding)
    expect(findings.join(' ')).toContain(words)
  })

  it.each(['interrupted', 'environment', 'fail-fast'] as const)(
    'of a run that was ended by %s says what to do',
    (endedBy) => {
      const items = adviceFor(recordOf({ endedBy, endedEarly: 'redis is gone\nlast words' }))
      expect(items).toHaveLength(1)
      expect(items[0]!.mood).toBe('doubtful')
    },
  )

  it('blames nobody for a step that was cut short', () => {
    const cut = stepOf(0, { interrupted: true, saturated: true, onTimeShare: 0.3, verdict: 'interrupted' })
    const late = { ...cut, saturated: false }
    for (const step of [cut, late]) {
      const items = adviceFor(recordOf({ verdict: 'interrupted', endedBy: 'interrupted', steps: [step] }))
      expect(items.map(({ finding }) => finding)).toEqual(['The run was interrupted.'])
    }
  })

  it('says nothing of a run that is still going on while nothing was found', () => {
    expect(adviceFor(recordOf({ verdict: null, status: 'running' }))).toEqual([])
  })

  it('of a run that passed says what it does not show', () => {
    const checks = checksWith(checkOf('nothing-early', { verdict: 'not-checked' }))
    const [only] = adviceFor(recordOf({ checks }))
    expect(only).toMatchObject({ mood: 'good', finding: 'Nothing went wrong.' })
    expect(only!.actions.join(' ')).toContain('Not checked here: nothing-early')
  })
})
