/** How the orders of a search ended, most of them first, in the words of a record. */
import type { CheckName } from '../../core/check.ts'
import type { RaceEnd } from '../../core/race-record.ts'
import type { Search } from '../../race/search/index.ts'

/** Ends that are kept in a record. */
const MOST_ENDS = 200

export function endsOf(ends: Search['ends']): RaceEnd[] {
  const kept = ends.slice(0, MOST_ENDS)
  return kept.map(({ end, failed, orders }) => ({ sentence: end, failed: failed as readonly CheckName[], orders }))
}
