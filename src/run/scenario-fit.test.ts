import { describe, expect, it } from 'vitest'
import { REFERENCE_PROTOCOL } from '../core/reference-protocol.ts'
import { buildScenario } from '../scenario/testing/build-scenario.ts'
import { fitToPool, refuseUnfit } from './scenario-fit.ts'

const WITHOUT_READ = { ...REFERENCE_PROTOCOL, read: null }
const pool = (buyers: number) => ({
  userIdPrefix: 'u',
  pool: Array.from({ length: buyers }, (_, n) => ({ userId: `buyer-${n}` })),
})

describe('a described target', () => {
  it('is not asked for reads that it has not', () => {
    const scenario = buildScenario({ buyers: { readShare: 0.1 } })
    expect(() => refuseUnfit({ protocol: REFERENCE_PROTOCOL, skus: null }, scenario)).not.toThrow()
    expect(() => refuseUnfit({ protocol: WITHOUT_READ, skus: null }, scenario)).toThrow(/described without a read/)
    const buysOnly = buildScenario({ buyers: { readShare: 0 } })
    expect(() => refuseUnfit({ protocol: WITHOUT_READ, skus: null }, buysOnly)).not.toThrow()
  })

  it('is not asked for more SKUs than it names', () => {
    const scenario = buildScenario({ sale: { skus: { names: ['a', 'b'], skew: 0 } } })
    expect(() => refuseUnfit({ protocol: REFERENCE_PROTOCOL, skus: ['x', 'y'] }, scenario)).not.toThrow()
    expect(() => refuseUnfit({ protocol: REFERENCE_PROTOCOL, skus: ['x'] }, scenario)).toThrow(
      'the scenario sells 2 SKUs, and the descriptor names 1',
    )
  })

  it('gets as many buyers as the pool has, and not fewer than one', () => {
    const scenario = buildScenario({ buyers: { population: 100, bots: { users: 3, share: 0.5 } } })
    expect(fitToPool(scenario, pool(10)).buyers.population).toBe(7)
    expect(() => fitToPool(scenario, pool(3))).toThrow(/3 bots, and the pool only 3 buyers/)
  })
})
