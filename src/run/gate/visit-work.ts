/** What a run counted of the work of its stores, as a gate compares it: per request, one kind of request at a time. Pure. */
import type { VisitWork } from '../../core/gate-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { workCounts } from '../../core/work-counts.ts'

/** null: nothing was counted. */
export function workOf({ workAnOrder }: Pick<RunRecord, 'workAnOrder'>): readonly VisitWork[] | null {
  const counted = (workAnOrder ?? []).filter(({ sql, redis }) => sql !== null || redis !== null)
  if (counted.length === 0) return null
  return counted.map((probe) => ({ kind: probe.kind, requests: probe.requests, counts: workCounts(probe) }))
}
