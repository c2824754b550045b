import { describe, expect, it } from 'vitest'
import { chanceOfDisjoint } from './notes.ts'

describe('the chance that all values of one are below all of its equal', () => {
  it('is 2 of the orders in which two times n values can stand', () => {
    expect(chanceOfDisjoint(2)).toBeCloseTo(2 / 6)
    expect(chanceOfDisjoint(3)).toBeCloseTo(2 / 20)
    expect(chanceOfDisjoint(5)).toBeCloseTo(2 / 252)
  })
})
