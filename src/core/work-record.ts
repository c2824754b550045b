/**
 * What stores were made to do: counts, which are the same on any machine and at any hour, where times are not. One
 * statement more an order is seen in them when it hides in the noise of every time.
 */

/** Of many requests together. A part is null where it was not counted: `notCounted` says why. */
export interface WorkTotals {
  /** The target's own counters: retries, batches, cacheHits, ... */
  readonly counters: Readonly<Record<string, number>>
  readonly sql: SqlWork | null
  readonly redis: RedisWork | null
  /** A sentence each. */
  readonly notCounted: readonly string[]
}

export interface SqlWork {
  /** What clients asked for, by its text; of what was asked most, first. */
  readonly statements: readonly SqlStatementWork[]
  /** Statements that functions and triggers ran on their behalf, likewise. */
  readonly nested: readonly SqlStatementWork[]
  /** Each statement of a client is one; null where clients open some by BEGIN: others may stand outside of these. */
  readonly transactions: number | null
  /** Of the whole server: commits, page images and what it does for itself are in them. */
  readonly walBytes: number
  /** Written by the statements; a commit's own is not among them. */
  readonly walRecords: number
}

export interface SqlStatementWork {
  /** On one line, `$1` in the place of values, without the name of a run's schema. */
  readonly text: string
  readonly calls: number
  /** Returned or changed. */
  readonly rows: number
}

export interface RedisWork {
  /**
   * Calls by command, in lower case; those of scripts among them, those that open and watch connections (HELLO, AUTH,
   * SELECT, CLIENT, INFO) not.
   */
  readonly commands: Readonly<Record<string, number>>
  /** By the server. */
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** What a buyer may ask for that costs something else each time. */
export const REQUEST_KINDS = ['sold', 'soldOut', 'replayed', 'read'] as const

export type RequestKind = (typeof REQUEST_KINDS)[number]

/** Work of one kind of request, sent one after the other with nothing else going on. */
export interface ProbedWork extends WorkTotals {
  readonly kind: RequestKind
  /** The totals are of so many. */
  readonly sent: number
  /** So many of them were answered as their kind is. */
  readonly requests: number
}

/** One count per request: `sql: UPDATE stock SET ...` -> 1. Names are unique; the same in every run. */
export interface WorkCount {
  readonly name: string
  readonly perRequest: number
}
