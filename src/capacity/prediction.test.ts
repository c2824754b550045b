import { describe, expect, it } from 'vitest'
import { type LowLoadTrial, predictFrom, type PredictionTerms } from './prediction.ts'
import { SERVER, trialOf } from './testing/demand-trials.ts'

const idleCores = { target: 0.02 }

/** Orders alone, 0.2 ms of one core each. */
function lowLoad(meanResponseMs: number): LowLoadTrial[] {
  return [500, 1_000].map((sold) => ({ ...trialOf({ sold }, { target: SERVER }), meanResponseMs }))
}

function predict(changed: Partial<PredictionTerms> = {}): NonNullable<ReturnType<typeof predictFrom>> {
  return predictFrom({ trials: lowLoad(5), coresOf: () => 1, machineCores: 8, idleCores, ...changed })!
}

describe('high load from low load', () => {
  it('saturates where demand times rate is what the resource has', () => {
    const { saturationPerSec, resource } = predict()
    expect(resource).toBe('target')
    expect(saturationPerSec).toBeCloseTo(0.98 / 200e-6, 3)
  })

  it('saturates with the machine where that has no more', () => {
    const { saturationPerSec, resource } = predict({ coresOf: () => 4, machineCores: 2 })
    expect(resource).toBe('machine')
    expect(saturationPerSec).toBeCloseTo(1.98 / 200e-6, 3)
  })

  it('has the response time of low load at low load, and D / (1 - U) more of it near saturation', () => {
    const predicted = predict()
    const stay = (rate: number): number => 0.2 / (1 - (0.02 + rate * 200e-6))
    expect(predicted.meanResponseMsAt(750)).toBeCloseTo(5, 1)
    expect(predicted.meanResponseMsAt(3_900)).toBeCloseTo(5 - stay(750) + stay(3_900), 6)
    expect(predicted.meanResponseMsAt(4_900)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is not known of a target whose use nobody could measure', () => {
    const trials = lowLoad(5).map((trial) => ({ ...trial, cpuSeconds: { generator: 0.1 } }))
    expect(predictFrom({ trials, coresOf: () => 1, machineCores: 8, idleCores })).toBeNull()
  })
})
