/**
 * What a report draws of the history of one step: as many figures however many requests there were. Made by
 * src/run/digest-history.ts; times count from the start of the step.
 */
import type { OutcomeKind } from '../../core/operation.ts'

export interface StepDigest {
  /** Of the step, from 0. */
  readonly index: number
  /** How long the step went on: as planned, or until it was cut short. */
  readonly passedMs: number
  /** Length of each bucket, the same in all steps of a run. */
  readonly bucketMs: number
  /** By the moment at which requests were due, from the start of the step on. Retries are in none. */
  readonly buckets: readonly TimeBucket[]
  /** Response times of all that was sent, and by outcome. */
  readonly response: Distribution
  readonly responseByOutcome: Readonly<Partial<Record<OutcomeKind, Distribution>>>
  /** One a SKU, in the order of the step's sales. */
  readonly stock: readonly StockCurve[]
}

export interface TimeBucket {
  readonly outcomes: Readonly<Record<OutcomeKind, number>>
  /** Response times of what was due in it, ms; null: nothing was sent. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
}

export interface Distribution {
  readonly count: number
  /** From 0 up, as far as so many samples tell: beyond 99.9 % it takes a thousand. */
  readonly points: readonly { readonly quantile: number; readonly ms: number }[]
}

export interface StockCurve {
  readonly sku: string
  /** Units left by what buyers had been told at the end of each bucket; below zero: oversold. One more than buckets: the first is the opening. */
  readonly left: readonly number[]
  /** Lowest and highest stock that readers were shown in each bucket; null: nobody read. */
  readonly shown: readonly ({ readonly low: number; readonly high: number } | null)[]
}
