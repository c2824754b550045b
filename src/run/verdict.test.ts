import { describe, expect, it } from 'vitest'
import type { CheckResult, CheckVerdict } from '../core/check.ts'
import type { ThresholdResult } from '../core/run-record.ts'
import { checksVerdict, runVerdict, stepVerdict } from './verdict.ts'

const check = (verdict: CheckVerdict): CheckResult => ({
  check: 'no-oversell',
  step: 0,
  sku: 'step-1',
  verdict,
  measured: null,
  allowed: null,
  unit: 'units',
  sentence: '',
  details: {},
  evidence: [],
})

const threshold = (verdict: ThresholdResult['verdict']): ThresholdResult => ({
  expression: 'p99 < 42ms',
  step: 0,
  metric: 'p99',
  measured: null,
  verdict,
  sentence: '',
})

const onTime = { onTimeShare: 1, saturated: false, sent: 1_000, errorCodes: {} }
const late = { ...onTime, onTimeShare: 0.98 }
const step = { checks: [check('pass')], thresholds: [threshold('pass')], figures: onTime, interrupted: false }

describe('a step', () => {
  it('passes when all that was checked passed', () => {
    expect(stepVerdict({ ...step, checks: [check('pass'), check('not-checked')] })).toBe('passed')
  })

  it('is wrong when one check failed, whatever else holds', () => {
    const all = { checks: [check('fail'), check('unknown')], thresholds: [threshold('fail')], interrupted: true }
    expect(stepVerdict({ ...all, figures: late })).toBe('wrong')
  })

  it('is missed when a threshold failed, and inconclusive when it could not be measured', () => {
    expect(stepVerdict({ ...step, thresholds: [threshold('fail'), threshold('unknown')] })).toBe('missed')
    expect(stepVerdict({ ...step, thresholds: [threshold('unknown')] })).toBe('inconclusive')
  })

  it('is inconclusive when a check holds both answers: unknown never passes', () => {
    expect(stepVerdict({ ...step, checks: [check('pass'), check('unknown')] })).toBe('inconclusive')
  })

  it('is inconclusive when the generator was late, but not when the target held it up', () => {
    expect(stepVerdict({ ...step, figures: late })).toBe('inconclusive')
    expect(stepVerdict({ ...step, figures: { ...late, saturated: true } })).toBe('passed')
  })

  it('is inconclusive, not missed, when answers make no sense; a few are borne, and none convicts or acquits', () => {
    const missed = { ...step, thresholds: [threshold('fail')] }
    const senseless = (NO_RULE: number) => ({ ...onTime, errorCodes: { NO_RULE, NOT_UNDERSTOOD: 5, TIMEOUT: 500 } })
    expect(stepVerdict({ ...missed, figures: senseless(6) })).toBe('inconclusive')
    expect(stepVerdict({ ...missed, figures: senseless(5) })).toBe('missed')
    expect(stepVerdict({ ...missed, figures: { ...senseless(6), saturated: true } })).toBe('missed')
    expect(stepVerdict({ ...missed, figures: { ...senseless(600), saturated: true } })).toBe('inconclusive')
    expect(stepVerdict({ ...step, checks: [check('fail')], figures: senseless(1_000) })).toBe('wrong')
    const whole = { steps: ['inconclusive'], wholeThresholds: [threshold('fail')], endedBy: null } as const
    expect(runVerdict({ ...whole, hasUnreadAnswers: true })).toBe('inconclusive')
    expect(runVerdict(whole)).toBe('missed')
  })

  it('that was cut short is judged by its checks, not by its thresholds', () => {
    expect(stepVerdict({ ...step, thresholds: [threshold('fail')], interrupted: true })).toBe('interrupted')
  })
})

describe('a run', () => {
  it('is as its worst step', () => {
    const run = { wholeThresholds: [], endedBy: null }
    expect(runVerdict({ ...run, steps: ['passed', 'inconclusive', 'missed'] })).toBe('missed')
    expect(runVerdict({ ...run, steps: ['passed', 'passed'] })).toBe('passed')
  })

  it('without a finished step shows nothing', () => {
    expect(runVerdict({ steps: [], wholeThresholds: [], endedBy: null })).toBe('inconclusive')
    expect(runVerdict({ steps: [], wholeThresholds: [], endedBy: 'interrupted' })).toBe('interrupted')
  })

  it('whose step was cut short by its environment ended by that, and by nobody’s Ctrl-C', () => {
    const run = { steps: ['passed', 'interrupted'] as const, wholeThresholds: [] }
    expect(runVerdict({ ...run, endedBy: 'environment' })).toBe('environment')
    expect(runVerdict({ ...run, endedBy: 'interrupted' })).toBe('interrupted')
    expect(runVerdict({ ...run, endedBy: 'fail-fast' })).toBe('inconclusive')
  })

  it('that was wrong before it was interrupted was wrong', () => {
    expect(runVerdict({ steps: ['wrong'], wholeThresholds: [], endedBy: 'interrupted' })).toBe('wrong')
    expect(runVerdict({ steps: ['missed'], wholeThresholds: [], endedBy: 'environment' })).toBe('environment')
  })
})

describe('checks alone', () => {
  it('pass when one was made and none failed, and show nothing when none was made', () => {
    expect(checksVerdict([check('pass'), check('not-checked')])).toBe('passed')
    expect(checksVerdict([check('not-checked')])).toBe('inconclusive')
  })
})
