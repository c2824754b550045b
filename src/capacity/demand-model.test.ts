import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random.ts'
import { demandModel, formatDemand, type ModelTerms } from './demand-model.ts'
import { MIXES, POSTGRES, SERVER, trialOf } from './testing/demand-trials.ts'

const resources = { target: SERVER, postgres: POSTGRES }

function model(changed: Partial<ModelTerms> = {}): NonNullable<ReturnType<typeof demandModel>> {
  return demandModel({
    trials: MIXES.map((mix) => trialOf(mix, resources)),
    mix: { sold: 0.5, soldOut: 0.5, replayed: 0, read: 0 },
    machineCores: 8,
    coresOf: (resource) => ({ cores: resource === 'target' ? 1 : 8, because: '', isElsewhere: false }),
    capacityPerSec: 6_000,
    atCapacity: null,
    isLimit: true,
    random: createRandom(1),
    ...changed,
  })!
}

describe('the bottleneck', () => {
  it('is what is used up first: a core of 0.15 ms a request carries 6,533/s', () => {
    const { resources: ranked, bottleneck } = model()
    expect(ranked.map(({ resource }) => resource)).toEqual(['target', 'postgres'])
    expect(ranked[0]!.ceiling!.ratePerSec).toBeCloseTo((1 - 0.02) / 150e-6, 0)
    expect(bottleneck).toMatchObject({ resource: 'target', second: 'machine' })
    expect(bottleneck.sentence).toContain("the server's one core (0.15 ms a request), a ceiling of 6,533/s")
    expect(bottleneck.utilisation['target']).toBeCloseTo(0.92, 2)
  })

  it('goes by what a request costs at the capacity, where it has become cheaper than in calmer trials, or dearer', () => {
    const at = (targetMicros: number) => {
      const requests = { sold: 30_000, soldOut: 30_000, replayed: 0, read: 0 }
      const target = 10 * 0.02 + 60_000 * targetMicros * 1e-6
      return model({ atCapacity: { seconds: 10, requests, cpuSeconds: { target } } })
    }
    const cheaper = at(120)
    expect(cheaper.bottleneck.sentence).toContain("the server's one core (0.12 ms a request), a ceiling of 8,167/s")
    expect(cheaper.bottleneck.utilisation['target']).toBeCloseTo(0.74, 2)
    const [server, postgres] = cheaper.resources
    expect(server!.secondsAtCapacity).toBeCloseTo(120e-6, 9)
    expect(server!.ceiling!.low).toBeLessThan((1 - 0.02) / 149e-6)
    expect(server!.ceiling!.high).toBeGreaterThanOrEqual(server!.ceiling!.ratePerSec)
    expect(postgres!.secondsAtCapacity).toBeNull()
    expect(at(160).resources[0]!.ceiling!.ratePerSec).toBeCloseTo((1 - 0.02) / 160e-6, 0)
  })

  it('is the machine, where all that share it use it up together', () => {
    const { bottleneck, machine } = model({ machineCores: 2 })
    expect(machine.ceilingRatePerSec).toBeCloseTo((2 - 0.03) / 330e-6, 0)
    expect(bottleneck.resource).toBe('machine')
    expect(bottleneck.sentence).toContain("the machine's 2 cores")
  })

  it('is not the machine of the generator, for what stands elsewhere', () => {
    const elsewhere = (resource: string) => ({ cores: 8, because: '', isElsewhere: resource !== 'target' })
    const { machine, bottleneck } = model({ machineCores: 2, coresOf: elsewhere })
    expect(machine.ceilingRatePerSec).toBeCloseTo((2 - 0.02) / 150e-6, 0)
    expect(bottleneck.utilisation).not.toHaveProperty('machine')
  })

  it('is no processor, where all are idle at the capacity that was found: and that is said', () => {
    const { bottleneck } = model({ capacityPerSec: 1_000 })
    expect(bottleneck.resource).toBeNull()
    expect(bottleneck.sentence).toMatch(/^no processor: the busiest, .* is 17% in use there/)
  })

  it('is what has the lowest ceiling, where nothing was found to be too much', () => {
    expect(model({ capacityPerSec: 1_000, isLimit: false }).bottleneck.resource).toBe('target')
  })

  it('is never the generator alone', () => {
    const busy = { perRequest: { sold: 1e-3, soldOut: 1e-3, replayed: 1e-3, read: 1e-3 }, idleCores: 0 }
    const { bottleneck } = model({
      trials: MIXES.map((mix) => trialOf(mix, { ...resources, generator: busy })),
      machineCores: 64,
    })
    expect(bottleneck.resource).toBe('target')
  })
})

it('there is no model of nothing', () => {
  const terms = {
    mix: { sold: 1, soldOut: 0, replayed: 0, read: 0 },
    machineCores: 2,
    capacityPerSec: null,
    atCapacity: null,
    isLimit: false,
  }
  const coresOf = () => ({ cores: 1, because: '', isElsewhere: false })
  expect(demandModel({ ...terms, trials: [], coresOf, random: createRandom(1) })).toBeNull()
})

it('CPU times are told with their unit', () => {
  expect(formatDemand(110e-6)).toBe('0.11 ms')
  expect(formatDemand(43.2e-6)).toBe('43 us')
  expect(formatDemand(99.8e-6)).toBe('100 us')
  expect(formatDemand(0.12)).toBe('120 ms')
})
