import { describe, expect, it } from 'vitest'
import type { RunEnvironment, RunRecord, StrategyTarget } from '../core/run-record.ts'
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
const engine: RunRecord['engine'] = { name: 'builtin', version: '0.1.0', model: 'open', workers: 1 }
const target: StrategyTarget = {
  kind: 'strategy',
  strategy: 'mutex',
  summary: '',
  control: false,
  instances: 1,
  promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
  durableWhen: '',
}
const run = { environment, scenario, engine, target }

describe('two environments', () => {
  it('are alike in spite of another seed, name, number of equal steps, memory or version of ours', () => {
    const other = {
      ...run,
      environment: { ...environment, cpuModel: 'EPYC', memoryBytes: 7e9, doorbuster: '0.2.0' },
      engine: { ...engine, version: '0.2.0' },
      target: { ...target, strategy: 'atomic-update' },
      scenario: { ...scenario, name: 'other', seed: 2, steps: [...scenario.steps, ...scenario.steps] },
    }
    expect(environmentDifferences(run, other)).toEqual([])
  })

  it.each([
    [{ cpuModel: 'Xeon' }, 'CPU: Xeon where the baseline had EPYC'],
    [{ cores: 4 }, 'cores: 4 where the baseline had 2'],
    [{ node: 'v22.1.0' }, 'Node: v22.1.0 where the baseline had v20.20.2'],
  ])('differ by %o', (changes, sentence) => {
    const after = { ...run, environment: { ...environment, ...changes } }
    expect(environmentDifferences(run, after)).toEqual([sentence])
  })

  it.each<[Partial<RunRecord['engine']>, string]>([
    [{ name: 'k6' }, 'engine: k6, open model where the baseline had builtin, open model'],
    [{ model: 'closed' }, 'engine: builtin, closed model where the baseline had builtin, open model'],
    [{ workers: 2 }, 'workers of the generator: 2 where the baseline had 1'],
  ])('differ by who asked, %o', (changes, sentence) => {
    expect(environmentDifferences(run, { ...run, engine: { ...engine, ...changes } })).toEqual([sentence])
  })

  it('differ by the instances of a strategy, which nobody knows of a service', () => {
    const two = { ...run, target: { ...target, instances: 2 } }
    expect(environmentDifferences(run, two)).toEqual(['instances: 2 where the baseline had 1'])
    const { promise } = target
    const service = { kind: 'service', name: 'shop', summary: '', url: '', promise, soldMeans: 'paid' } as const
    const other = { ...run, target: { ...service, shared: false, salePerStep: true } }
    expect(environmentDifferences(two, other)).toEqual([])
  })

  it('say whose the other was', () => {
    const after = { ...run, environment: { ...environment, cores: 4 } }
    expect(environmentDifferences(run, after, 'another run')).toEqual(['cores: 4 where another run had 2'])
  })

  it('differ by the version of a store, its settings, and by whether there is one', () => {
    const withPostgres = (changes: object): RunEnvironment => ({
      ...environment,
      services: { postgres: { ...environment.services.postgres!, ...changes } },
    })
    const differences = (after: RunEnvironment): string[] => environmentDifferences(run, { ...run, environment: after })
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
    const [sentence, ...rest] = environmentDifferences(run, { ...run, scenario: faster })
    expect(sentence).toMatch(/^steps: .*400.* where the baseline had .*200/)
    expect(rest).toEqual([])
  })
})
