import { describe, expect, it } from 'vitest'
import { durationMs, listOf, listOfIntegers, listOfShares, names } from './list-options.ts'

describe('an option that holds a list', () => {
  it('takes names that are known, and guesses at one that is not', () => {
    const engines = listOf(['open', 'k6'])
    expect(engines('open, k6')).toEqual(['open', 'k6'])
    expect(() => engines('open,k7')).toThrow('"k7" is none of open, k6; did you mean "k6"?')
  })

  it('takes whole numbers within bounds', () => {
    expect(listOfIntegers(1, 64)('1,2')).toEqual([1, 2])
    expect(() => listOfIntegers(1, 64)('1,0')).toThrow('from 1 to 64')
  })

  it('takes shares as people write them, and no share of nothing', () => {
    expect(listOfShares('1,1%')).toEqual([1, 0.01])
    expect(() => listOfShares('1,0')).toThrow('"0" is no share')
    expect(() => listOfShares('2')).toThrow('"2" is no share')
  })

  it.each(['a,,b', '', 'a,'])('refuses "%s", which leaves something out', (text) => {
    expect(() => names(text)).toThrow('nothing left out')
  })

  it('refuses the same twice, also in other words', () => {
    expect(() => names('a,b,a')).toThrow('"a" is named twice')
    expect(() => listOfShares('0.01,1%')).toThrow('"1%" is named twice')
  })
})

describe('a time', () => {
  it('has a unit', () => {
    expect(durationMs('2s')).toBe(2_000)
    expect(() => durationMs('2')).toThrow('such as 5s')
  })
})
