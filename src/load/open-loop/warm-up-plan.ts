/** The plan of the warm-up: enough requests to have each connection used and the code on the hot path compiled. Pure. */
import { NO_BUY } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'

/** V8 optimizes our own hot path after some hundred calls. */
const MIN_REQUESTS = 1_024
/**
 * A target on the same runtime is hot only after several thousand: `redis-lua` at 12,800/s dropped 1,063 to 1,681 requests
 * of its first half second after 1,024 warm-up requests, and none after 4,096.
 */
const MAX_REQUESTS = 6_400
const MIN_RATE_PER_SEC = 2_000
const MAX_RATE_PER_SEC = 4_000
/** Every fourth is a read. */
const READ_EVERY = 4

/**
 * Buys of one unit by distinct users, and reads: one request a connection at least, half a second of the peak rate where
 * that is more, and never so fast that the warm-up is a load test of its own.
 */
export function warmUpPlan(connections: number, peakRatePerSec: number): StepPlan {
  const length = Math.max(MIN_REQUESTS, connections, Math.min(MAX_REQUESTS, Math.round(peakRatePerSec / 2)))
  const rate = Math.min(MAX_RATE_PER_SEC, Math.max(MIN_RATE_PER_SEC, peakRatePerSec / 3))
  const isRead = (row: number): boolean => row % READ_EVERY === READ_EVERY - 1
  const rows = Array.from({ length }, (_, row) => row)
  const buys = rows.filter((row) => !isRead(row)).length
  return {
    stepIndex: 0,
    step: { arrivalRatePerSec: rate, durationMs: (length / rate) * 1000, arrivals: 'uniform' },
    length,
    atNs: Float64Array.from(rows, (row) => (row / rate) * 1e9),
    kind: Uint8Array.from(rows, (row) => (isRead(row) ? 1 : 0)),
    user: Uint32Array.from(rows),
    buy: Uint32Array.from(rows, (row) => (isRead(row) ? NO_BUY : row)),
    quantity: Uint16Array.from(rows, (row) => (isRead(row) ? 0 : 1)),
    distinctBuys: buys,
    unitsAskedFor: buys,
    distinctUsers: buys,
    initialStock: buys,
  }
}
