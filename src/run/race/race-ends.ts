/** How the orders of one search or of several ended, most of them first, in the words of a record. */
import type { CheckName } from '../../core/check.ts'
import type { RaceEnd } from '../../core/race-record.ts'
import type { Search } from '../../race/search/index.ts'

/** Ends that are kept in a record. */
const MOST_ENDS = 200

export function endsOf(...searches: readonly Pick<Search, 'ends'>[]): RaceEnd[] {
  const all = new Map<string, RaceEnd>()
  for (const { end, failed, orders } of searches.flatMap(({ ends }) => ends)) {
    const key = JSON.stringify([end, failed])
    const before = all.get(key)?.orders ?? 0
    all.set(key, { sentence: end, failed: failed as readonly CheckName[], orders: before + orders })
  }
  return [...all.values()].toSorted((a, b) => b.orders - a.orders).slice(0, MOST_ENDS)
}
