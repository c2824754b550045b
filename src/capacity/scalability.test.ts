import { describe, expect, it } from 'vitest'
import { fitScalability, type LevelTrial } from './scalability.ts'

const MACHINE = { cores: 4, instances: 1 }

/** Levels on a curve of the law: c = 1,000/s a request in flight, contention 0.05, coherency 0.001. */
function levels(inFlight: readonly number[], off: (index: number) => number = () => 1): LevelTrial[] {
  return inFlight.map((n, index) => {
    const rate = ((1_000 * n) / (1 + 0.05 * (n - 1) + 0.001 * n * (n - 1))) * off(index)
    return { ratePerSec: index, achievedRatePerSec: rate, meanResponseMs: (n / rate) * 1_000 }
  })
}

describe('the scalability law', () => {
  it('is found again from levels that obey it', () => {
    const fit = fitScalability(levels([1, 2, 4, 8, 16, 32]), MACHINE)
    expect(fit).toMatchObject({ fitted: true, levels: 6 })
    if (!fit.fitted) return
    expect(fit.contention).toBeCloseTo(0.05, 6)
    expect(fit.coherency).toBeCloseTo(0.001, 6)
    expect(fit.peak!.inFlight).toBeCloseTo(Math.sqrt(0.95 / 0.001), 3)
  })

  it.each([
    ['five levels', levels([1, 2, 4, 8, 16]), MACHINE, /it takes 6 rates or more, there were 5/],
    ['no core to spare', levels([1, 2, 4, 8, 16, 32]), { cores: 2, instances: 2 }, /2 cores for 2 server processes/],
    ['far too much in flight', levels([150, 180, 200, 210, 220, 250]), MACHINE, /from 150 to 250 only/],
    ['hardly anything in flight', levels([0.1, 0.2, 0.4, 0.8, 1.2, 1.6]), MACHINE, /too little to see contention in/],
    [
      'levels that obey no law',
      levels([1, 2, 4, 8, 16, 32], (index) => (index % 2 ? 3 : 0.4)),
      MACHINE,
      /off by up to/,
    ],
  ])('is not fitted to %s, and says why', (_claim, trials, machine, because) => {
    expect(fitScalability(trials, machine)).toMatchObject({ fitted: false, because: expect.stringMatching(because) })
  })
})
