/**
 * What an answer proves about a sale's opening hours. The target keeps them by its own clock, which was measured against
 * the recorder's with some error: only what lies beyond that error on the wrong side is proof. An answer that returned
 * before the opening was decided before it; a buy that was first sent after the closing was decided after it. Whatever
 * was in flight across an edge proves nothing.
 */
import { NS_PER_MS } from '../core/units.ts'
import { FACT } from './buys.ts'
import { EXAMPLES, keepFew } from './refusal-watch.ts'
import type { SaleUnderJudgement } from './sale.ts'
import type { SaleCase } from './sale-case.ts'
import { BUY, REFUSED, type SaleColumns, SOLD } from './sale-columns.ts'
import { wasSent } from './timeline.ts'

const NOT_OPEN = 'NOT_OPEN'

/** The edges of the hours, on the recorder's clock, with room for every error. */
export interface HourEdges {
  /** What returned before was decided before the opening; -Infinity without one. */
  readonly surelyClosedUntilNs: number
  /** What was sent after was decided after the opening. */
  readonly surelyOpenFromNs: number
  /** What returned before was decided before the closing. */
  readonly surelyOpenUntilNs: number
  /** What was sent after was decided after the closing; Infinity without one. */
  readonly surelyClosedFromNs: number
}

/** null: nobody said when the sale was open. */
export function edgesOf({ hours, clockErrorMs }: SaleUnderJudgement): HourEdges | null {
  if (hours === undefined) return null
  const marginNs = (hours.errorMs + clockErrorMs) * NS_PER_MS
  const opensAtNs = hours.opensAtNs ?? Number.NEGATIVE_INFINITY
  const closesAtNs = hours.closesAtNs ?? Number.POSITIVE_INFINITY
  return {
    surelyClosedUntilNs: opensAtNs - marginNs,
    surelyOpenFromNs: opensAtNs + marginNs,
    surelyOpenUntilNs: closesAtNs - marginNs,
    surelyClosedFromNs: closesAtNs + marginNs,
  }
}

/** A buyer was told `sold` before the sale was open: one row is proof. */
export function isSoldEarly(columns: SaleColumns, row: number, edges: HourEdges): boolean {
  return (
    columns.outcome[row] === SOLD &&
    columns.kind[row] === BUY &&
    wasSent(columns, row) &&
    // False for NaN.
    columns.completedAtNs[row]! < edges.surelyClosedUntilNs
  )
}

export interface OutsideHours {
  readonly early: number
  readonly late: number
  readonly units: number
  /** Rows: for an early sale its answer, for a late one its first attempt. */
  readonly earlyRows: readonly number[]
  readonly lateRows: readonly number[]
}

/** Buys that were sold outside the hours, from what buyers were told and, for late ones, from the ledger as well. */
export function soldOutsideHours({ columns, buys }: SaleCase, edges: HourEdges): OutsideHours {
  const sold = { early: 0, late: 0, units: 0, earlyRows: [] as number[], lateRows: [] as number[] }
  const firstRow = edges.surelyClosedFromNs === Number.POSITIVE_INFINITY ? null : firstRows(columns)
  const earlyBuys = new Set<number>()
  for (let row = 0; row < columns.length; row++) {
    if (!isSoldEarly(columns, row, edges) || earlyBuys.has(columns.buy[row]!)) continue
    earlyBuys.add(columns.buy[row]!)
    sold.early++
    sold.units += buys.leastUnits(columns.buy[row]!)
    keepFew(sold.earlyRows, row)
  }
  if (firstRow === null) return sold
  for (let buy = 0; buy < buys.count; buy++) {
    if ((buys.facts[buy]! & (FACT.acknowledged | FACT.found)) === 0) continue
    const row = firstRow[buy]!
    if (!(columns.sentAtNs[row]! > edges.surelyClosedFromNs)) continue
    sold.late++
    sold.units += buys.leastUnits(buy)
    keepFew(sold.lateRows, row)
  }
  return sold
}

/** Row of each buy's attempt that was sent first. */
function firstRows(columns: SaleColumns): Uint32Array {
  const first = new Uint32Array(columns.buyCount)
  const sentAtNs = new Float64Array(columns.buyCount).fill(Number.POSITIVE_INFINITY)
  for (let row = 0; row < columns.length; row++) {
    const buy = columns.buy[row]!
    if (columns.kind[row] !== BUY || !wasSent(columns, row) || columns.sentAtNs[row]! >= sentAtNs[buy]!) continue
    sentAtNs[buy] = columns.sentAtNs[row]!
    first[buy] = row
  }
  return first
}

export interface NotOpenAnswers {
  readonly answers: number
  /** Given to buyers who came after the opening and were answered before the closing. */
  readonly unjustified: number
  readonly examples: readonly number[]
}

/** Without hours nobody can say whether such an answer was right. */
export function notOpenAnswers(columns: SaleColumns, edges: HourEdges | null): NotOpenAnswers {
  const found = { answers: 0, unjustified: 0, examples: [] as number[] }
  const code = columns.codes.indexOf(NOT_OPEN)
  if (code === -1) return found
  for (let row = 0; row < columns.length; row++) {
    if (columns.code[row] !== code || columns.outcome[row] !== REFUSED || columns.kind[row] !== BUY) continue
    found.answers++
    if (edges === null || columns.sentAtNs[row]! <= edges.surelyOpenFromNs) continue
    if (!(columns.completedAtNs[row]! < edges.surelyOpenUntilNs)) continue
    found.unjustified++
    if (found.examples.length < EXAMPLES) found.examples.push(row)
  }
  return found
}
