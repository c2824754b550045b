/**
 * Sales in which others buy too, and nobody knows what: which orders are surely theirs, and what of the checks stands
 * then. Theirs count against the stock; they are no buyer's second order, and no limit of ours is theirs.
 */
import type { CheckName, CheckResult } from '../core/check.ts'
import type { LedgerOrder, LedgerSnapshot } from '../core/ledger.ts'

/** Made from our orders alone: an order more can accuse there, one less can't. */
const OF_OUR_ORDERS: ReadonlySet<CheckName> = new Set(['exactly-once', 'per-user-limit'])
/** Checks that need every sale to be ours. */
const NOT_WITH_OTHERS: ReadonlySet<CheckName> = new Set(['nothing-invented', 'conservation'])
/** Checks that what others bought can explain: a pass is one all the same. */
const EXCUSED_BY_OTHERS: ReadonlySet<CheckName> = new Set([
  'never-negative',
  'justified-refusals',
  'sold-through',
  'linearizable',
  'stale-reads',
  'settled-cache',
])
const OUR_USER = /^u\d+$/

/** @param judge the same checks in the same order, whatever the ledgers */
export function judgeBesideOthers(
  judge: (ledgers: readonly LedgerSnapshot[] | null) => readonly CheckResult[],
  ledgers: readonly LedgerSnapshot[] | null,
  requestIdPrefix: string,
): CheckResult[] {
  const all = judge(ledgers)
  const ours = judge(ledgers?.map((ledger) => withoutOthers(ledger, requestIdPrefix)) ?? null)
  return all.map((found, index) => (OF_OUR_ORDERS.has(found.check) ? ours[index]! : withOthersSelling(found)))
}

function withoutOthers(ledger: LedgerSnapshot, requestIdPrefix: string): LedgerSnapshot {
  const isOfOurRequest = ({ requestId }: LedgerOrder): boolean => requestId?.startsWith(requestIdPrefix) === true
  const isOfOurUser = ({ userId }: LedgerOrder): boolean => userId === null || OUR_USER.test(userId)
  const isOurs = ledger.orders.some(isOfOurRequest) ? isOfOurRequest : isOfOurUser
  return { ...ledger, orders: ledger.orders.filter(isOurs) }
}

/** The same where nobody can tell which orders are ours: then no order that is one too many convicts. */
export function withOthersOrders(found: CheckResult): CheckResult {
  if (OF_OUR_ORDERS.has(found.check) && isTrouble(found)) return notCheckedForOthers(found)
  return withOthersSelling(found)
}

function withOthersSelling(found: CheckResult): CheckResult {
  if (NOT_WITH_OTHERS.has(found.check) || (EXCUSED_BY_OTHERS.has(found.check) && isTrouble(found))) {
    return notCheckedForOthers(found)
  }
  return found
}

function isTrouble({ verdict }: CheckResult): boolean {
  return verdict === 'fail' || verdict === 'unknown'
}

function notCheckedForOthers(found: CheckResult): CheckResult {
  const sentence = 'not checked: others sell from the same stock (shared: true)'
  return { ...found, verdict: 'not-checked', measured: null, allowed: null, sentence, evidence: [] }
}
