import { describe, expect, it } from 'vitest'
import { BEGAN_AT_MS, counts, look } from '../testing/telemetry.ts'
import { presentSpan, rateIn, spansOf } from './spans.ts'

const sentAt = (ms: number, sent: number) => look({ atMs: BEGAN_AT_MS + ms, counts: counts({ sent }) })
const rates = (...looks: readonly ReturnType<typeof look>[]) =>
  spansOf(looks).map((span) => rateIn(span, (one) => one.counts.sent))

describe('rates', () => {
  it('are differences over the time between, whatever it is', () => {
    expect(rates(sentAt(0, 0), sentAt(1_000, 100), sentAt(3_000, 500))).toEqual([100, 200])
  })

  it('leave out no request between looks that come too close, and show no rate of chance', () => {
    expect(rates(sentAt(0, 0), sentAt(10, 90), sentAt(1_000, 100))).toEqual([100])
  })

  it('are none where a count was corrected downwards', () => {
    expect(rates(sentAt(0, 100), sentAt(1_000, 90))).toEqual([0])
  })
})

describe('the present', () => {
  const looks = [0, 1, 2, 3, 4, 5, 6, 7].map((second) => sentAt(second * 1_000, second * second))

  it('is the last seconds while it goes on', () => {
    expect(presentSpan(looks)).toMatchObject({ from: looks[2], to: looks[7], seconds: 5 })
    expect(presentSpan(looks.slice(0, 3))).toMatchObject({ from: looks[0], seconds: 2 })
  })

  it('is the whole of it when it is over', () => {
    const end = { ...looks[7]!, phase: 'finished' as const }
    expect(presentSpan([...looks.slice(0, 7), end])).toMatchObject({ from: looks[0], seconds: 7 })
  })

  it('is nothing with one look, or none', () => {
    expect(presentSpan([])).toBeNull()
    expect(presentSpan([looks[0]!])).toBeNull()
  })
})
