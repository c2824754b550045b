/**
 * The plans of the warm-up: each connection used, and code compiled on both sides. The rate climbs to that of the run; a
 * high one is then held, on a second sale. A target that was only ever asked a little, or has seen but one sale come and
 * go, is still compiling when the first step begins: its engine has taken for constant what a second sale changes. At
 * 12,800/s such a target dropped 2,000 of its first 6,000 requests, and none of them half a second later. At 400/s a
 * target's CPU time per request in the first step was 1,128 us after a warm-up of 1,024 requests, and 798 us after 3,072. Pure.
 */
import { NO_BUY } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'

const FIRST_RATE_PER_SEC = 1_000
/** Of the climb, which ends at this rate per second at least. */
const FEWEST_REQUESTS = 3_072
/** The more a rate is above this, the longer it is held; it isn't where fewer requests than so many would be sent. */
const NOT_HELD_PER_SEC = 1_024
const FEWEST_HELD = 1_024
/** Enough for any target. */
const MAX_RATE_PER_SEC = 20_000
const HOLD_SECONDS = 4
/** Every fourth is a read. */
const READ_EVERY = 4

/** One or two, each with a sale of its own, which has half as many units as are asked for: selling and refusing are both hot. */
export function warmUpPlans(connections: number, peakRatePerSec: number): StepPlan[] {
  const heldPerSec = Math.min(peakRatePerSec, MAX_RATE_PER_SEC)
  const highestPerSec = Math.max(FEWEST_REQUESTS, heldPerSec)
  const climb = planOf('warm-up-1', climbing(Math.max(connections, Math.round(highestPerSec)), highestPerSec))
  const held = Math.round((heldPerSec - NOT_HELD_PER_SEC) * HOLD_SECONDS)
  if (held < FEWEST_HELD) return [climb]
  const moments = Float64Array.from({ length: held }, (_, row) => (row / heldPerSec) * 1e9)
  return [climb, planOf('warm-up-2', moments)]
}

/**
 * Reads and nothing else, evenly, for a target on which nothing may be bought before the first step. Run it as a step or
 * a warm-up; the connections stand before its first read.
 */
export function readsOnlyPlan(sku: string, durationMs: number, ratePerSec: number): StepPlan {
  const length = Math.round((durationMs / 1000) * ratePerSec)
  const plan = planOf(
    sku,
    Float64Array.from({ length }, (_, row) => (row / ratePerSec) * 1e9),
    () => true,
  )
  return { ...plan, step: { ...plan.step, arrivalRatePerSec: ratePerSec, durationMs } }
}

/** Buys of one unit by distinct users, and reads. */
function planOf(
  sku: string,
  atNs: Float64Array,
  isRead = (row: number): boolean => row % READ_EVERY === READ_EVERY - 1,
): StepPlan {
  const { length } = atNs
  const rows = Array.from({ length }, (_, row) => row)
  const buys = rows.filter((row) => !isRead(row)).length
  const initialStock = Math.ceil(buys / 2)
  const durationSeconds = atNs[length - 1]! / 1e9
  return {
    stepIndex: 0,
    step: { arrivalRatePerSec: length / durationSeconds, durationMs: durationSeconds * 1000, arrivals: 'uniform' },
    length,
    atNs,
    kind: Uint8Array.from(rows, (row) => (isRead(row) ? 1 : 0)),
    user: Uint32Array.from(rows, (row) => (isRead(row) ? 0 : row)),
    buy: Uint32Array.from(rows, (row) => (isRead(row) ? NO_BUY : row)),
    quantity: Uint16Array.from(rows, (row) => (isRead(row) ? 0 : 1)),
    distinctBuys: buys,
    unitsAskedFor: buys,
    distinctUsers: buys,
    initialStock,
    sales: [{ sku, unitsAskedFor: buys, initialStock }],
    saleIndex: null,
  }
}

/** Moments of a rate that climbs evenly: the roots of r t + g t^2 / 2 = requests, ns. */
function climbing(length: number, lastRatePerSec: number): Float64Array {
  const durationSeconds = length / ((FIRST_RATE_PER_SEC + lastRatePerSec) / 2)
  const growth = (lastRatePerSec - FIRST_RATE_PER_SEC) / durationSeconds
  return Float64Array.from(
    { length },
    (_, row) => ((2 * row) / (FIRST_RATE_PER_SEC + Math.sqrt(FIRST_RATE_PER_SEC ** 2 + 2 * growth * row))) * 1e9,
  )
}
