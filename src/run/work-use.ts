/** What target and stores have done so far, so that the difference of two readings is the work of what lies between. */
import type { WorkTotals } from '../core/work-record.ts'
import { type StoreCounts, storeWorkBetween } from '../services/index.ts'

export interface WorkReading {
  /** The target's own since it started. */
  readonly counters: Readonly<Record<string, number>>
  readonly stores: StoreCounts
}

/** `settled`: whether nothing was pending any more at the second reading. */
export function workBetween(before: WorkReading, after: WorkReading, settled: boolean): WorkTotals {
  const { sql, redis, notCounted } = storeWorkBetween(before.stores, after.stores)
  return {
    counters: countersBetween(before.counters, after.counters),
    sql,
    redis,
    notCounted: settled ? notCounted : [...notCounted, 'what was still pending: the target had not settled'],
  }
}

function countersBetween(before: WorkReading['counters'], after: WorkReading['counters']): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]))
}
