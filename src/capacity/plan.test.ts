import { describe, expect, it } from 'vitest'
import type { DemandModel, PlanTerms, SalePlan } from '../core/capacity-record.ts'
import { createRandom } from '../core/random.ts'
import { demandModel } from './demand-model.ts'
import { planSale } from './plan.ts'
import { MIXES, POSTGRES, SERVER, trialOf } from './testing/demand-trials.ts'

const REDIS = { perRequest: { sold: 20e-6, soldOut: 10e-6, replayed: 10e-6, read: 5e-6 }, idleCores: 0 }

function model(mixes = MIXES): DemandModel {
  return demandModel({
    trials: mixes.map((mix) => trialOf(mix, { target: SERVER, postgres: POSTGRES, redis: REDIS })),
    mix: { sold: 0.5, soldOut: 0.5, replayed: 0, read: 0 },
    machineCores: 8,
    coresOf: (resource) => ({ cores: resource === 'postgres' ? 8 : 1, because: '', isElsewhere: false }),
    capacityPerSec: 6_000,
    atCapacity: null,
    isLimit: true,
    random: createRandom(1),
  })!
}

function plan(changed: Partial<PlanTerms> = {}, of: DemandModel = model()): SalePlan {
  const terms = { ratePerSec: 10_000, stock: 10_000, readShare: 0, durationMs: 60_000, headroom: 0.7, ...changed }
  return planSale(of, terms, { instances: 1, unitsPerOrder: 1 })
}

describe('the plan of a sale', () => {
  it('says who gets a unit, and when there is none left', () => {
    const { expected, soldOutAfterMs } = plan({ readShare: 0.5 })
    expect(expected).toEqual({ sold: 10_000, refused: 290_000, reads: 300_000 })
    expect(soldOutAfterMs).toBeCloseTo(2_000)
  })

  it('says that a large stock outlasts the sale', () => {
    const { expected, soldOutAfterMs } = plan({ stock: 1_000_000 })
    expect(expected).toEqual({ sold: 600_000, refused: 0, reads: 0 })
    expect(soldOutAfterMs).toBeNull()
  })

  it('counts with the dearer part of the sale: 10,000 orders of 0.2 ms a second at 70% are three servers', () => {
    expect(plan().instances).toMatchObject({ needed: 3 })
    expect(plan({ headroom: 0.2 }).instances).toMatchObject({ needed: 12 })
    expect(plan({ stock: 0 }).instances).toMatchObject({ needed: 2 })
  })

  it('plans no more servers because they were measured with fewer cores than processes', () => {
    const terms = { ratePerSec: 10_000, stock: 10_000, readShare: 0, durationMs: 60_000, headroom: 0.7 }
    expect(planSale(model(), terms, { instances: 4, unitsPerOrder: 1 }).instances).toMatchObject({ needed: 3 })
  })

  it('has no number of servers where one uses more than the headroom when nobody asks', () => {
    expect(plan({ headroom: 0.01 }).instances).toBeNull()
  })

  it('says how busy the stores would be, and which breaks first as servers are added', () => {
    const { resources, breaksFirst } = plan()
    const shares = Object.fromEntries(resources.map(({ resource, utilisation }) => [resource, utilisation.share]))
    expect(shares['redis']).toBeCloseTo(0.2)
    expect(shares['postgres']).toBeCloseTo((0.01 + 3) / 8)
    expect(breaksFirst!.resource).toBe('postgres')
    expect(breaksFirst!.atRatePerSec).toBeCloseTo((8 - 0.01) / 300e-6, 0)
  })

  it('says what it takes in the place of what was not measured', () => {
    const withoutReads = MIXES.map(({ sold = 0, soldOut = 0 }) => ({ sold, soldOut }))
    expect(plan({ readShare: 0.5 }, model(withoutReads)).assumptions).toContain(
      'a read costs as much as the average request of the scenario did',
    )
    expect(plan({ readShare: 0.5 }).assumptions.join()).not.toContain('average request')
  })
})
