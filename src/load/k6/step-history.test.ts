import { describe, expect, it } from 'vitest'
import { operationAt } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'
import { parseHistoryLine, type RequestLine } from './history-line.ts'
import { type EndedStep, reckonHistory } from './step-history.ts'
import { StepRecording } from './step-recording.ts'

const ROWS = 6
const SLOTS_NS = Float64Array.from({ length: ROWS + 1 }, (_, index) => index * 10e6)
const PLAN = {
  stepIndex: 0,
  length: ROWS,
  kind: new Uint8Array(ROWS),
  user: Uint32Array.from({ length: ROWS }, (_, row) => row),
  buy: Uint32Array.from({ length: ROWS }, (_, row) => row),
  quantity: new Uint16Array(ROWS).fill(1),
  sales: [{ sku: 'a' }],
  saleIndex: null,
} as unknown as StepPlan

interface Ending extends Partial<Omit<EndedStep, 'plan' | 'recording' | 'slotsNs'>> {
  /** Row -> ms at which it was sent. */
  readonly sent: Readonly<Record<number, number>>
}

function reckon({ sent, ...ending }: Ending) {
  const recording = new StepRecording(PLAN, 'r-', new Float64Array(ROWS))
  for (const [row, ms] of Object.entries(sent)) {
    recording.take(parseHistoryLine(`@ ${row} ${ms} ${ms + 2} 201 sold - "o-${row}"`) as RequestLine, 0)
  }
  const whole = { first: 0, every: 1, originNs: 1e9, counted: { iterations: ROWS, dropped: 0 }, mayHaveCutOff: false }
  const { history, startedAtNs, lost } = reckonHistory({
    plan: PLAN,
    recording,
    slotsNs: SLOTS_NS,
    lanes: [whole],
    cutAtNs: null,
    toldToBeginAtNs: 1.09e9,
    vusOfLane: 2,
    dropCode: 'IN_FLIGHT_BOUND',
    ...ending,
  })
  const rows = Array.from({ length: history.length }, (_, row) => operationAt(history, row))
  return {
    startedAtNs,
    lost,
    rows: rows.map(({ requestId, scheduledAtNs, outcome }) => [requestId, scheduledAtNs / 1e6, outcome]),
  }
}

const at = (row: number): number => 100 + row * 10
const sold = (row: number): unknown => ({ kind: 'sold', orderId: `o-${row}` })
const everyRow = Object.fromEntries(Array.from({ length: ROWS }, (_, row) => [row, at(row)]))
const lane = (counted: { iterations: number; dropped: number } | null, mayHaveCutOff = false) => [
  { first: 0, every: 1, originNs: 1e9, counted, mayHaveCutOff },
]

describe('a history from k6', () => {
  it('has each row at its slot, on the run’s clock', () => {
    const { rows, startedAtNs, lost } = reckon({ sent: everyRow })
    expect(startedAtNs).toBe(1.1e9)
    expect(lost).toBe(0)
    expect(rows).toEqual(Object.keys(everyRow).map((row) => [`r-${row}`, 1_000 + at(Number(row)), sold(Number(row))]))
  })

  it('has unknown rows where lines were lost, never fewer rows', () => {
    const { 3: _lost, ...others } = everyRow
    const { rows, lost } = reckon({ sent: others })
    expect(lost).toBe(1)
    expect(rows[3]).toEqual(['r-3', 1_130, { kind: 'unknown', code: 'NO_ANSWER' }])
    expect(rows).toHaveLength(ROWS)
  })

  it('has dropped rows in the slots at which no iteration began', () => {
    const { rows } = reckon({
      sent: { 0: at(0), 1: at(1), 2: at(4), 3: at(5) },
      lanes: lane({ iterations: 4, dropped: 2 }),
    })
    const dropped = { kind: 'dropped', reason: 'IN_FLIGHT_BOUND' }
    expect(rows).toEqual([
      ['r-0', 1_100, sold(0)],
      ['r-1', 1_110, sold(1)],
      ['r-4', 1_120, dropped],
      ['r-5', 1_130, dropped],
      ['r-2', 1_140, sold(2)],
      ['r-3', 1_150, sold(3)],
    ])
  })

  it('does not say of iterations that k6 may have cut off that they were not sent', () => {
    const { rows } = reckon({
      sent: { 0: at(0), 1: at(1) },
      lanes: lane({ iterations: 2, dropped: 1 }, true),
    })
    const unanswered = { kind: 'unknown', code: 'NO_ANSWER' }
    expect(rows.slice(2).map(([, , outcome]) => outcome)).toEqual([
      unanswered,
      unanswered,
      { kind: 'dropped', reason: 'IN_FLIGHT_BOUND' },
      { kind: 'dropped', reason: 'NOT_SENT' },
    ])
  })

  it('has iterations that may have been open though no line came at all', () => {
    const { rows } = reckon({ sent: {}, lanes: lane({ iterations: 0, dropped: 0 }, true) })
    expect(rows.map(([id, , outcome]) => [id, (outcome as { kind: string }).kind])).toEqual([
      ['r-0', 'unknown'],
      ['r-1', 'unknown'],
      ...[2, 3, 4, 5].map((row) => [`r-${row}`, 'dropped']),
    ])
    expect(rows[0]![1]).toBe(1_090)
  })

  it('blames the generator for what k6 neither began nor dropped, where it ended in time', () => {
    const { rows } = reckon({ sent: { 0: at(0), 1: at(1) }, lanes: lane({ iterations: 2, dropped: 0 }) })
    expect(rows.slice(2).map(([, , outcome]) => outcome)).toEqual(
      Array.from({ length: 4 }, () => ({ kind: 'dropped', reason: 'NOT_SENT' })),
    )
  })

  it('ends where the step was cut short, with what may have been open unknown', () => {
    const { rows } = reckon({ sent: { 0: at(0), 1: at(1) }, lanes: lane(null), cutAtNs: 1.125e9 })
    expect(rows.map(([id, , outcome]) => [id, outcome])).toEqual([
      ['r-0', sold(0)],
      ['r-1', sold(1)],
      ['r-2', { kind: 'unknown', code: 'NO_ANSWER' }],
    ])
  })

  it('is one of several processes, each with every n-th row on a clock of its own', () => {
    const sent = { 0: 100, 2: 120, 4: 140, 1: 60, 3: 80, 5: 100 }
    const counted = { iterations: 3, dropped: 0 }
    const { rows } = reckon({
      sent,
      lanes: [
        { first: 0, every: 2, originNs: 1e9, counted, mayHaveCutOff: false },
        { first: 1, every: 2, originNs: 1.05e9, counted, mayHaveCutOff: false },
      ],
    })
    expect(rows.map(([id, ms]) => [id, ms])).toEqual(
      Object.keys(everyRow).map((row) => [`r-${row}`, 1_000 + at(Number(row))]),
    )
  })
})
