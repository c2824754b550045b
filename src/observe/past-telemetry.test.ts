import { describe, expect, it } from 'vitest'
import { PastTelemetry } from './past-telemetry.ts'
import { BEGAN_AT_MS, look, source } from './testing/telemetry.ts'

function remembered(past: PastTelemetry): { readonly atMs: number }[] {
  return past.all().map((json) => JSON.parse(json) as { readonly atMs: number })
}

function tell(past: PastTelemetry, seconds: number, padding = 0): void {
  const telemetry = look({ atMs: BEGAN_AT_MS + seconds * 1_000, sentence: 'x'.repeat(padding) })
  past.add(telemetry, JSON.stringify(telemetry))
}

describe('what was told so far', () => {
  it('is bounded in number, with its ends', () => {
    const past = new PastTelemetry()
    for (let second = 0; second < 5_000; second++) tell(past, second)
    const points = remembered(past)
    expect(points.length).toBeLessThanOrEqual(600)
    expect(points.length).toBeGreaterThan(200)
    expect([points[0]!.atMs, points.at(-1)!.atMs]).toEqual([BEGAN_AT_MS, BEGAN_AT_MS + 4_999_000])
  })

  it('is bounded in size, too', () => {
    const past = new PastTelemetry()
    for (let second = 0; second < 100; second++) tell(past, second, 400_000)
    expect(past.all().join('').length).toBeLessThan(9e6)
    expect(remembered(past).at(-1)!.atMs).toBe(BEGAN_AT_MS + 99_000)
  })

  it('is of one run: the next begins anew', () => {
    const past = new PastTelemetry()
    tell(past, 1)
    past.add(look({ source: source({ runId: 'run-2' }) }), '{"next":true}')
    expect(past.all()).toEqual(['{"next":true}'])
  })
})
