import { describe, expect, it } from 'vitest'
import type { Scenario } from '../core/scenario.ts'
import { loadScenario, planStep } from '../scenario/index.ts'
import { trialBasis, trialScenario, type TrialTerms } from './capacity-trial.ts'

function scenario(changed: string): Scenario {
  return loadScenario(`name: a\n${changed}\nsteps: [{rate: 100, duration: 2s}, {rate: 400, duration: 10s}]\n`, 'a.yaml')
}

function trial(of: Scenario, changed: Partial<TrialTerms> = {}): Scenario {
  const terms = { number: 1, purpose: 'search', ratePerSec: 800, durationMs: 5_000, sellThrough: null } as const
  const { readShare, doubleClickShare } = of.buyers
  return trialScenario(trialBasis(of, []), { ...terms, readShare, doubleClickShare, ...changed })
}

describe('the scenario of a trial', () => {
  it('is one step at its rate, with the stock for the same share of buyers', () => {
    const { steps, sale } = trial(scenario('sale: {sellThrough: 25%}'))
    expect(steps).toEqual([{ arrivalRatePerSec: 800, durationMs: 5_000, arrivals: 'uniform' }])
    expect(sale.stock).toEqual({ kind: 'sellThrough', share: 0.25 })
  })

  it('has stock for as many of its buyers where the scenario names units: of its largest step', () => {
    const { sale } = trial(scenario('sale: {stock: 1000}'), { durationMs: 10_000 })
    expect(sale.stock).toEqual({ kind: 'sellThrough', share: 0.25 })
  })

  it('has users who come twice as often as in the scenario', () => {
    const limited = scenario(
      'sale: {stock: 1000, perUserLimit: 1}\nbuyers: {population: 2000, bots: {share: 10%, users: 10}}',
    )
    expect(trial(limited).buyers).toMatchObject({ population: 2_000, bots: { share: 0.1, users: 10 } })
    expect(trial(limited, { ratePerSec: 8_000 }).buyers).toMatchObject({ population: 20_000, bots: { users: 100 } })
    expect(trial(limited, { ratePerSec: 1 }).buyers).toMatchObject({ population: 3, bots: { users: 1 } })
  })

  it('has arrivals of its own, the same ones each time', () => {
    const poisson = scenario('sale: {stock: 1000}\narrivals: poisson')
    const times = (number: number): Float64Array => planStep(trial(poisson, { number }), 0).atNs
    expect(times(1)).toEqual(times(1))
    expect(times(1)).not.toEqual(times(2))
  })

  it('is open all along', () => {
    const early = scenario('sale: {stock: 1000, opensAfter: 1s}')
    expect(early.sale.opensAfterMs).toBe(1_000)
    expect(trial(early).sale).toMatchObject({ opensAfterMs: null, closesAfterMs: null })
  })
})
