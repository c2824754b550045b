/**
 * Whether a request makes the stores do something else than it did: a gate without statistics, where times would need
 * hundreds of visits to show a statement more.
 */
import type { VisitWork, WorkJudgement } from '../core/gate-record.ts'

/** What each visit of an arm counted; visits without counts are left out. */
export function changedWork(
  baseline: readonly (readonly VisitWork[])[],
  candidate: readonly (readonly VisitWork[])[],
): WorkJudgement {
  throw new RangeError(`${baseline.length} ${candidate.length}`)
}
