/**
 * What is judged, and what a judge gives back. Every SKU of every step is a sale of its own.
 */
import type { CheckResult, Evidence } from '../core/check.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { Operation } from '../core/operation.ts'
import type { TargetPromise } from '../core/promise.ts'

export interface SaleUnderJudgement {
  /** Index of the step, from 0; 0 for histories recorded elsewhere. */
  readonly stepIndex: number
  readonly sku: string
  /** Units at the opening. */
  readonly initialStock: number
  /** Units that one user may have; null: no limit. */
  readonly perUserLimit: number | null
  /** False when nobody said whether there is a limit: then `limitReached` can't be judged. True unless given. */
  readonly perUserLimitKnown?: boolean
  /** Why `limitReached` answers can't be judged and need no judging, in words that follow "for"; absent: they are. */
  readonly limitRefusalsExcused?: string
  /**
   * In these, history and ledger may have ids of different kinds, such as a public order number and a primary key: where
   * no order agrees in them, a difference proves nothing. None unless given.
   */
  readonly idsMayDiffer?: readonly ('user' | 'order id')[]
  /** False when nobody recorded how many units buyers asked for: each counts as one, and proves nothing. True unless given. */
  readonly quantitiesKnown?: boolean
  /** False when nobody recorded what buyers asked and were told: a ledger alone is judged. True unless given. */
  readonly hasHistory?: boolean
  /** When the sale is open; absent when nobody said. */
  readonly hours?: OpeningHours
  readonly promise: TargetPromise
  /** A request without an answer for so long is given up. The live sweep lags behind its watermark by so much. */
  readonly timeoutMs: number
  /** By how much the clock of a recorder may be wrong: every interval is widened by so much at both ends. */
  readonly clockErrorMs: number
}

/** Times on the clock of the history, ns since its origin. */
export interface OpeningHours {
  /** null: open from the beginning. */
  readonly opensAtNs: number | null
  /** null: open to the end. */
  readonly closesAtNs: number | null
  /** By how much these may be wrong: the target keeps them by a clock of its own. */
  readonly errorMs: number
}

export interface JudgementOptions {
  /** The target did not keep up: then what stayed unsold is no fault of the sale. */
  readonly saturated: boolean
  /**
   * In another sale of the same step something was sold: then one in which nothing was is not checked, where a step in
   * which nothing was sold at all is unknown. False unless given.
   */
  readonly soldElsewhere?: boolean
}

export interface SaleJudge {
  /** Takes operations in any order. One sent before what was already swept is counted as late. */
  feed(operation: Operation): void
  /**
   * Every operation that was completed by `watermarkNs` (ns since the run's origin) has been fed. What was sent more
   * than a request timeout before is swept, and {@link violation} speaks of it.
   */
  advance(watermarkNs: number): void
  /**
   * Why what was swept can't be right, from what buyers saw alone. null: right so far; or operations came late, and
   * nothing can be said.
   */
  violation(): Evidence | null
  /** Operations that came after their time had been swept. If there are any, no check of the history passes. */
  readonly lateOperations: number
  /** One result for each check, in the order of CHECKS. Judges everything fed, swept or not. May be asked again. */
  verdict(ledger: LedgerSnapshot | null, options: JudgementOptions): CheckResult[]
}
