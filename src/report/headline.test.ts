import { describe, expect, it } from 'vitest'
import type { RunRecord, ServiceTarget } from '../core/run-record.ts'
import { headlineOf, headlineOfChecks } from './headline.ts'
import { checkOf, checksWith, recordOf, stepOf } from './testing/records.ts'

function words(changes: Partial<RunRecord>): string {
  const { word, rest } = headlineOf(recordOf(changes))
  return word + rest
}

const service: ServiceTarget = {
  kind: 'service',
  name: 'shop',
  summary: '',
  url: 'http://127.0.0.1:8080',
  promise: { reads: { kind: 'advisory' }, sellsThrough: false },
  soldMeans: 'paid',
  shared: false,
  salePerStep: true,
}

const oversold = (step: number, units: number) => checkOf('no-oversell', { step, verdict: 'fail', measured: units })

describe('the headline of a run', () => {
  it('that passed says what was put to the test and claims only what was checked', () => {
    expect(words({})).toBe('PASSED  12,800/s, 320,000 buy requests, 160,000 units: nothing oversold, nothing lost')
    const unheard = checksWith(checkOf('acknowledged-kept', { verdict: 'not-checked' }))
    expect(words({ checks: unheard })).toBe('PASSED  12,800/s, 320,000 buy requests, 160,000 units: nothing oversold')
  })

  it('of one sale in all steps counts its units once', () => {
    const target = { ...service, salePerStep: false }
    expect(words({ target, steps: [stepOf(0), stepOf(1)] })).toMatch(/, 640,000 buy requests, 160,000 units: /)
    const perStep = { ...service, salePerStep: true }
    expect(words({ target: perStep, steps: [stepOf(0), stepOf(1)] })).toMatch(/, 320,000 units: /)
  })

  it('of the closed model names the highest rate that was answered, and says whose it is', () => {
    const steps = [9_512.4, 8_000].map((achievedRatePerSec, index) =>
      stepOf(index, { offeredRatePerSec: null, achievedRatePerSec }),
    )
    expect(words({ steps })).toMatch(/^PASSED {2}9,512\/s \(closed model\), 640,000 buy requests/)
  })

  it('that oversold says by how many and where', () => {
    const steps = [stepOf(0), stepOf(1), stepOf(2)]
    expect(words({ verdict: 'wrong', checks: checksWith(oversold(0, 1)) })).toBe('OVERSOLD by 1 unit')
    expect(words({ verdict: 'wrong', steps, checks: checksWith(oversold(2, 214)) })).toBe(
      'OVERSOLD by 214 units in step 3',
    )
    const twice = checksWith(oversold(1, 1_214), oversold(2, 3))
    expect(words({ verdict: 'wrong', steps, checks: twice })).toBe(
      'OVERSOLD by 1,214 units in step 2 (and in 1 more step)',
    )
  })

  it('names the worst of many SKUs, and counts the others', () => {
    const of = (sku: string, units: number) => ({ ...oversold(0, units), sku })
    const checks = [of('step-1-cherry', 3), of('step-1-lemon', 41), of('step-1-plain', 5)]
    expect(words({ verdict: 'wrong', checks })).toBe('OVERSOLD by 41 units in step-1-lemon (and in 2 more sales)')
    const doubted = checkOf('linearizable', { verdict: 'unknown', sentence: 'too many reads' })
    expect(
      words({
        verdict: 'inconclusive',
        checks: [
          { ...doubted, sku: 'a' },
          { ...doubted, sku: 'b' },
        ],
      }),
    ).toBe('INCONCLUSIVE: linearizable in a: too many reads')
  })

  it('says what was reached where a threshold let less pass', () => {
    const steps = [stepOf(0), stepOf(1, { achievedRatePerSec: 40 })]
    expect(words({ steps: steps.slice(0, 1) })).toMatch(/^PASSED {2}12,800\/s, /)
    expect(words({ steps: steps.slice(1) })).toMatch(/^PASSED {2}40 of 12,800\/s, /)
  })

  it('says the peak of a load that changes', () => {
    const record = recordOf({})
    const steps = record.scenario.steps.map((step) => ({
      ...step,
      shape: { kind: 'ramp' as const, fromRatePerSec: 600, toRatePerSec: 25_000 },
    }))
    expect(words({ scenario: { ...record.scenario, steps } })).toMatch(/^PASSED {2}25,000\/s, /)
  })

  it('names the first failed check in the order of the table, whatever the order of the results', () => {
    const lost = checkOf('acknowledged-kept', {
      verdict: 'fail',
      sentence: '4 buyers were promised an order that does not exist',
    })
    const checks = [checkOf('linearizable', { verdict: 'fail' }), lost]
    expect(words({ verdict: 'wrong', checks })).toBe('ORDERS LOST: 4 buyers were promised an order that does not exist')
  })

  it('that was saturated says at which rate, and that it was right', () => {
    const steps = [stepOf(0), stepOf(1, { saturated: true, achievedRatePerSec: 1_340, verdict: 'missed' })]
    expect(words({ verdict: 'missed', steps })).toBe(
      'TARGET SATURATED at 1,340/s of 12,800/s (step 2 of 2); nothing oversold, nothing lost',
    )
  })

  it('that missed a threshold says which', () => {
    const threshold = {
      expression: 'p99 < 4ms',
      step: 0,
      metric: 'p99',
      measured: 4.5,
      verdict: 'fail' as const,
      sentence: 'p99 was 4.50ms, allowed < 4ms',
    }
    expect(words({ verdict: 'missed', thresholds: [threshold] })).toBe(
      'THRESHOLD MISSED: p99 was 4.50ms, allowed < 4ms; nothing oversold, nothing lost',
    )
  })

  it('that shows nothing says why', () => {
    const checks = checksWith(checkOf('no-oversell', { verdict: 'unknown', sentence: 'unknown: nothing was sold' }))
    expect(words({ verdict: 'inconclusive', checks })).toBe('INCONCLUSIVE: no-oversell: unknown: nothing was sold')
    const late = [stepOf(0, { verdict: 'inconclusive', onTimeShare: 0.9 })]
    expect(words({ verdict: 'inconclusive', steps: late })).toBe(
      'INCONCLUSIVE: the generator was late: 12,800/s of 12,800/s answered, 90% of the requests sent at their moment; nothing oversold, nothing lost',
    )
  })

  it('that is still going on says so, and what was found so far', () => {
    const going = { verdict: null, status: 'running' } as const
    expect(words(going)).toBe('RUNNING: 1 of 1 step so far; nothing oversold, nothing lost')
    expect(words({ ...going, checks: checksWith(oversold(0, 3)) })).toBe(
      'RUNNING: 1 of 1 step so far; OVERSOLD by 3 units',
    )
  })

  it('that was cut short says where, and what held until then', () => {
    const cut = { verdict: 'interrupted' as const, endedEarly: 'interrupted in step 2 of 8' }
    expect(words(cut)).toBe('INTERRUPTED: interrupted in step 2 of 8; until then nothing oversold, nothing lost')
    expect(words({ ...cut, steps: [] })).toBe('INTERRUPTED: interrupted in step 2 of 8')
    expect(words({ verdict: 'environment', endedEarly: 'postgres went away\nlast words' })).toBe(
      'ENDED EARLY: postgres went away',
    )
  })
})

describe('the headline of checks alone', () => {
  it('counts what passed, and passes nothing that was not checked', () => {
    const checks = [checkOf('no-oversell'), checkOf('linearizable', { verdict: 'not-checked' })]
    expect(headlineOfChecks(checks, 'passed').rest).toBe('  nothing wrong in 1 check')
    expect(headlineOfChecks(checks.slice(1), 'inconclusive').rest).toBe(': nothing could be checked')
  })
})
