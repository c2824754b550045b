import { describe, expect, it } from 'vitest'
import { type Contestant, fastest, keptUp, medianRate, ratio, resultLines } from './comparison.ts'

const contestant = (name: string, peer: string | null, ...rates: readonly number[]): Contestant => ({
  name,
  peer,
  rounds: rates.map((perSec) => ({ perSec, keptUp: 0.5, clientUs: 3, storeUs: null })),
})
const ours = contestant('ours', 'theirs', 90, 900, 95)
const theirs = contestant('theirs', null, 100, 1_000, 190)

describe('a ratio', () => {
  it("is the median of the rounds' own, and not that of the medians", () => {
    expect(medianRate(ours) / medianRate(theirs)).toBe(0.5)
    expect(ratio([ours, theirs], 'ours', 'theirs')).toBe(0.9)
  })

  it('is no number where one of the two is missing', () => {
    expect(ratio([ours], 'ours', 'theirs')).toBeNaN()
    expect(keptUp([theirs], 'ours')).toBeNaN()
    expect(keptUp([ours], 'ours')).toBe(0.5)
  })
})

it('the fastest has the highest median, among those that are named', () => {
  expect(fastest([ours, theirs], ['ours', 'theirs'])).toBe('theirs')
  expect(fastest([ours, theirs], ['ours'])).toBe('ours')
  expect(fastest([ours, theirs], [])).toBeNull()
})

it('the table says what is reached, missed, and not measured', () => {
  const target = (claim: string, measured: number) => ({ claim, measured, atLeast: 0.85 })
  const lines = resultLines([ours, theirs], [target('a', 0.85), target('b', 0.84), target('c', Number.NaN)])
  expect(lines.slice(0, 3)).toEqual([
    '        orders/s  us client  us stores  against  ratio',
    'ours          95        3.0          -  theirs    0.90',
    'theirs       190        3.0          -',
  ])
  expect(lines.slice(5)).toEqual([
    'a      0.85   >= 0.85  reached',
    'b      0.84   >= 0.85  MISSED',
    'c         -   >= 0.85  not measured',
  ])
})
