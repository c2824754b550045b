/**
 * One thing that a buyer did and what came of it. Times are nanoseconds since the run's origin on one monotonic clock,
 * held in a double: exact to the nanosecond for 104 days.
 */

type OperationKind = 'buy' | 'read'

/** Definite outcomes say what happened; `unknown` may have sold; `dropped` never left the generator. */
export type Outcome =
  | { readonly kind: 'sold'; readonly orderId: string | null }
  | { readonly kind: 'soldOut' }
  | { readonly kind: 'limitReached' }
  /** Surely not sold: BUSY, NOT_OPEN, 429, a refused connect, an error that says `effect: none`. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The answer to a read: units of stock as the target shows them. */
  | { readonly kind: 'shown'; readonly stock: number }
  /** A timeout, a reset, an answer cut short, a 5xx that doesn't say `effect: none`. */
  | { readonly kind: 'unknown'; readonly code: string }
  | { readonly kind: 'dropped'; readonly reason: string }

export type OutcomeKind = Outcome['kind']

export const OUTCOME_KINDS = [
  'sold',
  'soldOut',
  'limitReached',
  'refused',
  'shown',
  'unknown',
  'dropped',
] as const satisfies readonly OutcomeKind[]

export interface Operation {
  /** Position in the history of its step (or file), from 0. */
  readonly seq: number
  /** Index of the step, from 0; 0 for histories recorded elsewhere. */
  readonly stepIndex: number
  readonly sku: string
  readonly kind: OperationKind
  /** null when the recorder didn't say. */
  readonly userId: string | null
  /** Attempts that share it are one buy. null: a buy of its own. */
  readonly requestId: string | null
  /** 1 for the first attempt (and for both halves of a double click), more for retries. */
  readonly attempt: number
  /** Units asked for; 0 for a read. */
  readonly quantity: number
  /** Planned send time. Response time counts from here. */
  readonly scheduledAtNs: number
  /** Taken before the write; null when dropped. */
  readonly sentAtNs: number | null
  /** Taken after the parse (or at the timeout); null when no answer came. */
  readonly completedAtNs: number | null
  readonly outcome: Outcome
}
