import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random.ts'
import { REQUEST_KINDS } from '../core/work-record.ts'
import { columnsOf, type DemandTrial, fitDemand, mixOf } from './demand.ts'
import { MIXES, POSTGRES, SERVER, trialOf } from './testing/demand-trials.ts'

const resources = { target: SERVER, postgres: POSTGRES }
const exact = MIXES.map((mix) => trialOf(mix, resources))
const mix = { sold: 0.5, soldOut: 0.4, replayed: 0, read: 0.1 }

function fit(trials: readonly DemandTrial[], resource: string, seed = 1): NonNullable<ReturnType<typeof fitDemand>> {
  return fitDemand(trials, resource, { columns: columnsOf(trials), mix, random: createRandom(seed) })!
}

describe('demands from trials', () => {
  it.each(Object.entries(resources))(
    'are found again where nothing is off: %s',
    (resource, { perRequest, idleCores }) => {
      const found = fit(exact, resource)
      for (const kind of REQUEST_KINDS) {
        expect(found.perRequest[kind]!.seconds).toBeCloseTo(perRequest[kind], 9)
        expect(found.perRequest[kind]!.low).toBeCloseTo(perRequest[kind], 9)
      }
      expect(found.idleCores).toBeCloseTo(idleCores, 6)
      const { sold, soldOut, read } = perRequest
      expect(found.perMixedRequest.seconds).toBeCloseTo(0.5 * sold + 0.4 * soldOut + 0.1 * read, 9)
    },
  )

  it('are never below zero, however clocks err', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = createRandom(seed, 3)
      const noisy = MIXES.map((each) => trialOf(each, resources, { random, noise: 0.3 }))
      const found = fit(noisy, 'postgres', seed)
      for (const kind of REQUEST_KINDS) expect(found.perRequest[kind]!.low).toBeGreaterThanOrEqual(0)
    }
  })

  it('have intervals that mostly hold the truth where clocks err by a tenth', () => {
    const held = Array.from({ length: 50 }, (_, seed) => {
      const random = createRandom(seed + 1, 3)
      const noisy = MIXES.flatMap((each) => [each, each]).map((each) =>
        trialOf(each, resources, { random, noise: 0.1 }),
      )
      const { low, high } = fit(noisy, 'target', seed).perRequest.sold!
      return low <= SERVER.perRequest.sold && SERVER.perRequest.sold <= high
    })
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(43)
  })

  it('are not made up from fewer trials than kinds of requests', () => {
    const few = exact.slice(0, 4)
    expect(fitDemand(few, 'target', { columns: columnsOf(exact), mix, random: createRandom(1) })).toBeNull()
  })
})

describe('what trials tell apart', () => {
  it('is everything, where mix and rate vary', () => {
    expect(columnsOf(exact)).toEqual({ kinds: [...REQUEST_KINDS], together: false, withIdle: true, doubts: [] })
  })

  it('is not a kind that never comes: of that, nobody has a doubt', () => {
    const trials = MIXES.map(({ sold = 0, soldOut = 0 }) => trialOf({ sold, soldOut }, resources))
    expect(columnsOf(trials)).toMatchObject({ kinds: ['sold', 'soldOut'], doubts: [] })
  })

  it('is not a kind that comes in a steady share of all', () => {
    const trials = MIXES.map(({ sold = 0, soldOut = 0 }) =>
      trialOf({ sold, soldOut, read: (sold + soldOut) / 9 }, resources),
    )
    const { kinds, doubts } = columnsOf(trials)
    expect(kinds).toEqual(['sold', 'soldOut'])
    expect(doubts).toEqual(['reads were too steady a share of all requests to tell what they cost by themselves'])
  })

  it('is no kind by itself, where all trials had one mix: the average request is known all the same', () => {
    const trials = [100, 200, 400, 800, 1_600, 3_200].map((rate) => trialOf({ sold: rate, soldOut: rate }, resources))
    const columns = columnsOf(trials)
    expect(columns).toMatchObject({ together: true, withIdle: true })
    expect(columns.doubts.join()).toContain('too much alike')
    const found = fit(trials, 'target')
    expect(found.perRequest.sold).toBeNull()
    expect(found.perMixedRequest.seconds).toBeCloseTo(150e-6, 9)
    expect(found.idleCores).toBeCloseTo(0.02, 6)
  })

  it('is not what is in use when nobody asks, where all trials have one rate', () => {
    const trials = [1, 0.5, 0.1, 0.01].map((share) =>
      trialOf({ sold: 1_000 * share, soldOut: 1_000 * (1 - share) }, resources),
    )
    const { withIdle, doubts } = columnsOf(trials)
    expect(withIdle).toBe(false)
    expect(doubts.join()).toContain('about one rate')
  })
})

it('the mix of trials is that of their requests together', () => {
  expect(mixOf([trialOf({ sold: 100 }, {}), trialOf({ soldOut: 200, read: 100 }, {})])).toEqual({
    sold: 0.25,
    soldOut: 0.5,
    replayed: 0,
    read: 0.25,
  })
})
