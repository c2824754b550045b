/** The plan of the warm-up: enough requests to have each connection used and the code on the hot path compiled. Pure. */
import { NO_BUY } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'

/** V8 optimizes the hot path after some hundred calls; a target's is no slower to warm. */
const MIN_REQUESTS = 1_024
const RATE_PER_SEC = 2_000
/** Every fourth is a read. */
const READ_EVERY = 4

/** One request a connection at least, buys of one unit by distinct users and reads. */
export function warmUpPlan(connections: number): StepPlan {
  const length = Math.max(MIN_REQUESTS, connections)
  const isRead = (row: number): boolean => row % READ_EVERY === READ_EVERY - 1
  const rows = Array.from({ length }, (_, row) => row)
  const buys = rows.filter((row) => !isRead(row)).length
  return {
    stepIndex: 0,
    step: { arrivalRatePerSec: RATE_PER_SEC, durationMs: (length / RATE_PER_SEC) * 1000, arrivals: 'uniform' },
    length,
    atNs: Float64Array.from(rows, (row) => (row / RATE_PER_SEC) * 1e9),
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
