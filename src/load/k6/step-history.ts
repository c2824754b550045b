/**
 * The history of a step, made of what k6 handed back and of what it counted. Each row of the plan that k6 got to is there
 * once: with what its line says; unknown, where k6 began the iteration, or may have, and no line came of it; or dropped,
 * where k6 began none. Its moment is that of the slot that the iteration was begun for (slot-assignment.ts). Pure.
 */
import { type HistoryColumns, OUTCOME_CODES, OUTCOME_OPEN } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'
import { assignSlots } from './slot-assignment.ts'
import type { StepRecording } from './step-recording.ts'

/** One k6 process of those that share a step: it has every n-th row, from its lane on. */
export interface Lane {
  readonly first: number
  readonly every: number
  /** 0 on its clock, on the run's clock, ns. */
  readonly originNs: number
  /** What it counted; null: it didn't come to that. */
  readonly counted: { readonly iterations: number; readonly dropped: number } | null
  /** It ran until open iterations are cut off: those have no line, and k6 counts only what was completed. */
  readonly mayHaveCutOff: boolean
}

export interface EndedStep {
  readonly plan: StepPlan
  readonly recording: StepRecording
  readonly lanes: readonly Lane[]
  /** Of all processes together, ns since the start; at least as many as rows. */
  readonly slotsNs: Float64Array
  /** When the step was cut short, ns on the run's clock; null: it wasn't. Later slots are in no history. */
  readonly cutAtNs: number | null
  /** When the processes were told to begin, ns on the run's clock: the start of one of which nothing came. */
  readonly toldToBeginAtNs: number
  /** VUs of one process: more iterations than that are never open. */
  readonly vusOfLane: number
  /** Why an iteration was dropped when all VUs were busy. */
  readonly dropCode: 'IN_FLIGHT_BOUND' | 'NOT_SENT'
}

export interface ReckonedHistory {
  readonly history: HistoryColumns
  /** When the first process began, ns on the run's clock; NaN where nothing was begun. */
  readonly startedAtNs: number
  /** Iterations of which no line came although k6 says that they ended. */
  readonly lost: number
}

const UNKNOWN = OUTCOME_CODES.indexOf('unknown')
const DROPPED = OUTCOME_CODES.indexOf('dropped')

/** A row and its moment. */
interface Reckoned {
  readonly rows: number[]
  readonly atNs: number[]
}

export function reckonHistory(ended: EndedStep): ReckonedHistory {
  const reckoned: Reckoned = { rows: [], atNs: [] }
  let startedAtNs = Number.POSITIVE_INFINITY
  let lost = 0
  for (const lane of ended.lanes) {
    const of = reckonLane(ended, lane, reckoned)
    if (of.startedAtNs < startedAtNs) startedAtNs = of.startedAtNs
    lost += of.lost
  }
  return {
    history: inOrder(ended, reckoned),
    startedAtNs: Number.isFinite(startedAtNs) ? startedAtNs : Number.NaN,
    lost,
  }
}

function reckonLane(ended: EndedStep, lane: Lane, into: Reckoned): { startedAtNs: number; lost: number } {
  const { recording, cutAtNs, dropCode } = ended
  const rows = everyNth(recording.length, lane)
  const slotsNs = Float64Array.from(everyNth(ended.slotsNs.length, lane), (slot) => ended.slotsNs[slot]!)
  const withLines = rows.reduce((last, row, index) => (recording.outcome[row] === OUTCOME_OPEN ? last : index), -1) + 1
  const counted = lane.counted === null ? withLines : Math.min(rows.length, lane.counted.iterations)
  const begun = Math.max(withLines, cutAtNs === null ? counted : withLines)
  const beganAtNs = Float64Array.from(
    { length: begun },
    (_, index) => lane.originNs + recording.sentMs[rows[index]!]! * 1e6,
  )
  const drops = lane.counted?.dropped ?? 0
  const { startedAtNs: foundAtNs, slotOf } = assignSlots(beganAtNs, slotsNs, drops)
  const startedAtNs = Number.isNaN(foundAtNs) ? ended.toldToBeginAtNs : foundAtNs
  const put = (row: number, slot: number): void => {
    into.rows.push(row)
    into.atNs.push(startedAtNs + slotsNs[slot]!)
  }

  let lost = 0
  const isFree = new Uint8Array(slotsNs.length).fill(1)
  for (let index = 0; index < begun; index++) {
    const row = rows[index]!
    const slot = slotOf[index]!
    isFree[slot] = 0
    if (recording.outcome[row] === OUTCOME_OPEN) {
      lost++
      leaveUnknown(recording, row, startedAtNs + slotsNs[slot]!)
    } else settleTimes(recording, row, lane)
    put(row, slot)
  }

  const free = [...isFree.keys()].filter((slot) => isFree[slot] === 1)
  const mayBeOpen = cutAtNs !== null || lane.counted === null || lane.mayHaveCutOff ? ended.vusOfLane : 0
  for (let index = begun; index < rows.length; index++) {
    const row = rows[index]!
    const slot = free[index - begun]
    if (slot === undefined) break
    const atNs = startedAtNs + slotsNs[slot]!
    if (cutAtNs !== null && atNs > cutAtNs) break
    if (index - begun < mayBeOpen) leaveUnknown(recording, row, atNs)
    else drop(recording, row, index - begun - mayBeOpen < drops ? dropCode : 'NOT_SENT')
    put(row, slot)
  }
  return { startedAtNs: foundAtNs, lost }
}

function everyNth(length: number, { first, every }: Lane): number[] {
  const rows: number[] = []
  for (let row = first; row < length; row += every) rows.push(row)
  return rows
}

/** The row as its line has it, on the run's clock as it is known now. */
function settleTimes(recording: StepRecording, row: number, { originNs }: Lane): void {
  const { columns, sentMs, doneMs } = recording
  columns.sentAtNs[row] = recording.neverLeft(row) ? Number.NaN : originNs + sentMs[row]! * 1e6
  columns.completedAtNs[row] = originNs + doneMs[row]! * 1e6
}

/** It may have been sent, at its slot at the earliest. */
function leaveUnknown(recording: StepRecording, row: number, atNs: number): void {
  recording.columns.sentAtNs[row] = atNs
  recording.outcome[row] = UNKNOWN
  recording.code[row] = recording.codeNumber('NO_ANSWER')
}

function drop(recording: StepRecording, row: number, code: string): void {
  recording.outcome[row] = DROPPED
  recording.code[row] = recording.codeNumber(code)
}

function inOrder({ recording }: EndedStep, { rows, atNs }: Reckoned): HistoryColumns {
  const order = Uint32Array.from(rows.keys()).sort((a, b) => atNs[a]! - atNs[b]! || rows[a]! - rows[b]!)
  const rowOf = Uint32Array.from(order, (index) => rows[index]!)
  const { columns } = recording
  const pick = <T extends Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array>(from: T, to: T): T => {
    for (let at = 0; at < rowOf.length; at++) to[at] = from[rowOf[at]!]!
    return to
  }
  const { length } = rowOf
  return {
    ...columns,
    length,
    saleIndex: columns.saleIndex === null ? null : pick(columns.saleIndex, new Uint16Array(length)),
    scheduledAtNs: Float64Array.from(order, (index) => atNs[index]!),
    sentAtNs: pick(columns.sentAtNs, new Float64Array(length)),
    completedAtNs: pick(columns.completedAtNs, new Float64Array(length)),
    kind: pick(columns.kind, new Uint8Array(length)),
    outcome: pick(columns.outcome, new Uint8Array(length)),
    httpStatus: pick(columns.httpStatus, new Uint16Array(length)),
    code: pick(columns.code, new Uint16Array(length)),
    user: pick(columns.user, new Uint32Array(length)),
    buy: pick(columns.buy, new Uint32Array(length)),
    attempt: new Uint8Array(length).fill(1),
    quantity: pick(columns.quantity, new Uint16Array(length)),
    shownStock: pick(columns.shownStock, new Int32Array(length)),
    orderId: (row) => recording.orderIds[rowOf[row]!] ?? null,
  }
}
