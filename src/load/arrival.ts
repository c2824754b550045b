/**
 * What one row of a history means for the figures of its step: one definition for those of a step that has ended and for
 * what is told of it while it runs. Pure.
 */
import { NO_ANSWER } from '../core/failure-codes.ts'
import { type HistoryColumns, OUTCOME_CODES, OUTCOME_OPEN } from '../core/history.ts'
import type { OutcomeKind } from '../core/operation.ts'

export interface Arrival {
  /** Index into OUTCOME_CODES; a row that is still open was never sent, or never answered. */
  readonly outcome: number
  /** An attempt beyond a buyer's first: outside the plan. */
  readonly isRetry: boolean
  readonly wasSent: boolean
  /** Refused, unknown or dropped. */
  readonly isError: boolean
  /** Told how things stand, "not open" included. */
  readonly isAchieved: boolean
  readonly isNotOpen: boolean
  /** NaN like the next two, when it was never sent. */
  readonly latenessNs: number
  /** At least the time-out where no answer came. */
  readonly serviceNs: number
  readonly responseNs: number
}

/** Of a request that never left, where nobody says why. */
export const NOT_SENT = 'NOT_SENT'

const NOT_OPEN = 'NOT_OPEN'

export const ACHIEVED_KINDS: readonly OutcomeKind[] = ['sold', 'soldOut', 'limitReached', 'shown']
const IS_ACHIEVED = OUTCOME_CODES.map((kind) => ACHIEVED_KINDS.includes(kind))

const REFUSED = OUTCOME_CODES.indexOf('refused')
const UNKNOWN = OUTCOME_CODES.indexOf('unknown')
const DROPPED = OUTCOME_CODES.indexOf('dropped')

/** `timeoutNs`: what a request without an answer counts as, at least. */
export function readArrival(history: HistoryColumns, row: number, timeoutNs: number): Arrival {
  const scheduledAtNs = history.scheduledAtNs[row]!
  const sentAtNs = history.sentAtNs[row]!
  const wasSent = !Number.isNaN(sentAtNs)
  const outcome = outcomeOf(history, row, wasSent)
  const isError = outcome === REFUSED || outcome === UNKNOWN || outcome === DROPPED
  const completedAtNs = history.completedAtNs[row]!
  const least = isAnswered(history, row, isError) ? 0 : timeoutNs
  const until = Number.isNaN(completedAtNs) ? sentAtNs : completedAtNs
  return {
    outcome,
    isRetry: isRetry(history, row),
    wasSent,
    isError,
    isAchieved: isAchieved(history, row),
    isNotOpen: isNotOpen(history, row),
    latenessNs: sentAtNs - scheduledAtNs,
    serviceNs: Math.max(until - sentAtNs, least),
    responseNs: Math.max(until - scheduledAtNs, least),
  }
}

/** Why it was refused, unknown or dropped. */
export function codeOf(history: HistoryColumns, row: number, wasSent: boolean): string {
  return history.codes[history.code[row]!] || (wasSent ? NO_ANSWER : NOT_SENT)
}

export function isAchieved(history: HistoryColumns, row: number): boolean {
  return IS_ACHIEVED[history.outcome[row]!] === true || isNotOpen(history, row)
}

export function isRetry(history: HistoryColumns, row: number): boolean {
  return history.attempt[row]! > 1
}

function isNotOpen(history: HistoryColumns, row: number): boolean {
  return history.outcome[row] === REFUSED && history.codes[history.code[row]!] === NOT_OPEN
}

function outcomeOf(history: HistoryColumns, row: number, wasSent: boolean): number {
  const stored = history.outcome[row]!
  if (stored !== OUTCOME_OPEN) return stored
  return wasSent ? UNKNOWN : DROPPED
}

/** An error without a status line was no answer: a time-out, a cut or refused connection. */
function isAnswered(history: HistoryColumns, row: number, isError: boolean): boolean {
  if (Number.isNaN(history.completedAtNs[row]!) || history.outcome[row] === OUTCOME_OPEN) return false
  return !isError || history.httpStatus[row] !== 0
}
