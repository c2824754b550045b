/**
 * The plan of the warm-up: each connection used, and code compiled on both sides. The rate climbs to that of the run,
 * since a target that was only ever asked a little is still compiling when the first step begins, and would drop
 * thousands of requests that it takes with ease half a second later. Pure.
 */
import { NO_BUY } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'

const FIRST_RATE_PER_SEC = 1_000
/** V8 optimizes what ran some hundred times; a target's is no slower to warm. */
const MIN_REQUESTS = 1_024
/** Enough for any target, and over in two seconds. */
const MAX_RATE_PER_SEC = 10_000
/** Every fourth is a read. */
const READ_EVERY = 4

/** One request a connection at least; buys of one unit by distinct users, and reads. */
export function warmUpPlan(sku: string, connections: number, peakRatePerSec: number): StepPlan {
  const lastRatePerSec = Math.max(MIN_REQUESTS, Math.min(peakRatePerSec, MAX_RATE_PER_SEC))
  const length = Math.max(connections, Math.round(lastRatePerSec))
  const durationSeconds = length / ((FIRST_RATE_PER_SEC + lastRatePerSec) / 2)
  const isRead = (row: number): boolean => row % READ_EVERY === READ_EVERY - 1
  const rows = Array.from({ length }, (_, row) => row)
  const buys = rows.filter((row) => !isRead(row)).length
  return {
    stepIndex: 0,
    step: { arrivalRatePerSec: length / durationSeconds, durationMs: durationSeconds * 1000, arrivals: 'uniform' },
    length,
    atNs: Float64Array.from(rows, (row) => momentOnRamp(row, lastRatePerSec, durationSeconds) * 1e9),
    kind: Uint8Array.from(rows, (row) => (isRead(row) ? 1 : 0)),
    user: Uint32Array.from(rows),
    buy: Uint32Array.from(rows, (row) => (isRead(row) ? NO_BUY : row)),
    quantity: Uint16Array.from(rows, (row) => (isRead(row) ? 0 : 1)),
    distinctBuys: buys,
    unitsAskedFor: buys,
    distinctUsers: buys,
    initialStock: buys,
    sales: [{ sku, unitsAskedFor: buys, initialStock: buys }],
    saleIndex: null,
  }
}

/** When a rate that climbs evenly has asked for `requests`: the root of r t + g t^2 / 2 = requests, in seconds. */
function momentOnRamp(requests: number, lastRatePerSec: number, durationSeconds: number): number {
  const growth = (lastRatePerSec - FIRST_RATE_PER_SEC) / durationSeconds
  return (2 * requests) / (FIRST_RATE_PER_SEC + Math.sqrt(FIRST_RATE_PER_SEC ** 2 + 2 * growth * requests))
}
