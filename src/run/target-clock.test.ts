import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clockBounds,
  clockFigures,
  type ClockSample,
  eitherOf,
  errorMsOf,
  middleOf,
  readTargetClock,
} from './target-clock.ts'

/** The target's clock showed `originMs` at the run's origin, and was read `wayMs` after it was asked. */
function sample(originMs: number, askedAtMs: number, wayMs: number, backMs: number): ClockSample {
  return {
    askedAtNs: askedAtMs * 1e6,
    toldMs: Math.floor(originMs + askedAtMs + wayMs),
    answeredAtNs: (askedAtMs + wayMs + backMs) * 1e6,
  }
}

describe("the target's clock", () => {
  it('is known within the bounds, whatever the ways there and back', () => {
    const ms = fc.double({ min: 0, max: 50, noNaN: true })
    const ways = fc.array(fc.tuple(ms, ms, ms), { minLength: 1, maxLength: 12 })
    const origin = fc.double({ min: 1.7e12, max: 1.9e12, noNaN: true })
    fc.assert(
      fc.property(origin, ways, (originMs, ways) => {
        const { least, most } = clockBounds(ways.map(([asked, way, back]) => sample(originMs, asked, way, back)))
        // Doubles of this size are exact to a quarter of a microsecond.
        expect(least).toBeLessThanOrEqual(originMs + 0.001)
        expect(most).toBeGreaterThanOrEqual(originMs - 0.001)
      }),
    )
  })

  it('is known the better the faster one answer was, and no better than a millisecond and its way', () => {
    const bounds = clockBounds([sample(1e12, 0, 20, 20), sample(1e12, 100, 0.1, 0.1)])
    expect(errorMsOf(bounds)).toBeLessThanOrEqual(0.6)
    expect(Math.abs(middleOf(bounds) - 1e12)).toBeLessThanOrEqual(0.6)
  })

  it('that was set in between is known by neither answer alone', () => {
    const bounds = clockBounds([sample(1e12, 0, 0, 0), sample(1e12 + 500, 10, 0, 0)])
    expect(bounds).toEqual({ least: 1e12, most: 1e12 + 501 })
  })

  it('widens to hold two readings', () => {
    expect(
      eitherOf([
        { least: 1, most: 3 },
        { least: 2, most: 5 },
      ]),
    ).toEqual({ least: 1, most: 5 })
  })

  it("is compared with the harness's own", () => {
    expect(clockFigures({ least: 1_009, most: 1_011 }, 1_500, 500e6)).toEqual({ offsetMs: 10, errorMs: 1 })
  })

  it('is asked a dozen times', async () => {
    let nowMs = 0
    let asked = 0
    const ask = async (): Promise<number> => {
      asked++
      nowMs += 0.2
      return 5_000 + Math.floor(nowMs)
    }
    const bounds = await readTargetClock(ask, () => nowMs * 1e6)
    expect(asked).toBe(12)
    expect(bounds.least).toBeLessThanOrEqual(5_000)
    expect(bounds.most).toBeGreaterThanOrEqual(5_000)
    expect(errorMsOf(bounds)).toBeLessThan(0.6)
  })
})
