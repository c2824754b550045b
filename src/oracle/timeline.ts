/**
 * Walks a history by time: what was sent and what was answered, each at its moment. Rows may stand in any order; the
 * memory it takes is that of the disorder and of the requests in flight, not of the history.
 */
import { DROPPED, LIMIT_REACHED, type SaleColumns, SHOWN, SOLD, SOLD_OUT } from './sale-columns.ts'
import { RowHeap } from './min-heaps.ts'

export interface TimelineVisitor {
  /** A request was sent; `atNs` is the earliest moment that the clocks allow. */
  invoked(row: number, atNs: number): void
  /** An answer that says something about the stock or a limit came; `atNs` is the latest moment that the clocks allow. */
  returned(row: number, atNs: number): void
}

const ROWS_PER_BLOCK = 4_096

/**
 * Where a moment holds both, requests come before answers: intervals are closed, so that a tie can excuse and never
 * accuse. `marginNs` widens every interval at both ends.
 */
export function walkTimeline(columns: SaleColumns, marginNs: number, visitor: TimelineVisitor): void {
  const { length } = columns
  const earliestAfter = earliestSentAfterBlocks(columns)
  const waiting = new RowHeap()
  const inFlight = new RowHeap()
  const deliver = (row: number): void => {
    const atNs = columns.sentAtNs[row]! - marginNs
    returnBefore(inFlight, atNs, visitor)
    visitor.invoked(row, atNs)
    if (isTellingAnswer(columns, row)) inFlight.push(columns.completedAtNs[row]! + marginNs, row)
  }
  for (let start = 0, block = 0; start < length; start += ROWS_PER_BLOCK, block++) {
    const end = Math.min(start + ROWS_PER_BLOCK, length)
    for (let row = start; row < end; row++) {
      if (wasSent(columns, row)) waiting.push(columns.sentAtNs[row]!, row)
    }
    const bound = earliestAfter[block]!
    while (waiting.leastKey <= bound && waiting.size > 0) deliver(waiting.pop())
  }
  returnBefore(inFlight, Number.POSITIVE_INFINITY, visitor)
}

/** An answer without a time, or none at all, is no event: it says nothing about any moment. */
export function isTellingAnswer(columns: Pick<SaleColumns, 'outcome' | 'completedAtNs'>, row: number): boolean {
  const outcome = columns.outcome[row]!
  const tells = outcome === SOLD || outcome === SOLD_OUT || outcome === LIMIT_REACHED || outcome === SHOWN
  return tells && !Number.isNaN(columns.completedAtNs[row]!)
}

export function wasSent(columns: Pick<SaleColumns, 'outcome' | 'sentAtNs'>, row: number): boolean {
  return columns.outcome[row]! !== DROPPED && !Number.isNaN(columns.sentAtNs[row]!)
}

function returnBefore(inFlight: RowHeap, atNs: number, visitor: TimelineVisitor): void {
  while (inFlight.leastKey < atNs) {
    const returnedAtNs = inFlight.leastKey
    visitor.returned(inFlight.pop(), returnedAtNs)
  }
}

/** Element b: the earliest moment at which a row behind block b was sent. */
function earliestSentAfterBlocks(columns: SaleColumns): Float64Array {
  const blocks = Math.ceil(columns.length / ROWS_PER_BLOCK)
  const earliest = new Float64Array(blocks)
  let least = Number.POSITIVE_INFINITY
  for (let block = blocks - 1; block >= 0; block--) {
    earliest[block] = least
    const start = block * ROWS_PER_BLOCK
    const end = Math.min(start + ROWS_PER_BLOCK, columns.length)
    for (let row = start; row < end; row++) {
      // False for NaN.
      if (columns.sentAtNs[row]! < least) least = columns.sentAtNs[row]!
    }
  }
  return earliest
}
