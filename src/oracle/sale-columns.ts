/**
 * One sale's history as the oracle reads it: rows in typed columns, buys and users as numbers, names on demand.
 * The columns of a run fit as they are, so that ten million rows are judged without a copy.
 */
import { type HistoryColumns, NO_BUY, OUTCOME_CODES, operationAt, userIdOf } from '../core/history.ts'
import type { Operation, OutcomeKind } from '../core/operation.ts'

export interface SaleColumns {
  readonly length: number
  /** ns since the origin; NaN when dropped. */
  readonly sentAtNs: Float64Array
  /** ns since the origin; NaN when no answer came. */
  readonly completedAtNs: Float64Array
  /** Index into KIND_CODES. */
  readonly kind: Uint8Array
  /** Index into OUTCOME_CODES; anything beyond counts as unknown. */
  readonly outcome: Uint8Array
  /** Index into `codes`. */
  readonly code: Uint16Array
  readonly codes: readonly string[]
  /** Number of the user, or NO_USER. */
  readonly user: Uint32Array
  /** Number of the buy, from 0 and dense; NO_BUY for reads. Rows that share it are attempts of one buy. */
  readonly buy: Uint32Array
  readonly quantity: Uint16Array | Uint32Array
  readonly shownStock: Int32Array
  /** One more than the highest number of a buy. */
  readonly buyCount: number
  /** One more than the highest number of a user. */
  readonly userCount: number
  /** null for a buy whose request id nobody recorded. */
  requestIdOf(buy: number): string | null
  buyOf(requestId: string): number | undefined
  userOf(userId: string): number | undefined
  userIdOf(user: number): string
  orderId(row: number): string | null
  operation(row: number): Operation
}

export const NO_USER = 0xffff_ffff
export const BUY = 0
export const READ = 1

const codeOf = (kind: OutcomeKind): number => OUTCOME_CODES.indexOf(kind)
export const SOLD = codeOf('sold')
export const SOLD_OUT = codeOf('soldOut')
export const LIMIT_REACHED = codeOf('limitReached')
export const REFUSED = codeOf('refused')
export const SHOWN = codeOf('shown')
export const DROPPED = codeOf('dropped')

/** The columns of a run, seen as a sale's. `counts` spares looking for them. */
export function saleColumnsOf(
  history: HistoryColumns,
  counts?: Pick<SaleColumns, 'buyCount' | 'userCount'>,
): SaleColumns {
  const buyCount = counts?.buyCount ?? highest(history.buy, history.length, NO_BUY) + 1
  const userCount = counts?.userCount ?? highest(history.user, history.length, NO_USER) + 1
  const { requestIdPrefix } = history
  return {
    length: history.length,
    sentAtNs: history.sentAtNs,
    completedAtNs: history.completedAtNs,
    kind: history.kind,
    outcome: history.outcome,
    code: history.code,
    codes: history.codes,
    user: history.user,
    buy: history.buy,
    quantity: history.quantity,
    shownStock: history.shownStock,
    buyCount,
    userCount,
    requestIdOf: (buy) => requestIdPrefix + String(buy),
    buyOf: (requestId) => numberAfter(requestIdPrefix, requestId, buyCount),
    userIdOf,
    userOf: (userId) => numberAfter(userIdOf(0).slice(0, -1), userId, userCount),
    orderId: (row) => history.orderId(row),
    operation: (row) => operationAt(history, row),
  }
}

function highest(numbers: Uint32Array, length: number, none: number): number {
  let found = -1
  for (let row = 0; row < length; row++) {
    const number = numbers[row]!
    if (number !== none && number > found) found = number
  }
  return found
}

/** The number that follows `prefix` as a program writes it, if it is below `bound`. */
function numberAfter(prefix: string, text: string, bound: number): number | undefined {
  if (!text.startsWith(prefix)) return undefined
  const digits = text.slice(prefix.length)
  const number = Number(digits)
  const isIndex = Number.isInteger(number) && number >= 0 && number < bound
  return isIndex && String(number) === digits ? number : undefined
}
