/**
 * Fills the typed columns of a history from its Parquet file. Beside the result, only one column of one row group is
 * held at a time; order ids stay bytes until somebody asks for one.
 */
import { type HistoryColumns, KIND_CODES, NO_BUY, OUTCOME_CODES, OUTCOME_OPEN } from '../core/history.ts'
import type { HistoryDocument } from './history-document.ts'
import { numberAfter } from './numbered-text.ts'
import { DamagedFile, type OpenParquet } from './parquet-reading.ts'
import { ROWS_PER_GROUP } from './parquet-writing.ts'

type NumericArray = Float64Array | Uint8Array | Uint16Array | Uint32Array | Int32Array

export async function readHistoryRows(parquet: OpenParquet, document: HistoryDocument): Promise<HistoryColumns> {
  const columns = emptyColumns(parquet.rows, document.skus.length)
  const orderIds = createOrderIds()
  for (let group = 0; group < parquet.groups.length; group++) {
    await fillGroup(parquet, group, document, columns)
    orderIds.putGroup(await columnBytes(parquet, group, 'order_id'))
  }
  const { stepIndex, skus, requestIdPrefix, codes } = document
  return {
    stepIndex,
    skus,
    length: parquet.rows,
    ...columns,
    codes,
    requestIdPrefix,
    orderId: (row) => orderIds.get(row),
  }
}

type NumericColumns = ReturnType<typeof emptyColumns>

function emptyColumns(rows: number, skus: number) {
  return {
    saleIndex: skus > 1 ? new Uint16Array(rows) : null,
    scheduledAtNs: new Float64Array(rows),
    sentAtNs: new Float64Array(rows),
    completedAtNs: new Float64Array(rows),
    kind: new Uint8Array(rows),
    outcome: new Uint8Array(rows),
    httpStatus: new Uint16Array(rows),
    code: new Uint16Array(rows),
    user: new Uint32Array(rows),
    buy: new Uint32Array(rows),
    attempt: new Uint8Array(rows),
    quantity: new Uint16Array(rows),
    shownStock: new Int32Array(rows),
  }
}

async function fillGroup(
  parquet: OpenParquet,
  group: number,
  document: HistoryDocument,
  columns: NumericColumns,
): Promise<void> {
  const { start } = parquet.groups[group]!
  const fill = async (column: string, target: NumericArray, convert: (value: unknown) => number, strings = true) => {
    const take = (values: ArrayLike<unknown>, first: number): void => {
      for (let i = 0; i < values.length; i++) {
        const value = convert(values[i])
        // Zeros are there already: a column of nothing else then takes no memory.
        if (value !== 0) target[start + first + i] = value
      }
    }
    await parquet.readColumn(group, column, take, { strings })
  }
  if (columns.saleIndex !== null) await fill('sku', columns.saleIndex, wordIndex('sku', document.skus))
  await fill('scheduled_at_ns', columns.scheduledAtNs, Number)
  await fill('sent_at_ns', columns.sentAtNs, numberOrNaN)
  await fill('completed_at_ns', columns.completedAtNs, numberOrNaN)
  await fill('kind', columns.kind, wordIndex('kind', KIND_CODES))
  await fill('outcome', columns.outcome, wordIndex('outcome', OUTCOME_CODES, OUTCOME_OPEN))
  await fill('http_status', columns.httpStatus, numberOrZero)
  await fill('code', columns.code, wordIndex('code', document.codes, 0))
  await fill('user_id', columns.user, numberIn('user_id', 'u'), false)
  await fill('request_id', columns.buy, numberIn('request_id', document.requestIdPrefix, NO_BUY), false)
  await fill('attempt', columns.attempt, Number)
  await fill('quantity', columns.quantity, Number)
  await fill('shown_stock', columns.shownStock, numberOrZero)
}

async function columnBytes(parquet: OpenParquet, group: number, column: string): Promise<unknown[]> {
  const { start, end } = parquet.groups[group]!
  const all = Array<unknown>(end - start)
  const take = (values: ArrayLike<unknown>, first: number): void => {
    for (let i = 0; i < values.length; i++) all[first + i] = values[i]
  }
  await parquet.readColumn(group, column, take, { strings: false })
  return all
}

function numberOrNaN(value: unknown): number {
  return value === null || value === undefined ? Number.NaN : Number(value)
}

function numberOrZero(value: unknown): number {
  return value === null || value === undefined ? 0 : Number(value)
}

/** `ifNull`: what an absent word stands for; without it, none may be absent. */
function wordIndex(column: string, words: readonly string[], ifNull?: number): (value: unknown) => number {
  const indexes = new Map<unknown, number>(words.map((word, index) => [word, index]))
  if (ifNull !== undefined) indexes.set(null, ifNull).set(undefined, ifNull)
  return (value) => {
    const index = indexes.get(value)
    if (index === undefined) throw new DamagedFile(`column ${column} holds an unknown word`)
    return index
  }
}

function numberIn(column: string, prefix: string, ifNull?: number): (value: unknown) => number {
  const head = new TextEncoder().encode(prefix)
  return (value) => {
    const absent = value === null || value === undefined
    const number = absent ? ifNull : numberAfter(head, value as Uint8Array)
    if (number === undefined || number === null) throw new DamagedFile(`column ${column} holds an id it cannot hold`)
    return number
  }
}

interface OrderIds {
  /** Groups are put in order; each holds one value a row. */
  putGroup(values: readonly unknown[]): void
  get(row: number): string | null
}

/**
 * One arena of bytes a row group that has any. Each id is followed by one byte that is not its own, so that an empty id isn't an
 * absent one.
 */
function createOrderIds(): OrderIds {
  const groups: ({ readonly arena: Buffer; readonly ends: Uint32Array } | null)[] = []
  return {
    putGroup(values) {
      const ids = values as readonly (Uint8Array | null | undefined)[]
      const bytes = ids.reduce((sum, id) => sum + (id ? id.length + 1 : 0), 0)
      if (bytes === 0) {
        groups.push(null)
        return
      }
      const arena = Buffer.alloc(bytes)
      const ends = new Uint32Array(ids.length + 1)
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i]
        if (id) arena.set(id, ends[i])
        ends[i + 1] = ends[i]! + (id ? id.length + 1 : 0)
      }
      groups.push({ arena, ends })
    },
    get(row) {
      const group = groups[Math.floor(row / ROWS_PER_GROUP)]!
      if (group === null) return null
      const { arena, ends } = group
      const start = ends[row % ROWS_PER_GROUP]!
      const end = ends[(row % ROWS_PER_GROUP) + 1]!
      return end === start ? null : arena.toString('utf8', start, end - 1)
    },
  }
}
