/**
 * The history of one step in typed columns: what the engine writes, the results store, and the oracle reads.
 * Columns may stand on SharedArrayBuffers. Row i is one HTTP request (or one that was dropped).
 */
import type { Operation, Outcome } from './operation.ts'

/** Values of the `outcome` column; the index is what is stored. 255 = still open when read. */
export const OUTCOME_CODES = ['sold', 'soldOut', 'limitReached', 'refused', 'shown', 'unknown', 'dropped'] as const
export const OUTCOME_OPEN = 255

/** Values of the `kind` column. */
export const KIND_CODES = ['buy', 'read'] as const

export interface HistoryColumns {
  readonly stepIndex: number
  /** SKUs of the step: each is a sale of its own. */
  readonly skus: readonly string[]
  /** Index into `skus`; null: all rows are of the only one. */
  readonly saleIndex: Uint16Array | null
  /** Number of rows. */
  readonly length: number
  /** ns since the run's origin. */
  readonly scheduledAtNs: Float64Array
  /** ns since the run's origin; NaN when dropped. */
  readonly sentAtNs: Float64Array
  /** ns since the run's origin; NaN when no answer came (or dropped). A timeout is completed when it was given up. */
  readonly completedAtNs: Float64Array
  /** Index into {@link KIND_CODES}. */
  readonly kind: Uint8Array
  /** Index into {@link OUTCOME_CODES}, or {@link OUTCOME_OPEN}. */
  readonly outcome: Uint8Array
  /** HTTP status; 0 when there was none. */
  readonly httpStatus: Uint16Array
  /** Index into `codes`: why it was refused, unknown or dropped; 0 = no code. */
  readonly code: Uint16Array
  /** `codes[0]` is the empty string. */
  readonly codes: readonly string[]
  /** Buyer's number; the user id sent is `u<number>`. */
  readonly user: Uint32Array
  /** Number of the buy within the step; attempts with one number share one request id. 0xffffffff for reads. */
  readonly buy: Uint32Array
  readonly attempt: Uint8Array
  /** Units asked for; 0 for reads. */
  readonly quantity: Uint16Array
  /** Reads: stock shown; else 0. */
  readonly shownStock: Int32Array
  /** Request id of buy n is `requestIdPrefix + n`. */
  readonly requestIdPrefix: string
  /** Order id of row i, or null. */
  orderId(row: number): string | null
}

export const NO_BUY = 0xffff_ffff

export function userIdOf(user: number): string {
  return `u${user}`
}

/** SKU of a row. */
export function skuAt({ skus, saleIndex }: Pick<HistoryColumns, 'skus' | 'saleIndex'>, row: number): string {
  return skus[saleIndex?.[row] ?? 0]!
}

/** One row as an {@link Operation}. A row still open counts as unknown. */
export function operationAt(history: HistoryColumns, row: number): Operation {
  const isBuy = history.kind[row] === 0
  return {
    seq: row,
    stepIndex: history.stepIndex,
    sku: skuAt(history, row),
    kind: isBuy ? 'buy' : 'read',
    userId: isBuy ? userIdOf(history.user[row]!) : null,
    requestId: isBuy ? history.requestIdPrefix + String(history.buy[row]!) : null,
    attempt: history.attempt[row]!,
    quantity: history.quantity[row]!,
    scheduledAtNs: history.scheduledAtNs[row]!,
    sentAtNs: numberOrNull(history.sentAtNs[row]!),
    completedAtNs: numberOrNull(history.completedAtNs[row]!),
    outcome: outcomeAt(history, row),
  }
}

function outcomeAt(history: HistoryColumns, row: number): Outcome {
  const stored = history.outcome[row]!
  if (stored === OUTCOME_OPEN) return { kind: 'unknown', code: 'NO_ANSWER' }
  const kind = OUTCOME_CODES[stored]
  if (kind === undefined) throw new RangeError(`row ${row}: outcome ${stored} is not in the table`)
  const code = history.codes[history.code[row]!] ?? ''
  switch (kind) {
    case 'sold':
      return { kind, orderId: history.orderId(row) }
    case 'soldOut':
    case 'limitReached':
      return { kind }
    case 'refused':
    case 'unknown':
      return { kind, code }
    case 'shown':
      return { kind, stock: history.shownStock[row]! }
    case 'dropped':
      return { kind, reason: code }
  }
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
