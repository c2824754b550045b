/** What a call of several parts does to its store: what the strongest of them does. Pure. */
import type { StoreCall } from '../store-call.ts'

export type Access = StoreCall['access']

const STRENGTH: Readonly<Record<Access, number>> = { nothing: 0, read: 1, write: 2 }

/** `nothing` of none. */
export function strongest(accesses: Iterable<Access>): Access {
  let found: Access = 'nothing'
  for (const access of accesses) if (STRENGTH[access] > STRENGTH[found]) found = access
  return found
}
