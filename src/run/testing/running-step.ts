/** A step that fills in as a test says: what the engine's threads would write. */
import { type HistoryColumns, OUTCOME_CODES, OUTCOME_OPEN } from '../../core/history.ts'
import type { RunningHistory } from '../../load/load-engine.ts'

export const MS = 1e6

export interface RunningStep {
  readonly history: RunningHistory
  readonly columns: HistoryColumns & Record<'scheduledAtNs' | 'sentAtNs' | 'completedAtNs', Float64Array>
  readonly at: (ms: number) => void
  readonly send: (row: number, ms: number) => void
  readonly answer: (row: number, outcome: (typeof OUTCOME_CODES)[number], ms: number, code?: string) => void
  /** Row of a further attempt of the buy. */
  readonly retry: (buy: number) => number
}

/** Single buys of one unit, one planned each 10 ms; `rows` beyond are for retries. */
export function runningStep(planned: number, { rows = 16, skus = ['a'] } = {}): RunningStep {
  const times = (): Float64Array => new Float64Array(rows).fill(Number.NaN)
  const columns = {
    stepIndex: 0,
    skus,
    saleIndex: skus.length === 1 ? null : Uint16Array.from({ length: rows }, (_, row) => row % skus.length),
    length: rows,
    scheduledAtNs: Float64Array.from({ length: rows }, (_, row) => (row < planned ? row * 10 * MS : Number.NaN)),
    sentAtNs: times(),
    completedAtNs: times(),
    kind: new Uint8Array(rows),
    outcome: new Uint8Array(rows).fill(OUTCOME_OPEN),
    httpStatus: new Uint16Array(rows),
    code: new Uint16Array(rows),
    codes: ['', 'BUSY', 'TIMEOUT', 'IN_FLIGHT_BOUND', 'NOT_OPEN'],
    user: new Uint32Array(rows),
    buy: Uint32Array.from({ length: rows }, (_, row) => row),
    attempt: new Uint8Array(rows).fill(1),
    quantity: new Uint16Array(rows).fill(1),
    shownStock: new Int32Array(rows),
    requestIdPrefix: 'r-',
    orderId: () => null,
  } satisfies HistoryColumns
  let nowMs = 0
  let retries = 0
  return {
    columns,
    history: {
      columns,
      planned,
      retryRows: () => [{ from: planned, end: planned + retries }],
      isSettled: (row) => columns.outcome[row] !== OUTCOME_OPEN,
      nowNs: () => nowMs * MS,
    },
    at: (ms) => void (nowMs = ms),
    send: (row, ms) => void (columns.sentAtNs[row] = ms * MS),
    answer: (row, outcome, ms, code = '') => {
      columns.completedAtNs[row] = ms * MS
      columns.code[row] = columns.codes.indexOf(code)
      columns.httpStatus[row] = code === 'TIMEOUT' ? 0 : 200
      columns.outcome[row] = OUTCOME_CODES.indexOf(outcome)
    },
    retry: (buy) => {
      const row = planned + retries++
      columns.buy[row] = buy
      columns.attempt[row] = 2
      return row
    },
  }
}
