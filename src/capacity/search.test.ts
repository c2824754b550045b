import { describe, expect, it } from 'vitest'
import { capacityInterval } from './interval.ts'
import { addTrial, beginSearch, nextTrial, type SearchTrial } from './search.ts'
import { type FakeTarget, queueTarget, searchThrough, TERMS } from './testing/fake-target.ts'

const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1)

/** Good up to a rate, bad from there on. */
function sharp(capacityPerSec: number): Pick<FakeTarget, 'trial'> {
  return {
    trial: (ratePerSec) => ({
      answer: ratePerSec <= capacityPerSec ? 'good' : 'bad',
      margin: null,
      achievedRatePerSec: Math.min(ratePerSec, capacityPerSec),
    }),
  }
}

const SILENT: Omit<SearchTrial, 'ratePerSec' | 'durationMs'> = { answer: 'none', margin: null, achievedRatePerSec: 0 }

describe('a search for capacity', () => {
  it.each([17, 99, 100, 101, 1_000, 8_191, 77_777])('finds a sharp limit at %i/s within its precision', (capacity) => {
    const { state, ended } = searchThrough(sharp(capacity))
    const found = capacityInterval(state, 'precise')!
    expect(ended).toBe('precise')
    expect(found.lowerRatePerSec).toBeLessThanOrEqual(capacity)
    expect(found.upperRatePerSec).toBeGreaterThan(capacity)
    expect(found.upperRatePerSec!).toBeLessThanOrEqual(
      Math.max(found.lowerRatePerSec! + 1, found.lowerRatePerSec! * 1.06),
    )
  })

  it('decides nothing by one trial: each bound was tried twice at full length or more', () => {
    const { state } = searchThrough(sharp(1_000))
    const { relevantLowerRatePerSec, relevantUpperRatePerSec } = capacityInterval(state, 'precise')!
    for (const bound of [relevantLowerRatePerSec, relevantUpperRatePerSec]) {
      const long = state.trials.filter(({ ratePerSec, durationMs }) => ratePerSec === bound && durationMs >= 8_000)
      expect(long.length).toBeGreaterThanOrEqual(2)
    }
  })

  it('decides nothing by one trial either where each has to be longer, for its percentiles', () => {
    const { state } = searchThrough(sharp(30), { ...TERMS, fromRatePerSec: 20 })
    const { relevantLowerRatePerSec, relevantUpperRatePerSec } = capacityInterval(state, 'precise')!
    for (const bound of [relevantLowerRatePerSec, relevantUpperRatePerSec]) {
      const made = state.trials.filter(({ ratePerSec }) => ratePerSec === bound)
      expect(made.every(({ durationMs }) => durationMs > 12_000)).toBe(true)
      expect(made.length).toBeGreaterThanOrEqual(2)
    }
  })

  it.each([
    ['a steep curve, little noise', { allowedMs: 42, noise: 0.1 }],
    ['a steep curve, much noise', { allowedMs: 42, noise: 0.25 }],
    ['a flat curve, little noise', { allowedMs: 15, noise: 0.1 }],
    ['a flat curve, much noise', { allowedMs: 15, noise: 0.2 }],
  ])('holds the true capacity often enough: %s', (_claim, terms) => {
    const held = SEEDS.filter((seed) => {
      const target = queueTarget(seed, terms)
      const found = capacityInterval(searchThrough(target).state, 'precise')!
      return found.lowerRatePerSec! <= target.capacityPerSec && target.capacityPerSec <= found.upperRatePerSec!
    })
    expect(held.length / SEEDS.length).toBeGreaterThanOrEqual(0.95)
  })

  it('is over after the most trials that it may take, whatever they say', () => {
    const contrary = { trial: (rate: number) => ({ ...SILENT, answer: rate % 2 === 0 ? 'good' : 'bad' }) as const }
    for (const mostTrials of [1, 5, 20]) {
      expect(searchThrough(contrary, { ...TERMS, mostTrials }).state.trials.length).toBeLessThanOrEqual(mostTrials)
    }
  })
})

describe('what ends a search', () => {
  it('is the cap, where even that was good', () => {
    const { state, ended } = searchThrough(sharp(5_000), { ...TERMS, toRatePerSec: 700 })
    expect(ended).toBe('cap')
    expect(capacityInterval(state, 'cap')).toMatchObject({ lowerRatePerSec: 700, upperRatePerSec: null })
    expect(Math.max(...state.trials.map(({ ratePerSec }) => ratePerSec))).toBe(700)
  })

  it('is the floor, where nothing was good', () => {
    const { state, ended } = searchThrough(sharp(1))
    expect(ended).toBe('floor')
    expect(capacityInterval(state, 'floor')).toMatchObject({ lowerRatePerSec: null, upperRatePerSec: 16 })
  })

  it('is silence, where beyond a rate no trial says anything: then there is no upper bound', () => {
    const late = { trial: (rate: number) => (rate > 3_000 ? SILENT : { ...SILENT, answer: 'good' as const }) }
    const { state, ended } = searchThrough(late)
    expect(ended).toBe('no-answer')
    const found = capacityInterval(state, 'no-answer')!
    expect(found.upperRatePerSec).toBeNull()
    expect(found.lowerRatePerSec).toBeGreaterThan(2_800)
    expect(found.lowerRatePerSec).toBeLessThanOrEqual(3_000)
  })

  it('is silence everywhere, too', () => {
    const { state, ended } = searchThrough({ trial: () => SILENT })
    expect(ended).toBe('no-answer')
    expect(capacityInterval(state, 'no-answer')).toMatchObject({ lowerRatePerSec: null, upperRatePerSec: null })
  })

  it('is none of it where the bound above was missed, and only beyond it nobody could tell', () => {
    const target = { trial: (rate: number) => (rate > 3_500 ? SILENT : sharp(3_000).trial(rate, 0)) }
    expect(searchThrough(target).ended).toBe('precise')
  })

  it('is the budget, where the next trial would take longer than is left', () => {
    const state = addTrial(beginSearch(TERMS), { ratePerSec: 100, durationMs: 5_100, ...sharp(500).trial(100, 0) })
    expect(nextTrial(state, 2_600)).toEqual({ kind: 'trial', ratePerSec: 200, durationMs: 2_600 })
    expect(nextTrial(state, 2_500)).toEqual({ kind: 'done', ended: 'budget' })
    expect(capacityInterval(state, 'budget')).toMatchObject({
      lowerRatePerSec: 100,
      upperRatePerSec: null,
      trialMs: 2_000,
    })
  })
})

it('a search that ran out of time says what its short trials said, and not less', () => {
  const trial = (ratePerSec: number, durationMs: number, isGood: boolean): SearchTrial => ({
    ...SILENT,
    ratePerSec,
    durationMs,
    answer: isGood ? 'good' : 'bad',
  })
  const made = [trial(100, 5_100, true), trial(200, 2_600, true), trial(400, 2_000, true), trial(470, 2_000, false)]
  const state = made.reduce(addTrial, beginSearch(TERMS))
  const found = { relevantLowerRatePerSec: 400, relevantUpperRatePerSec: 470, trialMs: 2_000 }
  expect(capacityInterval(state, 'budget')).toMatchObject(found)
})

it('a trial is long enough for the percentiles of the SLO', () => {
  const next = nextTrial(beginSearch(TERMS))
  expect(next).toEqual({ kind: 'trial', ratePerSec: 100, durationMs: 5_100 })
  expect(nextTrial(beginSearch({ ...TERMS, samples: 100 }))).toMatchObject({ durationMs: 2_000 })
})
