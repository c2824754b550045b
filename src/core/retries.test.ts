import { describe, expect, it } from 'vitest'
import { asksAgain, type PlannedRetries, retryDelayNs } from './retries.ts'

const RETRIES: PlannedRetries = { share: 0.3, delayMs: 200, mostAttempts: 3, seed: 7 }
const BUYS = Array.from({ length: 20_000 }, (_, buy) => buy)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('retries', () => {
  it('are those of the planned share of the buyers, nobody and everybody at its ends', () => {
    const share = (of: number): number =>
      BUYS.filter((buy) => asksAgain({ ...RETRIES, share: of }, buy)).length / BUYS.length
    expect(share(0.3)).toBeCloseTo(0.3, 1)
    expect(share(0)).toBe(0)
    expect(share(1)).toBe(1)
  })

  it('wait from half to one and a half times the mean, each attempt anew', () => {
    const delaysMs = BUYS.map((buy) => retryDelayNs(RETRIES, buy, 1) / 1e6)
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(100)
    expect(Math.max(...delaysMs)).toBeLessThan(300)
    expect(mean(delaysMs)).toBeCloseTo(200, -1)
    const second = BUYS.map((buy) => retryDelayNs(RETRIES, buy, 2) / 1e6)
    expect(mean(BUYS.map((buy) => (delaysMs[buy]! - 200) * (second[buy]! - 200)))).toBeLessThan(100)
  })

  it('are the same with the same seed, and others with another', () => {
    const who = (seed: number): string => BUYS.map((buy) => Number(asksAgain({ ...RETRIES, seed }, buy))).join('')
    expect(who(7)).toBe(who(7))
    expect(who(7)).not.toBe(who(8))
  })
})
