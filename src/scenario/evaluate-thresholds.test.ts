import { describe, expect, it } from 'vitest'
import type { LoadFigures, TimeFigures } from '../core/run-record.ts'
import { evaluateStepThresholds, evaluateWholeThresholds, samplesNeeded } from './evaluate-thresholds.ts'
import type { Measured } from './metrics.ts'
import { buildScenario } from './testing/build-scenario.ts'

const times = (ms: number, count = 10_000): TimeFigures => ({
  count,
  mean: ms,
  p50: ms,
  p90: ms,
  p95: ms,
  p99: ms,
  p999: ms,
  max: ms,
})

function measured(figures: Partial<LoadFigures> = {}, unsold: number | null = 0): Measured {
  return {
    unsold,
    figures: {
      offeredRatePerSec: 1_000,
      achievedRatePerSec: 1_000,
      durationMs: 10_000,
      arrivals: 10_000,
      sent: 10_000,
      completed: 10_000,
      dropped: 0,
      errorRate: 0,
      outcomes: { sold: 5_000, soldOut: 4_000, limitReached: 1_000, refused: 0, shown: 0, unknown: 0, dropped: 0 },
      errorCodes: {},
      saturated: false,
      onTimeShare: 1,
      responseMs: times(10),
      serviceMs: times(9),
      responseMsByOutcome: {},
      sendLatenessMs: times(0.5),
      retries: {
        made: 0,
        outcomes: { sold: 0, soldOut: 0, limitReached: 0, refused: 0, shown: 0, unknown: 0, dropped: 0 },
      },
      ...figures,
    },
  }
}

function evaluate(expression: string, given: Measured = measured()) {
  const [result, ...others] = evaluateStepThresholds(buildScenario({ thresholds: [expression] }), 0, given)
  expect(others).toEqual([])
  return result!
}

describe('a threshold', () => {
  it.each([
    ['p99 < 10.1ms', 'p99 < 10ms'],
    ['p99 <= 10ms', 'p99 <= 9.9ms'],
    ['mean > 9.9ms', 'mean > 10ms'],
    ['max >= 10ms', 'max >= 10.1ms'],
    ['service.p50 < 9.1ms', 'service.p50 < 9ms'],
    ['achieved >= 100%', 'achieved < 100%'],
    ['achievedRate >= 1000/s', 'achievedRate > 1000/s'],
    ['errorRate == 0', 'errorRate > 0'],
    ['sold == 5000', 'sold == 5001'],
    ['soldOut < 4001', 'soldOut < 4000'],
    ['limitReached <= 1000', 'limitReached <= 999'],
    ['dropped == 0', 'dropped > 0'],
    ['unsold == 0', 'unsold > 0'],
  ])('%s is met where %s is not', (met, missed) => {
    expect(evaluate(met).verdict).toBe('pass')
    expect(evaluate(missed).verdict).toBe('fail')
  })

  it('says what was measured and what was allowed', () => {
    expect(evaluate('p99 < 42ms', measured({ responseMs: times(51.23) }))).toEqual({
      expression: 'p99 < 42ms',
      step: 0,
      metric: 'p99',
      measured: 51.23,
      verdict: 'fail',
      sentence: 'p99 was 51.2ms, allowed < 42ms',
    })
    expect(evaluate('errorRate < 0.1%', measured({ errorRate: 0.0123 })).sentence).toBe(
      'errorRate was 1.23%, allowed < 0.1%',
    )
    expect(evaluate('achievedRate > 12800/s').sentence).toBe('achievedRate was 1,000/s, allowed > 12,800/s')
    expect(evaluate('unsold == 0', measured({}, 1_204)).sentence).toBe('unsold was 1,204, allowed == 0')
  })

  it('never shows a value that missed as if it were the limit', () => {
    expect(evaluate('p99 < 42ms', measured({ responseMs: times(42.001) })).sentence).toBe(
      'p99 was 42.001ms, allowed < 42ms',
    )
    expect(evaluate('achieved >= 99%', measured({ achievedRatePerSec: 989.6 })).sentence).toBe(
      'achieved was 98.96%, allowed >= 99%',
    )
  })

  it('is unknown without a measurement', () => {
    const none = { ...times(0, 0), mean: null, p50: null, p99: null, max: null }
    expect(evaluate('mean < 1ms', measured({ responseMs: none }))).toMatchObject({ measured: null, verdict: 'unknown' })
    expect(evaluate('unsold == 0', measured({}, null))).toMatchObject({ measured: null, verdict: 'unknown' })
    expect(evaluate('achieved >= 99%', measured({ offeredRatePerSec: 0, achievedRatePerSec: 0 })).verdict).toBe(
      'unknown',
    )
    expect(evaluate('errorRate < 1%', measured({ arrivals: 0 })).verdict).toBe('unknown')
  })
})

describe('in the closed model', () => {
  const closed = measured({ offeredRatePerSec: null, achievedRatePerSec: 6_000 })
  const resultsOf = (thresholds: readonly string[], origin: 'scenario' | 'default') => {
    const scenario = buildScenario({ thresholds })
    const given = { ...scenario, thresholds: scenario.thresholds.map((threshold) => ({ ...threshold, origin })) }
    return [evaluateStepThresholds(given, 0, closed), evaluateWholeThresholds(given, () => closed)]
  }

  it('a share of the offered load is unknown, and a rate is met or missed', () => {
    expect(evaluate('achieved >= 90%', closed)).toMatchObject({ measured: null, verdict: 'unknown' })
    expect(evaluate('achieved >= 90%', closed).sentence).toContain('ask for a rate, such as achieved >= 5000/s')
    expect(evaluate('achieved >= 5000/s', closed).verdict).toBe('pass')
    expect(evaluate('achieved >= 7000/s', closed)).toMatchObject({
      verdict: 'fail',
      sentence: 'achievedRate was 6,000/s, allowed >= 7,000/s',
    })
    expect(evaluate('p99 < 42ms', closed).verdict).toBe('pass')
  })

  it('the share that holds by default does not, nor one that was switched off; the others do', () => {
    expect(resultsOf(['achieved >= 99%'], 'default')).toEqual([[], []])
    expect(resultsOf(['achieved >= 0%'], 'scenario')).toEqual([[], []])
    expect(resultsOf(['whole: achieved >= 0%'], 'scenario')).toEqual([[], []])
    expect(resultsOf(['whole: achieved >= 1%'], 'scenario')[1]).toMatchObject([{ verdict: 'unknown' }])
  })
})

describe('a quantile', () => {
  it.each([
    [0.5, 7],
    [0.9, 44],
    [0.95, 90],
    [0.99, 459],
    [0.999, 4_603],
  ])('%d needs %i samples', (quantile, needed) => {
    expect(samplesNeeded(quantile)).toBe(needed)
  })

  it('is judged from as many samples as it needs, and unknown with one less, met or not', () => {
    expect(evaluate('p99 < 42ms', measured({ responseMs: times(10, 459) })).verdict).toBe('pass')
    expect(evaluate('p99 < 42ms', measured({ responseMs: times(10, 458) })).verdict).toBe('unknown')
    expect(evaluate('p99 < 4ms', measured({ responseMs: times(10, 458) }))).toMatchObject({
      verdict: 'unknown',
      sentence: 'p99 needs 459 samples, there were 458',
    })
    expect(evaluate('service.p999 < 42ms', measured({ serviceMs: times(10, 4_602) })).verdict).toBe('unknown')
  })

  it('is none: the mean and the maximum take any number', () => {
    expect(evaluate('mean < 42ms', measured({ responseMs: times(10, 1) })).verdict).toBe('pass')
    expect(evaluate('max < 4ms', measured({ responseMs: times(10, 1) })).verdict).toBe('fail')
  })
})

describe('a late generator', () => {
  const late = { responseMs: times(50), serviceMs: times(40), sendLatenessMs: times(4.3) }

  it('makes a missed response time unknown that service time meets', () => {
    expect(evaluate('p99 < 42ms', measured(late))).toMatchObject({
      verdict: 'unknown',
      sentence: 'p99 was 50ms, allowed < 42ms; but the generator was late (p99 4.30ms), and service.p99 was 40ms',
    })
  })

  it.each<[string, Partial<LoadFigures>]>([
    ['was no later than a tenth of the threshold', { sendLatenessMs: times(4.2) }],
    ['did not make the service time long', { serviceMs: times(43) }],
    ['met a saturated target', { saturated: true }],
  ])('is no excuse where it %s', (_, figures) => {
    expect(evaluate('p99 < 42ms', measured({ ...late, ...figures })).verdict).toBe('fail')
  })

  it('takes nothing from a threshold that is met in spite of it', () => {
    expect(evaluate('p99 < 60ms', measured({ ...late, sendLatenessMs: times(40) })).verdict).toBe('pass')
    expect(evaluate('p99 < 60ms', measured({ ...late, onTimeShare: 0.5 })).verdict).toBe('pass')
  })

  it('is no excuse for a missed service time', () => {
    expect(evaluate('service.p99 < 4ms', measured(late)).verdict).toBe('fail')
  })

  it('excuses whatever the load decides when it sent too little in time, and nothing that the stores say', () => {
    expect(evaluate('errorRate == 0', measured({ errorRate: 0.1, onTimeShare: 0.989 })).verdict).toBe('unknown')
    expect(evaluate('errorRate == 0', measured({ errorRate: 0.1, onTimeShare: 0.99 })).verdict).toBe('fail')
    expect(evaluate('achieved >= 99%', measured({ achievedRatePerSec: 900, onTimeShare: 0.9 })).verdict).toBe('unknown')
    expect(evaluate('unsold == 0', measured({ onTimeShare: 0.9 }, 5)).verdict).toBe('fail')
  })
})

describe('thresholds', () => {
  const scenario = buildScenario({
    steps: [{}, {}],
    thresholds: ['mean < 42ms', 'step 2: mean < 1ms', 'whole: unsold == 0'],
  })

  it('hold for each step, for one, or for all together', () => {
    const results = (step: number) =>
      evaluateStepThresholds(scenario, step, measured()).map((result) => [
        result.step,
        result.expression,
        result.verdict,
      ])
    expect(results(0)).toEqual([[0, 'mean < 42ms', 'pass']])
    expect(results(1)).toEqual([
      [1, 'mean < 42ms', 'pass'],
      [1, 'step 2: mean < 1ms', 'fail'],
    ])
    expect(evaluateWholeThresholds(scenario, () => measured({}, 3))).toMatchObject([
      { step: null, expression: 'whole: unsold == 0', verdict: 'fail', measured: 3 },
    ])
  })

  it('over the whole run are not measured where there are none', () => {
    const unasked = (): Measured => {
      throw new Error('measured although no threshold asks for it')
    }
    expect(evaluateWholeThresholds(buildScenario({ thresholds: ['mean < 1s'] }), unasked)).toEqual([])
  })
})
