import { describe, expect, it } from 'vitest'
import type { Scenario } from '../core/scenario.ts'
import { rateCap, refuseAboveCap } from './rate-cap.ts'

const protocol = { poll: null }
const uncapped = { name: 'shop', maxRatePerSec: null, protocol }
const capped = { name: 'shop', maxRatePerSec: 50, protocol }
const scenario = (arrivalRatePerSec: number) =>
  ({ steps: [{ arrivalRatePerSec, durationMs: 1_000, arrivals: { kind: 'uniform' } }] }) as unknown as Scenario

describe('the cap on the rate', () => {
  it('is what the descriptor says; without that there is none, but for first contact beyond private networks', () => {
    expect(rateCap(capped, 'private')).toBe(50)
    expect(rateCap(uncapped, 'private')).toBeNull()
    expect(rateCap(uncapped, 'permitted')).toBe(200)
    expect(rateCap({ maxRatePerSec: 10_000 }, 'permitted')).toBe(10_000)
  })

  it('lets pass what is not above it', () => {
    expect(() => refuseAboveCap(capped, 'private', scenario(50), 'open')).not.toThrow()
    expect(() => refuseAboveCap(uncapped, 'permitted', scenario(200), 'open')).not.toThrow()
    expect(() => refuseAboveCap(uncapped, 'private', scenario(100_000), 'open')).not.toThrow()
    expect(() => refuseAboveCap(uncapped, 'private', scenario(1), 'closed')).not.toThrow()
  })

  it('refuses what is above it, with the reason and a way out', () => {
    expect(() => refuseAboveCap(capped, 'private', scenario(51), 'open')).toThrow(
      'the scenario asks for up to 51/s, and shop is to get 50/s at most (maxRate)',
    )
    expect(() => refuseAboveCap(uncapped, 'permitted', scenario(201), 'open')).toThrow(
      'shop is to get 200/s at most (it is not in a private network, and its descriptor has no maxRate)',
    )
  })

  it('counts the polls of buyers who are queued', () => {
    const polled = { ...capped, protocol: { poll: { everyMs: 500, deadlineMs: 2_000 } } }
    expect(() => refuseAboveCap(polled, 'private', scenario(10), 'open')).not.toThrow()
    expect(() => refuseAboveCap(polled, 'private', scenario(11), 'open')).toThrow(
      'the scenario asks for up to 11/s, 55/s with the polls of buyers who are queued, and shop is to get 50/s at most',
    )
  })

  it('refuses the closed model whatever its rate, since nobody sets it', () => {
    expect(() => refuseAboveCap(capped, 'private', scenario(1), 'closed')).toThrow('as fast as it is answered')
    expect(() => refuseAboveCap(uncapped, 'permitted', scenario(1), 'closed')).toThrow('as fast as it is answered')
  })
})
