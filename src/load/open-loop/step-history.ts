/** The history of a step, made of what its workers wrote and reported. */
import { type HistoryColumns, OUTCOME_CODES, OUTCOME_OPEN } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'
import { KNOWN_CODES, mergeCodes } from './code-table.ts'
import { orderIdReader } from './order-id-arena.ts'
import type { RowRange } from './retry-queue.ts'
import { type Columns, withRetries } from './retry-rows.ts'
import type { StepMemory } from './step-memory.ts'
import type { StepReport } from './worker-messages.ts'

export interface StepIdentity {
  readonly requestIdPrefix: string
}

/**
 * A step that was cut short ends with the last row that any worker reached. Workers run abreast, so that few rows
 * before it were not reached by theirs: those are dropped{INTERRUPTED}. Rows behind it are in no history.
 */
export function stepHistory(
  plan: StepPlan,
  memory: StepMemory,
  identity: StepIdentity,
  shares: readonly {
    readonly rows: Uint32Array | null
    readonly report: StepReport
    readonly retryRows?: RowRange | null
  }[],
): HistoryColumns {
  const ends = shares.map(({ rows, report }) => endOf(rows, report.reached))
  const planned = Math.max(0, ...ends)
  for (const { rows, report } of shares) markNotReached(memory, rows, report.reached, planned)
  const retryRows = shares.flatMap(({ retryRows }) => retryRows ?? [])
  const columns = retryRows.length === 0 ? firstRows(memory, planned) : withRetries(memory, planned, retryRows)
  const idOf = orderIdReader(shares.flatMap(({ report }) => report.chunks))
  return {
    stepIndex: plan.stepIndex,
    skus: plan.sales.map(({ sku }) => sku),
    ...columns,
    codes: mergeCodes(shares.map(({ report }) => report.addedCodes)),
    requestIdPrefix: identity.requestIdPrefix,
    orderId: (row) => idOf(columns.orderIdRef[row]!),
  }
}

function firstRows(memory: StepMemory, length: number): Columns {
  return {
    length,
    scheduledAtNs: memory.scheduledAtNs.subarray(0, length),
    sentAtNs: memory.sentAtNs.subarray(0, length),
    completedAtNs: memory.completedAtNs.subarray(0, length),
    kind: memory.kind.subarray(0, length),
    outcome: memory.outcome.subarray(0, length),
    httpStatus: memory.httpStatus.subarray(0, length),
    code: memory.code.subarray(0, length),
    user: memory.user.subarray(0, length),
    buy: memory.buy.subarray(0, length),
    attempt: memory.attempt.subarray(0, length),
    saleIndex: memory.saleIndex?.subarray(0, length) ?? null,
    quantity: memory.quantity.subarray(0, length),
    shownStock: memory.shownStock.subarray(0, length),
    orderIdRef: memory.orderIdRef.subarray(0, length),
  }
}

/** One more than the last row that was reached. */
function endOf(rows: Uint32Array | null, reached: number): number {
  if (reached === 0) return 0
  return rows === null ? reached : rows[reached - 1]! + 1
}

function markNotReached(memory: StepMemory, rows: Uint32Array | null, reached: number, length: number): void {
  if (rows === null) return
  for (let position = reached; position < rows.length && rows[position]! < length; position++) {
    const row = rows[position]!
    if (memory.outcome[row] !== OUTCOME_OPEN) continue
    memory.outcome[row] = OUTCOME_CODES.indexOf('dropped')
    memory.code[row] = KNOWN_CODES.indexOf('INTERRUPTED')
  }
}
