/**
 * `history/step-NNN.parquet`: every request of one step, as columns that a person can query and from which the very same
 * history can be judged again. Absent things are nulls, kinds and outcomes are words; docs/results.md says what each means.
 */
import { type HistoryColumns, KIND_CODES, NO_BUY, OUTCOME_CODES, OUTCOME_OPEN, skuAt } from '../core/history.ts'
import { documentSchema, HISTORY_SCHEMA, type HistoryDocument } from './history-document.ts'
import { readHistoryRows } from './history-rows.ts'
import { numberedTexts } from './numbered-text.ts'
import { DamagedFile, readParquet } from './parquet-reading.ts'
import { type ColumnLayout, writeParquet } from './parquet-writing.ts'

const integer = { type: 'INT32', nullable: false, encoding: 'DELTA_BINARY_PACKED' } as const
const nullableInteger = { type: 'INT32', nullable: true, encoding: 'RLE_DICTIONARY' } as const
const word = { type: 'STRING', nullable: false, encoding: 'RLE_DICTIONARY' } as const
const nullableWord = { ...word, nullable: true } as const
const text = { type: 'STRING', nullable: false, encoding: 'PLAIN' } as const
/** Neighbours in time share their high bytes: a third of the size that plain doubles take. */
const time = { type: 'DOUBLE', nullable: false, encoding: 'BYTE_STREAM_SPLIT' } as const

const LAYOUT = [
  { name: 'seq', ...integer },
  { name: 'step', ...integer },
  { name: 'sku', ...word },
  { name: 'kind', ...word },
  { name: 'user_id', ...text },
  { name: 'request_id', ...text, nullable: true },
  { name: 'attempt', ...integer },
  { name: 'quantity', ...integer },
  { name: 'scheduled_at_ns', ...time },
  { name: 'sent_at_ns', ...time, nullable: true },
  { name: 'completed_at_ns', ...time, nullable: true },
  { name: 'outcome', ...nullableWord },
  { name: 'http_status', ...nullableInteger },
  { name: 'code', ...nullableWord },
  { name: 'shown_stock', ...nullableInteger },
  { name: 'order_id', ...text, nullable: true },
] as const satisfies readonly ColumnLayout[]

/** Throws HarnessError RESULTS_NOT_WRITABLE. */
export async function writeHistoryFile(path: string, history: HistoryColumns): Promise<void> {
  const { stepIndex, skus, requestIdPrefix, codes } = history
  const document: HistoryDocument = {
    schema: HISTORY_SCHEMA,
    stepIndex,
    skus: [...skus],
    requestIdPrefix,
    codes: [...codes],
  }
  await writeParquet(path, {
    layout: LAYOUT,
    rows: history.length,
    document,
    columns: (start, end) => columnsOf(history, start, end),
  })
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function readHistoryFile(path: string): Promise<HistoryColumns> {
  return await readParquet(path, async (parquet) => {
    const parsed = documentSchema.safeParse(parquet.document)
    if (!parsed.success) throw new DamagedFile(`its footer is not a ${HISTORY_SCHEMA} document`)
    return await readHistoryRows(parquet, parsed.data)
  })
}

/** In the order of LAYOUT. */
function columnsOf(history: HistoryColumns, start: number, end: number) {
  const rows = end - start
  const each = <T>(value: (row: number) => T): T[] => Array.from({ length: rows }, (_, index) => value(start + index))
  const outcomeIs = (row: number, outcome: number): boolean => history.outcome[row] === outcome
  return [
    Int32Array.from({ length: rows }, (_, index) => start + index),
    new Int32Array(rows).fill(history.stepIndex),
    history.saleIndex === null ? Array<string>(rows).fill(history.skus[0]!) : each((row) => skuAt(history, row)),
    each((row) => KIND_CODES[history.kind[row]!] ?? `kind ${history.kind[row]}`),
    numberedTexts('u', history.user.subarray(start, end)),
    numberedTexts(history.requestIdPrefix, history.buy.subarray(start, end), NO_BUY),
    Int32Array.from(history.attempt.subarray(start, end)),
    Int32Array.from(history.quantity.subarray(start, end)),
    Float64Array.from(history.scheduledAtNs.subarray(start, end)),
    each((row) => nullIfNaN(history.sentAtNs[row]!)),
    each((row) => nullIfNaN(history.completedAtNs[row]!)),
    each((row) => (outcomeIs(row, OUTCOME_OPEN) ? null : OUTCOME_CODES[history.outcome[row]!]!)),
    each((row) => (history.httpStatus[row] === 0 ? null : history.httpStatus[row]!)),
    each((row) => (history.code[row] === 0 ? null : history.codes[history.code[row]!]!)),
    each((row) => (outcomeIs(row, SHOWN) ? history.shownStock[row]! : null)),
    each((row) => history.orderId(row)),
  ]
}

const SHOWN = OUTCOME_CODES.indexOf('shown')

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
