import { describe, expect, it } from 'vitest'
import { CpuBurden } from './handicap.ts'

/** A clock of CPU time, which takes 1 us to be read. */
function cpu(): { now: number; read: () => number } {
  const clock = {
    now: 0,
    read: () => {
      clock.now += 1
      return clock.now
    },
  }
  return clock
}

/** CPU of `orders` orders of 200 us each, us. */
function costOf(share: number, orders: number): number {
  const clock = cpu()
  const burden = new CpuBurden(share, clock.read)
  const work = (times: number): void => {
    for (let order = 0; order < times; order++) {
      clock.now += 200
      burden.bear()
    }
  }
  // Until it knows what an order costs.
  work(100)
  const began = clock.now
  work(orders)
  return clock.now - began
}

describe('a burden on the CPU', () => {
  it('is the share of what an order costs without it', () => {
    expect(costOf(0.1, 1_000) / (1_000 * 200)).toBeCloseTo(1.1, 1)
    expect(costOf(0.5, 1_000) / (1_000 * 200)).toBeCloseTo(1.5, 1)
  })

  it('does not grow by itself: what was burnt is no cost', () => {
    expect(costOf(0.5, 10_000) / costOf(0.5, 1_000)).toBeCloseTo(10, 1)
  })

  it('is nothing before a cost is known', () => {
    const clock = cpu()
    const burden = new CpuBurden(1, clock.read)
    const began = clock.now
    for (let order = 0; order < 10; order++) burden.bear()
    expect(clock.now).toBe(began)
  })
})
