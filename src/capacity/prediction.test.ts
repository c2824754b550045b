import { describe, expect, it } from 'vitest'
import { type LowLoadTrial, predictFrom, type PredictionTerms } from './prediction.ts'
import { trialOf } from './testing/demand-trials.ts'

const RATES = [500, 1_000, 1_500]

/** Orders alone; `coresAt`: what the server uses of its one core. */
function lowLoad(coresAt: (ratePerSec: number) => number, meanResponseMs = 5): LowLoadTrial[] {
  return RATES.map((sold) => {
    const trial = trialOf({ sold }, {})
    return { ...trial, cpuSeconds: { target: coresAt(sold) * trial.seconds }, meanResponseMs }
  })
}

const here = (cores: number) => () => ({ cores, because: '', isElsewhere: false })

/** 0.2 ms an order. */
const constant = (ratePerSec: number): number => ratePerSec * 200e-6
/** An order costs half as much where four times as many come. */
const falling = (ratePerSec: number): number => 0.3 * Math.sqrt(ratePerSec / 1_500)

function predict(changed: Partial<PredictionTerms> = {}): NonNullable<ReturnType<typeof predictFrom>> {
  return predictFrom({ trials: lowLoad(constant), coresOf: here(1), machineCores: 8, ...changed })!
}

describe('high load from low load', () => {
  it('saturates where cost times rate is what the resource has; both bounds are one where the cost is always the same', () => {
    const { saturationPerSec, resource } = predict()
    expect(resource).toBe('target')
    expect(saturationPerSec.low).toBeCloseTo(5_000, 3)
    expect(saturationPerSec.high).toBeCloseTo(5_000, 3)
  })

  it('saturates later the further the cost falls, and not before it would if the cost stayed', () => {
    const { saturationPerSec } = predict({ trials: lowLoad(falling) })
    expect(saturationPerSec.low).toBeCloseTo(5_000, 3)
    expect(saturationPerSec.high).toBeCloseTo(1_500 / 0.3 ** 2, 0)
  })

  it('never lets a cost rise: what looks so is noise', () => {
    const { saturationPerSec } = predict({ trials: lowLoad((rate) => 0.3 * (rate / 1_500) ** 1.5) })
    expect(saturationPerSec.high).toBeCloseTo(saturationPerSec.low, 6)
  })

  it('saturates with the machine where that has no more', () => {
    const trials = lowLoad(constant).map((trial) => {
      const cpuSeconds = { ...trial.cpuSeconds, generator: trial.cpuSeconds['target']! }
      return { ...trial, cpuSeconds }
    })
    const { saturationPerSec, resource } = predict({ trials, coresOf: here(4), machineCores: 2 })
    expect(resource).toBe('machine')
    expect(saturationPerSec.low).toBeCloseTo(5_000, 3)
  })

  it('is not of the machine of the generator, where the target stands elsewhere', () => {
    const trials = lowLoad(constant).map((trial) => {
      const cpuSeconds = { ...trial.cpuSeconds, generator: trial.cpuSeconds['target']! }
      return { ...trial, cpuSeconds }
    })
    const elsewhere = (resource: string) => ({ cores: 4, because: '', isElsewhere: resource !== 'generator' })
    const predicted = predict({ trials, coresOf: elsewhere, machineCores: 1 })
    expect(predicted.resource).toBe('target')
    expect(predicted.saturationPerSec.low).toBeCloseTo(20_000, 3)
    expect(predicted.meanResponseMsAt(6_000).high).toBeLessThan(6)
  })

  it('has the response time of low load at low load, and D / (1 - U) more of it near saturation', () => {
    const predicted = predict()
    const stay = (rate: number): number => 0.2 / (1 - rate * 200e-6)
    expect(predicted.meanResponseMsAt(1_500).high).toBeCloseTo(5, 6)
    expect(predicted.meanResponseMsAt(3_900).high).toBeCloseTo(5 - stay(1_500) + stay(3_900), 6)
    expect(predicted.meanResponseMsAt(5_000).high).toBe(Number.POSITIVE_INFINITY)
  })

  it('has a shorter response time where the cost falls than where it stays', () => {
    const { low, high } = predict({ trials: lowLoad(falling) }).meanResponseMsAt(4_500)
    expect(low).toBeLessThan(high)
    expect(low).toBeGreaterThan(0)
  })

  it('is not known of a target whose use nobody could measure', () => {
    const trials = lowLoad(constant).map((trial) => ({ ...trial, cpuSeconds: { generator: 0.1 } }))
    expect(predictFrom({ trials, coresOf: here(1), machineCores: 8 })).toBeNull()
  })
})
