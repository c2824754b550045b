import { describe, expect, it } from 'vitest'
import { gateOptions, parseLeastEffect } from './index.ts'

describe('the least effect', () => {
  it('is given by metric, and the rest stays as it is', () => {
    const leastEffect = parseLeastEffect(['p99=20%', ' cpu = 0.03 ', 'p99=15%'])
    expect(leastEffect).toEqual({ p99Ms: 0.15, cpuMicrosPerOrder: 0.03 })
    expect(gateOptions({ leastEffect }).leastEffect).toMatchObject({ p50Ms: 0.05, p99Ms: 0.15 })
  })

  it.each([
    ['p9=10%', 'no such metric'],
    ['good=10%', 'did you mean "goodput"?'],
    ['__proto__=10%', 'no such metric'],
    ['p99', 'no such metric'],
    ['p99=', 'is no share'],
    ['p99=0%', 'is no share'],
    ['p99=150%', 'is no share'],
    ['p99=-5%', 'is no share'],
    ['goodput=100%', 'is no share above 0 % and below 100 %'],
  ])('refuses %s', (text, words) => {
    expect(() => parseLeastEffect([text])).toThrow(words)
  })
})
