import { describe, expect, it } from 'vitest'
import type { Choice, Executed, ExecutedStep } from '../choice.ts'
import { ChanceWords } from './chance-words.ts'

function call(words: readonly string[], statement = 'INSERT'): Choice {
  return { event: 'buyer 1 #1', actor: 'buyer 1', store: 'postgres', access: 'write', statement, words }
}

function executed(...chosen: readonly Choice[]): Executed {
  const steps = chosen.map((one): ExecutedStep => ({ enabled: [one], chosen: one, answers: [], sent: [] }))
  return { steps, failed: [], end: '', waitedInside: false, noAnswer: null, sells: true, sharedConnections: [] }
}

describe('two calls', () => {
  it.each([
    ['are the same by their words', ['u1', '1'], ['u1', '1'], true],
    ['are not where one says something else', ['u1', '1'], ['u1', '2'], false],
    ['are not where one says more', ['u1'], ['u1', '1'], false],
    [
      'are where ids were drawn',
      ['0f8fad5b-d9cb-469f-a165-70867728950e'],
      ['7c9e6679-7425-40de-944b-e07fc1f90ae7'],
      true,
    ],
    ['are where it was another moment', ['2026-03-14T15:09:26.535Z'], ['2026-03-14T15:09:27Z'], true],
    ['are where it was another moment as a number', ['1773500966535'], ['1773500966601'], true],
    ['are not where only one has an id', ['0f8fad5b-d9cb-469f-a165-70867728950e'], ['1'], false],
  ])('%s', (_claim, one, other, expected) => {
    expect(new ChanceWords().saySame(call(one), call(other))).toBe(expected)
  })

  it('are not where the statement is another one', () => {
    expect(new ChanceWords().saySame(call(['1']), call(['1'], 'UPDATE'))).toBe(false)
  })
})

describe('a word that differs when an order is run again', () => {
  it('says nothing from then on, where that statement has it; other words do', () => {
    const chance = new ChanceWords()
    chance.compare(executed(call(['o-1', 'u1'])), executed(call(['o-2', 'u1'])))
    expect(chance.saySame(call(['o-3', 'u1']), call(['o-4', 'u1']))).toBe(true)
    expect(chance.saySame(call(['o-3', 'u1']), call(['o-4', 'u2']))).toBe(false)
    expect(chance.saySame(call(['o-3'], 'UPDATE'), call(['o-4'], 'UPDATE'))).toBe(false)
  })

  it('takes all words of its statement along where not even their number is the same', () => {
    const chance = new ChanceWords()
    chance.learn(call(['a']), call(['a', 'b']))
    expect(chance.saySame(call(['x']), call(['y', 'z', 'w']))).toBe(true)
  })

  it('is learnt of no event that was another one', () => {
    const chance = new ChanceWords()
    chance.compare(executed(call(['o-1'])), executed({ ...call(['o-2']), event: 'buyer 2 #1' }))
    chance.learn(call(['o-1']), call(['o-2'], 'UPDATE'))
    expect(chance.saySame(call(['o-1']), call(['o-2']))).toBe(false)
  })
})
