/**
 * The columns of one step's history on one SharedArrayBuffer, 49 bytes a request (51 where it has several SKUs): the main
 * thread fills in the plan, with room for retries behind it,
 * each worker writes the rows dealt to it, and the history is there when the last answer is. Order ids stand apart
 * (order-id-arena.ts). No row is written by two threads.
 */
import { HarnessError } from '../../core/errors.ts'
import { OUTCOME_OPEN } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'

/** Some 490 MB of columns; ten minutes at 12,800/s are 7,680,000. */
export const MAX_ROWS = 10_000_000

export interface StepMemory {
  readonly buffer: SharedArrayBuffer
  readonly length: number
  /** ns since the run's origin, NaN until it happened. */
  readonly scheduledAtNs: Float64Array
  readonly sentAtNs: Float64Array
  readonly completedAtNs: Float64Array
  readonly user: Uint32Array
  readonly buy: Uint32Array
  readonly shownStock: Int32Array
  /** Where the order id stands in the arena, or NO_ORDER_ID. */
  readonly orderIdRef: Uint32Array
  readonly quantity: Uint16Array
  readonly httpStatus: Uint16Array
  readonly code: Uint16Array
  readonly kind: Uint8Array
  readonly outcome: Uint8Array
  readonly attempt: Uint8Array
  /** null when the step has one SKU. */
  readonly saleIndex: Uint16Array | null
}

const BYTES_PER_ROW = 3 * 8 + 4 * 4 + 3 * 2 + 3
const BYTES_PER_SALE_INDEX = 2

/** The columns on `buffer`, widest first, so that each begins where its type wants it. */
export function viewStepMemory(
  buffer: SharedArrayBuffer,
  length: number,
  { manySales }: { readonly manySales: boolean },
): StepMemory {
  let offset = 0
  const next = (bytesEach: number): number => {
    const at = offset
    // Columns of odd length would leave the next wider one askew: none is wider than the one before.
    offset += bytesEach * length
    return at
  }
  return {
    buffer,
    length,
    scheduledAtNs: new Float64Array(buffer, next(8), length),
    sentAtNs: new Float64Array(buffer, next(8), length),
    completedAtNs: new Float64Array(buffer, next(8), length),
    user: new Uint32Array(buffer, next(4), length),
    buy: new Uint32Array(buffer, next(4), length),
    shownStock: new Int32Array(buffer, next(4), length),
    orderIdRef: new Uint32Array(buffer, next(4), length),
    quantity: new Uint16Array(buffer, next(2), length),
    httpStatus: new Uint16Array(buffer, next(2), length),
    code: new Uint16Array(buffer, next(2), length),
    saleIndex: manySales ? new Uint16Array(buffer, next(2), length) : null,
    kind: new Uint8Array(buffer, next(1), length),
    outcome: new Uint8Array(buffer, next(1), length),
    attempt: new Uint8Array(buffer, next(1), length),
  }
}

/** Throws SCENARIO_INVALID for a plan of more than {@link MAX_ROWS} requests, possible retries included. */
export function createStepMemory(plan: StepPlan, roomForRetries = 0): StepMemory {
  const length = plan.length + roomForRetries
  if (length > MAX_ROWS) {
    const retries = roomForRetries === 0 ? '' : ` and up to ${roomForRetries} retries`
    throw new HarnessError('SCENARIO_INVALID', {
      message: `step ${plan.stepIndex + 1} plans ${plan.length} requests${retries}; one step can hold ${MAX_ROWS}`,
      hint: 'Make it several steps: each is judged as a sale of its own.',
    })
  }
  const { saleIndex } = plan
  const bytesPerRow = BYTES_PER_ROW + (saleIndex === null ? 0 : BYTES_PER_SALE_INDEX)
  const buffer = new SharedArrayBuffer(length * bytesPerRow)
  const memory = viewStepMemory(buffer, length, { manySales: saleIndex !== null })
  if (saleIndex !== null) memory.saleIndex?.set(saleIndex.subarray(0, plan.length))
  memory.kind.set(plan.kind.subarray(0, plan.length))
  memory.user.set(plan.user.subarray(0, plan.length))
  memory.buy.set(plan.buy.subarray(0, plan.length))
  memory.quantity.set(plan.quantity.subarray(0, plan.length))
  memory.scheduledAtNs.fill(Number.NaN)
  memory.sentAtNs.fill(Number.NaN)
  memory.completedAtNs.fill(Number.NaN)
  memory.outcome.fill(OUTCOME_OPEN)
  memory.attempt.fill(1)
  memory.orderIdRef.fill(NO_ORDER_ID)
  return memory
}

export const NO_ORDER_ID = 0xffff_ffff

/** Fixes when each request is due, before anything is sent. */
export function schedule(memory: StepMemory, plan: StepPlan, startedAtNs: number): void {
  for (let row = 0; row < plan.length; row++) memory.scheduledAtNs[row] = startedAtNs + plan.atNs[row]!
}
