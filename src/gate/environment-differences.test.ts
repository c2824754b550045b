import { describe, expect, it } from 'vitest'
import type { RunEnvironment } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { environmentDifferences } from './index.ts'

const environment: RunEnvironment = {
  cpuModel: 'EPYC ',
  cores: 2,
  memoryBytes: 8e9,
  os: 'Linux 6.1',
  node: 'v20.20.2',
  doorbuster: '0.1.0',
  services: { postgres: { provider: 'local', version: '15.5', settings: { synchronous_commit: 'on' } } },
}
const scenario: Scenario = {
  name: 'smoke',
  description: '',
  seed: 1,
  sale: { stock: { kind: 'units', units: 10 }, perUserLimit: 1, opensAfterMs: null, closesAfterMs: null, skus: null },
  buyers: {
    population: 100,
    quantities: [{ quantity: 1, weight: 1 }],
    doubleClickShare: 0,
    readShare: 0,
    retries: null,
    bots: null,
  },
  steps: [{ arrivalRatePerSec: 200, durationMs: 1_000, arrivals: 'uniform' }],
  maxInFlight: 64,
  timeoutMs: 2_000,
  thresholds: [],
}

describe('two environments', () => {
  it('are alike in spite of another seed, name, number of equal steps, memory or version of ours', () => {
    const other = {
      environment: { ...environment, cpuModel: 'EPYC', memoryBytes: 7e9, doorbuster: '0.2.0' },
      scenario: { ...scenario, name: 'other', seed: 2, steps: [...scenario.steps, ...scenario.steps] },
    }
    expect(environmentDifferences({ environment, scenario }, other)).toEqual([])
  })

  it.each([
    [{ cpuModel: 'Xeon' }, 'CPU: Xeon where the baseline had EPYC'],
    [{ cores: 4 }, 'cores: 4 where the baseline had 2'],
    [{ node: 'v22.1.0' }, 'Node: v22.1.0 where the baseline had v20.20.2'],
  ])('differ by %o', (changes, sentence) => {
    const after = { environment: { ...environment, ...changes }, scenario }
    expect(environmentDifferences({ environment, scenario }, after)).toEqual([sentence])
  })

  it('differ by the version of a store, its settings, and by whether there is one', () => {
    const withPostgres = (changes: object): RunEnvironment => ({
      ...environment,
      services: { postgres: { ...environment.services.postgres!, ...changes } },
    })
    const differences = (after: RunEnvironment): string[] =>
      environmentDifferences({ environment, scenario }, { environment: after, scenario })
    expect(differences(withPostgres({ settings: { synchronous_commit: 'off' } }))).toEqual([
      'postgres synchronous_commit: off where the baseline had on',
    ])
    expect(differences(withPostgres({ version: '16.1' }))).toEqual([
      'postgres: 16.1 (local) where the baseline had 15.5 (local)',
    ])
    expect(differences({ ...environment, services: {} })).toContain(
      'postgres: none where the baseline had 15.5 (local)',
    )
  })

  it('differ by what was asked of them', () => {
    const faster = { ...scenario, steps: [{ ...scenario.steps[0]!, arrivalRatePerSec: 400 }] }
    const [sentence, ...rest] = environmentDifferences({ environment, scenario }, { environment, scenario: faster })
    expect(sentence).toMatch(/^steps: .*400.* where the baseline had .*200/)
    expect(rest).toEqual([])
  })
})
