/**
 * A line of a history that anything may have recorded:
 * `{"op": "buy"|"read", "sku"?, "requestId"?, "userId"?, "quantity"?, "invokedAt": ms, "completedAt": ms|null,
 * "outcome", "orderId"?, "value"?}`, or `{"op": "open", "sku"?, "stock", "perUserLimit"?, "opensAt"?: ms, "closesAt"?: ms}`.
 */
import type { Operation, Outcome } from '../core/operation.ts'
import { NS_PER_MS } from '../core/units.ts'
import { MAX_STOCK } from '../core/wire.ts'
import {
  described,
  invalid,
  type JsonObject,
  type LinePlace,
  momentMs,
  nearest,
  parseObject,
  refuseUnknownKeys,
  idOrNull,
  wholeNumber,
} from './json-line.ts'
import type { RecordedRow } from './operation-recorder.ts'
import type { SaleUnderJudgement } from './sale.ts'

export type HistoryLine = OpenLine | OperationLine

export interface OpenLine {
  readonly op: 'open'
  readonly sku: string | null
  readonly stock: number
  /** null: no limit; undefined: the line doesn't say. */
  readonly perUserLimit: number | null | undefined
  /** ms, on the clock of the other lines; null: no such edge. undefined: the line doesn't say when the sale was open. */
  readonly hours: { readonly opensAtMs: number | null; readonly closesAtMs: number | null } | undefined
}

interface OperationLine {
  readonly op: 'operation'
  readonly sku: string | null
  readonly row: RecordedRow
  /** Whether the line itself says how many units. */
  readonly saysQuantity: boolean
}

const OPEN_KEYS = new Set(['op', 'sku', 'stock', 'perUserLimit', 'opensAt', 'closesAt'])
const OPERATION_KEYS = new Set([
  'op',
  'sku',
  'requestId',
  'userId',
  'quantity',
  'invokedAt',
  'completedAt',
  'outcome',
  'orderId',
  'value',
])
const BUY_OUTCOMES = ['sold', 'soldOut', 'limitReached', 'refused', 'unknown'] as const
const READ_OUTCOMES = ['shown', 'refused', 'unknown'] as const
/** Stock shown is stored in 32 bits. */
const LOWEST_SHOWN = -(2 ** 31)

/** `lineNumber` counts from 1. Throws HarnessError HISTORY_INVALID, which names the line and what was expected. */
export function parseHistoryLine(text: string, lineNumber: number): HistoryLine {
  const place: LinePlace = { file: 'history', lineNumber }
  const object = parseObject(text, place)
  switch (object['op']) {
    case 'buy':
    case 'read':
      return operationLine(object, object['op'], place)
    case 'open':
      return openLine(object, place)
    default:
      throw invalid(place, `"op" must be "buy", "read" or "open", got ${described(object['op'])}`)
  }
}

function openLine(object: JsonObject, place: LinePlace): OpenLine {
  refuseUnknownKeys(object, OPEN_KEYS, place)
  const stock = wholeNumber(object, 'stock', place, 0, MAX_STOCK)
  if (stock === undefined) throw invalid(place, '"stock" is missing: the units that the sale opens with')
  const limit = object['perUserLimit'] === null ? null : wholeNumber(object, 'perUserLimit', place, 1, MAX_STOCK)
  return {
    op: 'open',
    sku: idOrNull(object, 'sku', place),
    stock,
    perUserLimit: limit,
    hours: hoursOf(object, place),
  }
}

function hoursOf(object: JsonObject, place: LinePlace): OpenLine['hours'] {
  if (object['opensAt'] === undefined && object['closesAt'] === undefined) return undefined
  const opensAtMs = object['opensAt'] === undefined ? null : momentMs(object, 'opensAt', place)
  const closesAtMs = object['closesAt'] === undefined ? null : momentMs(object, 'closesAt', place)
  if (opensAtMs !== null && closesAtMs !== null && closesAtMs <= opensAtMs) {
    throw invalid(place, `"closesAt" must be after "opensAt": ${closesAtMs} <= ${opensAtMs}`)
  }
  return { opensAtMs, closesAtMs }
}

function operationLine(object: JsonObject, kind: 'buy' | 'read', place: LinePlace): OperationLine {
  refuseUnknownKeys(object, OPERATION_KEYS, place)
  const invokedAtMs = momentMs(object, 'invokedAt', place)
  const completedAtMs = momentMs(object, 'completedAt', place)
  if (invokedAtMs === null) throw invalid(place, '"invokedAt" must be a number of milliseconds, got null')
  if (completedAtMs !== null && completedAtMs < invokedAtMs) {
    throw invalid(place, `"completedAt" must not be before "invokedAt": ${completedAtMs} < ${invokedAtMs}`)
  }
  const outcome = kind === 'buy' ? buyOutcome(object, place) : readOutcome(object, place)
  if (completedAtMs === null && isAnswer(outcome)) {
    throw invalid(place, `"completedAt" must be a number of milliseconds where there was an answer ("${outcome.kind}")`)
  }
  const invokedAtNs = invokedAtMs * NS_PER_MS
  return {
    op: 'operation',
    sku: idOrNull(object, 'sku', place),
    saysQuantity: object['quantity'] !== undefined,
    row: {
      seq: place.lineNumber - 1,
      kind,
      userId: idOrNull(object, 'userId', place),
      requestId: idOrNull(object, 'requestId', place),
      attempt: 1,
      quantity: quantityOf(object, kind, place),
      scheduledAtNs: invokedAtNs,
      sentAtNs: invokedAtNs,
      completedAtNs: completedAtMs === null ? null : completedAtMs * NS_PER_MS,
      outcome,
    },
  }
}

function quantityOf(object: JsonObject, kind: 'buy' | 'read', place: LinePlace): number {
  if (kind === 'read') {
    wholeNumber(object, 'quantity', place, 0, MAX_STOCK)
    return 0
  }
  return wholeNumber(object, 'quantity', place, 1, MAX_STOCK) ?? 1
}

function buyOutcome(object: JsonObject, place: LinePlace): Outcome {
  const value = object['value']
  if (value !== undefined && value !== null)
    throw invalid(place, '"value" is the stock that a read showed; this is a buy')
  const word = object['outcome']
  switch (word) {
    case 'sold':
      return { kind: 'sold', orderId: idOrNull(object, 'orderId', place) }
    case 'soldOut':
      return SOLD_OUT
    case 'limitReached':
      return LIMIT_REACHED
    case 'refused':
      return REFUSED
    case 'unknown':
      return UNKNOWN
    default:
      throw badOutcome(word, BUY_OUTCOMES, place)
  }
}

/** The stock shown is the outcome of a read, and needs no word beside it. */
function readOutcome(object: JsonObject, place: LinePlace): Outcome {
  const word = object['outcome'] ?? 'shown'
  switch (word) {
    case 'shown': {
      const shown = object['value'] === null ? undefined : wholeNumber(object, 'value', place, LOWEST_SHOWN, MAX_STOCK)
      if (shown === undefined) throw invalid(place, '"value" is missing: the stock that the read showed')
      return { kind: 'shown', stock: shown }
    }
    case 'refused':
      return REFUSED
    case 'unknown':
      return UNKNOWN
    default:
      throw badOutcome(word, READ_OUTCOMES, place)
  }
}

const SOLD_OUT: Outcome = { kind: 'soldOut' }
const LIMIT_REACHED: Outcome = { kind: 'limitReached' }
const REFUSED: Outcome = { kind: 'refused', code: '' }
const UNKNOWN: Outcome = { kind: 'unknown', code: '' }

function isAnswer(outcome: Outcome): boolean {
  return outcome.kind !== 'refused' && outcome.kind !== 'unknown'
}

function badOutcome(word: unknown, known: readonly string[], place: LinePlace): Error {
  const near = typeof word === 'string' ? nearest(word, known) : null
  const expected = known.map((outcome) => `"${outcome}"`).join(', ')
  const advice = near === null ? '' : `; did you mean "${near}"?`
  return invalid(place, `"outcome" must be one of ${expected}, got ${described(word)}${advice}`)
}

/** The line of an operation, as {@link parseHistoryLine} takes it; null for one that was never sent. */
export function historyLineOf(operation: Omit<Operation, 'seq'>): string | null {
  const { kind, sku, requestId, userId, quantity, sentAtNs, completedAtNs, outcome } = operation
  if (sentAtNs === null || outcome.kind === 'dropped') return null
  return JSON.stringify({
    op: kind,
    sku,
    ...(requestId !== null && { requestId }),
    ...(userId !== null && { userId }),
    ...(kind === 'buy' && { quantity }),
    invokedAt: sentAtNs / NS_PER_MS,
    completedAt: completedAtNs === null ? null : completedAtNs / NS_PER_MS,
    ...(outcome.kind === 'shown' ? { value: outcome.stock } : { outcome: outcome.kind }),
    ...(outcome.kind === 'sold' && outcome.orderId !== null && { orderId: outcome.orderId }),
  })
}

/** Likewise of an opening. */
export function openLineOf(sale: SaleUnderJudgement): string {
  const { sku, initialStock, perUserLimit, perUserLimitKnown = true, hours } = sale
  return JSON.stringify({
    op: 'open',
    sku,
    stock: initialStock,
    ...(perUserLimitKnown && { perUserLimit }),
    ...(hours && hours.opensAtNs !== null && { opensAt: hours.opensAtNs / NS_PER_MS }),
    ...(hours && hours.closesAtNs !== null && { closesAt: hours.closesAtNs / NS_PER_MS }),
  })
}
