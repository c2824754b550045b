import { describe, expect, it } from 'vitest'
import type { Scenario, Step, Threshold } from '../../core/scenario.ts'
import { lengthLike, visitScenario, wholeScenario } from './visit-scenario.ts'

const STEADY: Step = { arrivalRatePerSec: 400, durationMs: 10_000, arrivals: 'poisson' }
const RAMP: Step = { ...STEADY, shape: { kind: 'ramp', fromRatePerSec: 1, toRatePerSec: 799 } }
const LENGTH = { steps: 3, longestStepMs: 1_500 }

function threshold(scope: Threshold['scope']): Threshold {
  return { expression: `of ${scope}`, metric: 'p99', comparison: '<', limit: 42, scope, origin: 'scenario' }
}

function scenario(steps: readonly Step[], thresholds: readonly Threshold[] = []): Scenario {
  return {
    name: 'one',
    description: '',
    seed: 1,
    sale: {
      stock: { kind: 'units', units: 10 },
      perUserLimit: null,
      opensAfterMs: null,
      closesAfterMs: null,
      skus: null,
    },
    buyers: {
      population: 10,
      quantities: [{ quantity: 1, weight: 1 }],
      doubleClickShare: 0,
      readShare: 0,
      retries: null,
      bots: null,
    },
    steps,
    maxInFlight: 100,
    timeoutMs: 1_000,
    thresholds,
  }
}

describe('the scenario of a visit', () => {
  it('is its step several times over, cut to a length', () => {
    const { scenario: visit, notes } = visitScenario(scenario([STEADY]), LENGTH)
    expect(visit.steps).toEqual(Array.from({ length: 3 }, () => ({ ...STEADY, durationMs: 1_500 })))
    expect(notes).toEqual([])
  })

  it('keeps the length of a step that is shorter, and of one whose rate changes', () => {
    const short = { ...STEADY, durationMs: 1_000 }
    expect(visitScenario(scenario([short]), LENGTH).scenario.steps[0]).toEqual(short)
    expect(visitScenario(scenario([RAMP]), LENGTH).scenario.steps[0]).toEqual(RAMP)
  })

  it('leaves out other steps, and what is asked of times, and says so', () => {
    const byDefault: Threshold = { ...threshold('each'), expression: 'achieved >= 99%', origin: 'default' }
    const given = scenario([STEADY, RAMP], [threshold('each'), threshold(0), byDefault])
    const { scenario: visit, notes } = visitScenario(given, LENGTH)
    expect(visit.thresholds).toEqual([])
    const ofThresholds = 'thresholds are judged by `doorbuster run`, and not by a gate: of each, of 0'
    expect(notes).toEqual([
      'a gate runs one step over and over: the first of the scenario, and not the 1 other',
      ofThresholds,
    ])
    expect(wholeScenario(given)).toEqual({ scenario: { ...given, thresholds: [] }, notes: [ofThresholds] })
    expect(visitScenario(scenario([STEADY], [byDefault]), LENGTH).notes).toEqual([])
  })

  it('is as long as a stored one, which may have run several steps', () => {
    expect(lengthLike(scenario([STEADY]))).toEqual({ steps: 1, longestStepMs: 10_000 })
    expect(lengthLike(scenario([STEADY, STEADY]))).toEqual({ steps: 2, longestStepMs: 10_000 })
    expect(lengthLike(scenario([STEADY, RAMP]))).toBeNull()
  })
})
