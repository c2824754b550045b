import { describe, expect, it } from 'vitest'
import { type AnsweredTrial, classifyLoad, conditionalThroughput } from './classify-load.ts'

const GOAL = { trialMs: 8_000, durationSumMs: 24_000 }

/** `G`, `B`: good and bad trials of full length; `g`, `b`: of 2 s. */
function trials(text: string): AnsweredTrial[] {
  return text.split('').map((letter) => ({
    durationMs: letter.toUpperCase() === letter ? 8_000 : 2_000,
    isGood: letter.toUpperCase() === 'G',
  }))
}

describe('the class of a load', () => {
  it.each([
    ['nothing was tried', '', 'undecided'],
    ['one good trial could still be outvoted', 'G', 'undecided'],
    ['two good trials of three can not', 'GG', 'lower'],
    ['one of each leaves it open', 'GB', 'undecided'],
    ['two good and one bad are more good than bad', 'GBG', 'lower'],
    ['two bad trials decide as well', 'BB', 'upper'],
    ['two bad and one good likewise', 'BGB', 'upper'],
    ['short good trials alone decide nothing', 'gggggggg', 'undecided'],
    ['a few short bad trials decide nothing', 'bbb', 'undecided'],
    ['short bad trials beyond half of the time do', 'bbbbbbb', 'upper'],
    ['short bad trials are balanced by short good ones', 'bbbbbbbggggggg', 'undecided'],
    ['a short bad trial does not outvote two long good ones', 'bGG', 'lower'],
  ])('%s', (_claim, made, expected) => {
    expect(classifyLoad(trials(made), GOAL)).toBe(expected)
  })
})

describe('the conditional throughput', () => {
  const at = (...rates: readonly number[]): { durationMs: number; achievedRatePerSec: number }[] =>
    rates.map((achievedRatePerSec) => ({ durationMs: 8_000, achievedRatePerSec }))

  it('is the rate that half of the time reached', () => {
    expect(conditionalThroughput(at(990, 1_000, 500), GOAL)).toBe(990)
  })

  it('counts time without a trial as nothing achieved', () => {
    expect(conditionalThroughput(at(1_000), GOAL)).toBe(0)
    expect(conditionalThroughput(at(1_000, 990), GOAL)).toBe(990)
  })

  it('does not ask short trials', () => {
    const short = { durationMs: 2_000, achievedRatePerSec: 5_000 }
    expect(conditionalThroughput([short, ...at(1_000, 990)], GOAL)).toBe(990)
  })
})
