import { describe, expect, it } from 'vitest'
import { kneeOf } from './knee.ts'

const curve = (of: (rate: number) => number): { ratePerSec: number; responseMs: number }[] =>
  [100, 200, 400, 800, 1_600, 3_200].map((ratePerSec) => ({ ratePerSec, responseMs: of(ratePerSec) }))

describe('the knee', () => {
  it('is where response times turn up', () => {
    expect(kneeOf(curve((rate) => (rate <= 1_600 ? 2 : 400)))).toEqual({ ratePerSec: 1_600, responseMs: 2 })
  })

  it('takes the median where a rate was tried more than once', () => {
    const outlier = { ratePerSec: 1_600, responseMs: 900 }
    const twice = [...curve((rate) => (rate <= 1_600 ? 2 : 400)), outlier, { ...outlier, responseMs: 2 }]
    expect(kneeOf(twice)).toEqual({ ratePerSec: 1_600, responseMs: 2 })
  })

  it.each([
    ['a straight line', (rate: number) => Math.log(rate)],
    ['a level line', () => 2],
    ['a curve that flattens', (rate: number) => -1 / rate],
  ])('is not seen in %s', (_claim, of) => {
    expect(kneeOf(curve(of))).toBeNull()
  })

  it('needs four rates', () => {
    expect(kneeOf(curve((rate) => (rate <= 400 ? 2 : 400)).slice(1, 4))).toBeNull()
  })
})
