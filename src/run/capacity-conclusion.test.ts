import { describe, expect, it } from 'vitest'
import { addTrial, beginSearch, type SearchState, type SearchTerms } from '../capacity/index.ts'
import type { DemandModel } from '../core/capacity-record.ts'
import type { RunEnvironment, RunTarget } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { concludeFrom, type ConclusionTerms } from './capacity-conclusion.ts'
import { searchTerms } from './capacity-terms.ts'
import { capacityTrial } from './testing/capacity-trials.ts'

const CALM = [100, 200, 400, 800].map((rate) =>
  capacityTrial({ perSec: { sold: rate / 4, soldOut: (rate * 3) / 4 }, cpuMicros: 100 }),
)

function demand(changed: Partial<ConclusionTerms>): DemandModel {
  const terms = searchTerms({ fromRatePerSec: null, toRatePerSec: null, precision: 0.05, cap: null }, 459)
  return concludeFrom({
    scenario: { seed: 1 } as Scenario,
    trials: CALM,
    search: beginSearch(terms),
    ended: 'precise',
    target: { kind: 'service', name: 'shop' } as RunTarget,
    environment: { cores: 2 } as RunEnvironment,
    plan: null,
    described: [],
    ...changed,
  }).demand!
}

/** As trials of full length decided. */
function foundUpTo(ratePerSec: number, terms: SearchTerms): SearchState {
  const { trialMs: durationMs } = terms.phases.at(-1)!
  const tried = { durationMs, margin: null }
  return [1, 2, 3]
    .flatMap(() => [
      { ...tried, ratePerSec, achievedRatePerSec: ratePerSec, answer: 'good' as const },
      { ...tried, ratePerSec: ratePerSec * 1.04, achievedRatePerSec: ratePerSec, answer: 'bad' as const },
    ])
    .reduce(addTrial, beginSearch(terms))
}

describe('the mix of requests', () => {
  it('is that of the trials that kept up: those that drop requests drop the late ones, which are of one kind', () => {
    const saturated = capacityTrial({ perSec: { sold: 5_000 }, cpuMicros: 100, saturated: true, answer: 'bad' })
    const { mix } = demand({ trials: [...CALM, saturated] })
    expect(mix.sold).toBeCloseTo(0.25)
    expect(mix.soldOut).toBeCloseTo(0.75)
  })
})

describe('what a request costs at the capacity', () => {
  const terms = searchTerms({ fromRatePerSec: null, toRatePerSec: null, precision: 0.05, cap: null }, 459)
  const trialAt = (rate: number, cpuMicros: number, changed = {}) =>
    capacityTrial({ perSec: { sold: rate / 4, soldOut: (rate * 3) / 4 }, cpuMicros, ...changed })

  it('is that of trials about there, of the mix of the scenario, that kept up', () => {
    const search = foundUpTo(2_000, terms)
    const cheap = [trialAt(1_900, 60), trialAt(2_000, 60)]
    const others = [trialAt(2_000, 90, { saturated: true, answer: 'bad' }), trialAt(1_950, 10, { purpose: 'demand' })]
    const { resources } = demand({ trials: [...CALM, ...cheap, ...others], search })
    expect(resources[0]!.secondsAtCapacity).toBeCloseTo(60e-6, 6)
    expect(resources[0]!.perMixedRequest.seconds).toBeGreaterThan(80e-6)
  })

  it('is that of the highest rate that was kept up with, though too late for the SLO', () => {
    const search = foundUpTo(2_000, terms)
    const late = trialAt(4_000, 40, { answer: 'bad' })
    const { resources } = demand({ trials: [...CALM, trialAt(2_000, 60), late], search })
    expect(resources[0]!.secondsAtCapacity).toBeCloseTo(40e-6, 6)
    expect(resources[0]!.ceiling!.ratePerSec).toBeGreaterThan(4_000)
  })

  it('is not known where no trial was made there', () => {
    expect(demand({ trials: CALM }).resources[0]!.secondsAtCapacity).toBeNull()
    const { resources } = demand({ trials: CALM, search: foundUpTo(2_000, terms) })
    expect(resources[0]!.secondsAtCapacity).toBeNull()
  })
})

describe('what the descriptor reads from elsewhere', () => {
  const trials = CALM.map((trial) => ({
    ...trial,
    cpuSeconds: { ...trial.cpuSeconds, database: trial.ratePerSec / 400 },
  }))
  const ceilingOf = (model: DemandModel): number =>
    model.resources.find(({ resource }) => resource === 'database')!.ceiling!.ratePerSec

  it('has the cores that the descriptor names, and takes none of this machine', () => {
    const model = demand({ trials, described: [{ name: 'database', capacityCores: 16 }] })
    const few = demand({ trials, described: [{ name: 'database', capacityCores: 8 }] })
    expect(ceilingOf(model) / ceilingOf(few)).toBeCloseTo(2, 1)
    expect(model.bottleneck.utilisation).not.toHaveProperty('machine')
    expect(model.doubts.join()).not.toContain('how many cores')
  })

  it('is doubted where the descriptor names none', () => {
    const { doubts } = demand({ trials, described: [{ name: 'database', capacityCores: null }] })
    expect(doubts.join()).toContain("doesn't say how many cores database has")
  })
})
