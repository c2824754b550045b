/** What a run counted of the work of its stores, as a gate compares it: per request, one kind of request at a time. */
import type { VisitWork } from '../../core/gate-record.ts'
import type { RunRecord } from '../../core/run-record.ts'

/** null: nothing was counted. */
export function workOf(_record: RunRecord): readonly VisitWork[] | null {
  return null
}
