/** Puts the rows of retries into a step's history, where their moments are: the plan's rows come in order, theirs after. */
import { OUTCOME_OPEN } from '../../core/history.ts'
import type { RowRange } from './retry-queue.ts'
import type { StepMemory } from './step-memory.ts'

export type Columns = Omit<StepMemory, 'buffer'>

/** Columns of the first `length` rows and of the retries that were made, in order of their moments. A copy. */
export function withRetries(memory: StepMemory, length: number, ranges: readonly RowRange[]): Columns {
  const retries: number[] = []
  for (const { from, end } of ranges) {
    // One that was scheduled and not made, since the run was stopped before, is in no history.
    for (let row = from; row < end && !Number.isNaN(memory.scheduledAtNs[row]!); row++) {
      if (memory.outcome[row] !== OUTCOME_OPEN) retries.push(row)
    }
  }
  const { scheduledAtNs } = memory
  retries.sort((a, b) => scheduledAtNs[a]! - scheduledAtNs[b]! || a - b)
  const order = new Uint32Array(length + retries.length)
  let row = 0
  let retry = 0
  for (let at = 0; at < order.length; at++) {
    const isRetryNext =
      row === length || (retry < retries.length && scheduledAtNs[retries[retry]!]! < scheduledAtNs[row]!)
    order[at] = isRetryNext ? retries[retry++]! : row++
  }
  const pick = <T extends Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array>(from: T, to: T): T => {
    for (let at = 0; at < order.length; at++) to[at] = from[order[at]!]!
    return to
  }
  return {
    length: order.length,
    scheduledAtNs: pick(memory.scheduledAtNs, new Float64Array(order.length)),
    sentAtNs: pick(memory.sentAtNs, new Float64Array(order.length)),
    completedAtNs: pick(memory.completedAtNs, new Float64Array(order.length)),
    user: pick(memory.user, new Uint32Array(order.length)),
    buy: pick(memory.buy, new Uint32Array(order.length)),
    shownStock: pick(memory.shownStock, new Int32Array(order.length)),
    orderIdRef: pick(memory.orderIdRef, new Uint32Array(order.length)),
    quantity: pick(memory.quantity, new Uint16Array(order.length)),
    httpStatus: pick(memory.httpStatus, new Uint16Array(order.length)),
    code: pick(memory.code, new Uint16Array(order.length)),
    kind: pick(memory.kind, new Uint8Array(order.length)),
    outcome: pick(memory.outcome, new Uint8Array(order.length)),
    saleIndex: memory.saleIndex === null ? null : pick(memory.saleIndex, new Uint16Array(order.length)),
    attempt: pick(memory.attempt, new Uint8Array(order.length)),
  }
}
