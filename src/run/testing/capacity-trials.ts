/** Trials as a search for capacity has them, for the tests of what is concluded from them. */
import type { CapacityTrial } from '../../core/capacity-record.ts'

const SECONDS = 4
const NO_REQUESTS = { sold: 0, soldOut: 0, replayed: 0, read: 0 }

export interface MadeTrial extends Partial<CapacityTrial> {
  /** A second, by kind. */
  readonly perSec: Partial<CapacityTrial['requests']>
  /** Of the server, a request. */
  readonly cpuMicros: number
}

export function capacityTrial({ perSec, cpuMicros, ...changed }: MadeTrial): CapacityTrial {
  const rates = { ...NO_REQUESTS, ...perSec }
  const ratePerSec = Object.values(rates).reduce((sum, rate) => sum + rate, 0)
  const requests = Object.fromEntries(Object.entries(rates).map(([kind, rate]) => [kind, rate * SECONDS]))
  return {
    number: 1,
    purpose: 'search',
    directory: 'trials/1',
    runId: 'r1',
    machine: { quiet: true, idleShare: 1, stealShare: 0, heavy: [], waitedMs: 0 },
    ratePerSec,
    durationMs: SECONDS * 1_000,
    sellThrough: 0.5,
    readShare: 0,
    doubleClickShare: 0,
    answer: 'good',
    because: '',
    achievedRatePerSec: ratePerSec,
    saturated: false,
    responseMs: { count: 1, mean: 5, p50: 5, p90: 5, p95: 5, p99: 5, p999: 5, max: 5 },
    requests: requests as CapacityTrial['requests'],
    cpuSeconds: { target: (ratePerSec * cpuMicros * SECONDS) / 1e6 },
    verdict: 'passed',
    ...changed,
  }
}
