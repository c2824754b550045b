import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { raceOf, wrongRace } from '../report/testing/race-records.ts'
import { durationMs } from './list-options.ts'
import { raceTerms, type RaceTermsOptions, replayedTerms } from './race-terms.ts'

const DEFAULTS: RaceTermsOptions = { buyers: 2, stock: [1], crowd: 'strangers', budget: 30_000 }

function called(...args: readonly string[]): Command {
  const command = new Command('race')
  command.option('--stock <list>', '', '1').option('--budget <time>', '', durationMs).option('--crash').option('--json')
  return command.parse(args, { from: 'user' })
}

describe('the terms of a race', () => {
  it('are those of its options', () => {
    expect(raceTerms(DEFAULTS)).toEqual({
      buyers: 2,
      stocks: [1],
      crowd: 'strangers',
      perUserLimit: null,
      preemptions: null,
      budgetMs: 30_000,
      reduction: 'partial',
      crash: false,
      all: false,
    })
    expect(raceTerms({ ...DEFAULTS, full: true, all: true, crash: true, preemptions: 0 })).toMatchObject({
      reduction: 'full',
      all: true,
      crash: true,
      preemptions: 0,
    })
  })

  it('let one user who buys twice have one unit, unless more is said', () => {
    expect(raceTerms({ ...DEFAULTS, crowd: 'one-user' }).perUserLimit).toBe(1)
    expect(raceTerms({ ...DEFAULTS, crowd: 'one-user', perUserLimit: 2 }).perUserLimit).toBe(2)
    expect(raceTerms({ ...DEFAULTS, crowd: 'double-click' }).perUserLimit).toBeNull()
  })

  it('leave time for an order', () => {
    expect(() => raceTerms({ ...DEFAULTS, budget: 0 })).toThrow('no time for any order')
  })
})

describe('the terms of an order that is run again', () => {
  it('are its own, for the stocks that had a wrong one', () => {
    const record = raceOf({ parts: [...raceOf().parts, { ...wrongRace.parts[0]!, stock: 2 }] })
    expect(replayedTerms({ file: 'race.json', record }, called('--json'))).toEqual({ ...record.terms, stocks: [2] })
  })

  it('leave nothing to be said of a search', () => {
    const kept = { file: 'race.json', record: wrongRace }
    expect(() => replayedTerms(kept, called('--stock', '2', '--crash'))).toThrow(
      "--stock, --crash can't be used with --replay",
    )
  })

  it('have another budget where one is given, for a search in its place', () => {
    const kept = { file: 'race.json', record: wrongRace }
    expect(replayedTerms(kept, called('--budget', '2m'))).toEqual({ ...wrongRace.terms, budgetMs: 120_000 })
    expect(() => replayedTerms(kept, called('--budget', '0s'))).toThrow('no time for any order')
  })

  it('are none where no order was wrong', () => {
    expect(() => replayedTerms({ file: 'kept/race.json', record: raceOf() }, called())).toThrow(
      'kept/race.json: no order of it was wrong',
    )
  })
})
