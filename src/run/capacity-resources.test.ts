import { describe, expect, it } from 'vitest'
import type { RunTarget } from '../core/run-record.ts'
import { coresOf, type ResourceTerms, unsaidCores } from './capacity-resources.ts'

const SERVICE: ResourceTerms = {
  target: { kind: 'service', name: 'shop' } as RunTarget,
  environment: { cores: 2 },
  described: [
    { name: 'shop', capacityCores: 16 },
    { name: 'database', capacityCores: null },
  ],
}
const STRATEGY: ResourceTerms = {
  target: { kind: 'strategy', instances: 4 } as RunTarget,
  environment: { cores: 2 },
  described: [],
}

describe('the cores of a resource', () => {
  it('are those that the descriptor names, on a machine that is not this one', () => {
    expect(coresOf('shop', SERVICE)).toMatchObject({ cores: 16, isElsewhere: true })
  })

  it('are as many as this machine has where the descriptor names none, and that is said', () => {
    expect(coresOf('database', SERVICE)).toMatchObject({ cores: 2, isElsewhere: true })
    expect(unsaidCores(['shop', 'database', 'generator'], SERVICE.described)).toEqual([
      "the descriptor doesn't say how many cores database has: as many as this machine has were taken",
    ])
    expect(unsaidCores(['shop', 'generator'], SERVICE.described)).toEqual([])
  })

  it('are those of this machine for what runs on it: one a server process, one for Redis, all for the rest', () => {
    expect(coresOf('target', SERVICE)).toMatchObject({ cores: 2, isElsewhere: false })
    expect(coresOf('target', STRATEGY)).toMatchObject({ cores: 2, isElsewhere: false })
    expect(coresOf('redis', STRATEGY)).toMatchObject({ cores: 1, isElsewhere: false })
    expect(coresOf('postgres', STRATEGY)).toMatchObject({ cores: 2, isElsewhere: false })
  })
})
