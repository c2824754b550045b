/** How the orders of a search ended, most of them first, in the words of a record. */
import type { CheckName } from '../../core/check.ts'
import type { RaceEnd } from '../../core/race-record.ts'
import type { Search } from '../../race/search/index.ts'

/** Ends that are kept in a record. */
const MOST_ENDS = 200

export function endsOf(ends: Search['ends']): RaceEnd[] {
  return [...ends]
    .map(([sentence, { orders, failed }]) => ({ sentence, orders, failed: failed as readonly CheckName[] }))
    .toSorted((a, b) => b.orders - a.orders || (a.sentence < b.sentence ? -1 : 1))
    .slice(0, MOST_ENDS)
}
