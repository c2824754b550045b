/** What a run counted of the work of its stores, as a gate compares it: per request, one kind of request at a time. Pure. */
import type { VisitWork, WorkStore } from '../../core/gate-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { workCounts } from '../../core/work-counts.ts'

const STORES: readonly WorkStore[] = ['sql', 'redis']

/** null: nothing was counted. */
export function workOf({ workAnOrder }: Pick<RunRecord, 'workAnOrder'>): readonly VisitWork[] | null {
  const counted = (workAnOrder ?? [])
    .map((probe) => ({
      probe,
      stores: STORES.filter((store) => probe[store] !== null && probe.requests === probe.sent),
    }))
    .filter(({ stores }) => stores.length > 0)
  if (counted.length === 0) return null
  return counted.map(({ probe, stores }) => ({
    kind: probe.kind,
    requests: probe.requests,
    stores,
    counts: workCounts(probe),
  }))
}
