/** What target and stores have done so far, so that the difference of two readings is the work of what lies between. */
import type { WorkTotals } from '../core/work-record.ts'
import { type StoreCounts, storeWorkBetween } from '../services/index.ts'

export interface WorkReading {
  /** The target's own since it started; null: it did not tell. */
  readonly counters: Readonly<Record<string, number>> | null
  readonly stores: StoreCounts
}

/** `pending`: what was still to be done at the second reading, in a sentence; null: nothing. */
export function workBetween(before: WorkReading, after: WorkReading, pending: string | null): WorkTotals {
  const { sql, redis, notCounted } = storeWorkBetween(before.stores, after.stores)
  const areCounted = before.counters !== null && after.counters !== null
  return {
    counters: areCounted ? countersBetween(before.counters, after.counters) : {},
    sql,
    redis,
    notCounted: [
      ...notCounted,
      ...(areCounted ? [] : [NO_COUNTERS]),
      ...(pending === null ? [] : [`what was still pending: ${pending}`]),
    ],
  }
}

/** Where nobody says more of what is pending. */
export const NOT_SETTLED = 'the target had not settled'

const NO_COUNTERS = "the target's own counters: it did not tell them"

type Counters = NonNullable<WorkReading['counters']>

function countersBetween(before: Counters, after: Counters): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]))
}
