import { describe, expect, it } from 'vitest'
import type { CapacityRecord } from '../core/capacity-record.ts'
import { responseTrial } from './capacity-prediction.ts'
import { capacityTrial } from './testing/capacity-trials.ts'

const MIX = { sellThrough: 0.5, readShare: 0, doubleClickShare: 0 }

/** Of a target that carries 10,000/s a core, of which there are two. */
function recordUpTo(toRatePerSec: number): CapacityRecord {
  return {
    target: { kind: 'service', name: 'shop' },
    environment: { cores: 2 },
    capacity: { lowerRatePerSec: 1_000 },
    search: { toRatePerSec },
    trials: [100, 200, 300].map((sold) => capacityTrial({ purpose: 'prediction', perSec: { sold }, cpuMicros: 100 })),
  } as unknown as CapacityRecord
}

describe('the trial that is held against the prediction', () => {
  it('is near saturation', () => {
    expect(responseTrial(recordUpTo(200_000), MIX, [])!.ratePerSec).toBe(16_000)
  })

  it('is at no rate beyond what the search was to try', () => {
    expect(responseTrial(recordUpTo(1_000), MIX, [])!.ratePerSec).toBe(1_000)
  })
})
