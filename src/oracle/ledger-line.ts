/** A line of a ledger: `{"orderId", "requestId"?, "userId"?, "sku"?, "quantity"?}`, an order that really exists. */
import type { LedgerOrder } from '../core/ledger.ts'
import { MAX_STOCK } from '../core/wire.ts'
import { invalid, type LinePlace, parseObject, refuseUnknownKeys, idOrNull, wholeNumber } from './json-line.ts'

export interface LedgerLine {
  readonly sku: string | null
  readonly order: WrittenOrder
}

/** An order as its line has it. */
export interface WrittenOrder extends Omit<LedgerOrder, 'quantity'> {
  /** null: the line doesn't say. */
  readonly quantity: number | null
}

const KEYS = new Set(['orderId', 'requestId', 'userId', 'sku', 'quantity'])

/** `lineNumber` counts from 1. Throws HarnessError HISTORY_INVALID, which names the line and what was expected. */
export function parseLedgerLine(text: string, lineNumber: number): LedgerLine {
  const place: LinePlace = { file: 'ledger', lineNumber }
  const object = parseObject(text, place)
  refuseUnknownKeys(object, KEYS, place)
  const orderId = idOrNull(object, 'orderId', place)
  if (orderId === null) throw invalid(place, '"orderId" is missing')
  return {
    sku: idOrNull(object, 'sku', place),
    order: {
      orderId,
      requestId: idOrNull(object, 'requestId', place),
      userId: idOrNull(object, 'userId', place),
      quantity: wholeNumber(object, 'quantity', place, 1, MAX_STOCK) ?? null,
      durable: true,
    },
  }
}
