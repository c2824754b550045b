/** No user has more units than the limit: by the ledger, or, without one, by what each was surely sold. */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { FACT } from './buys.ts'
import { type Holdings, holdingsInHistory, holdingsInLedger } from './holdings.ts'
import { EXAMPLES } from './refusal-watch.ts'
import {
  type Check,
  type Finding,
  NOT_SETTLED,
  notChecked,
  operationsOf,
  type SaleCase,
  UNITS_UNSAID,
  USER_IDS_WANTED,
} from './sale-case.ts'
import { BUY, NO_USER } from './sale-columns.ts'
import { wasSent } from './timeline.ts'

export const checkPerUserLimit: Check = (saleCase) => {
  const { perUserLimit: limit, perUserLimitKnown, limitRefusalsExcused = 'no limit was given' } = saleCase.sale
  if (limit === null) {
    return notChecked('users', perUserLimitKnown === false ? limitRefusalsExcused : 'the sale has no limit per user')
  }
  const holdings = saleCase.settlement.given ? holdingsInLedger(saleCase, limit) : holdingsInHistory(saleCase, limit)
  if (holdings.attributed === 0 && holdings.unattributed > 0) {
    return notChecked('users', `nobody recorded which user an order is of; ${wantedIds(saleCase)}`)
  }
  const over = usersOver(saleCase, holdings, limit)
  const most = holdings.least.reduce((most, units) => Math.max(most, units), over[0]?.[1] ?? 0)
  const finding = { measured: over.length, allowed: 0, unit: 'users', details: { limit, mostUnitsOfOneUser: most } }
  if (over.length > 0) {
    const have = over.length === 1 ? 'has' : 'have'
    const sentence = `${formatQuantity(over.length, 'user')} ${have} more than ${formatQuantity(limit, 'unit')}: up to ${formatCount(most)}`
    return { ...finding, verdict: 'fail', sentence, evidence: stories(saleCase, over.slice(0, EXAMPLES)) }
  }
  const doubt = doubtAbout(saleCase, holdings, limit)
  if (doubt !== null)
    return { ...finding, measured: null, verdict: 'unknown', sentence: `unknown: ${doubt}` } satisfies Finding
  return { ...finding, verdict: 'pass', sentence: `no user has more than ${formatQuantity(limit, 'unit')}` }
}

/** Those with the most units first. */
function usersOver({ columns }: SaleCase, holdings: Holdings, limit: number): (readonly [string, number])[] {
  const over = [...holdings.leastOfOthers].filter(([, units]) => units > limit)
  holdings.least.forEach((units, user) => {
    if (units > limit) over.push([columns.userIdOf(user), units])
  })
  return over.sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))
}

function doubtAbout(saleCase: SaleCase, holdings: Holdings, limit: number): string | null {
  const { settlement } = saleCase
  if (settlement.given && !settlement.settled) return NOT_SETTLED
  if (holdings.unattributed > 0) {
    return `nobody recorded the user of ${formatQuantity(holdings.unattributed, 'order')}; ${wantedIds(saleCase)}`
  }
  if (holdings.mayExceed && settlement.given) return UNITS_UNSAID
  if (holdings.mayExceed) {
    return `with requests that had no answer a user may have more than ${formatQuantity(limit, 'unit')}, and no ledger was given`
  }
  return null
}

function wantedIds({ settlement }: SaleCase): string {
  return settlement.given ? USER_IDS_WANTED : 'give the lines of the history their "userId"'
}

function stories(saleCase: SaleCase, users: readonly (readonly [string, number])[]): Evidence[] {
  const rowsOf = new Map<number, number[]>()
  for (const [userId] of users) {
    const user = saleCase.columns.userOf(userId)
    if (user !== undefined) rowsOf.set(user, [])
  }
  const { columns } = saleCase
  for (let row = 0; row < columns.length; row++) {
    if (columns.kind[row] === BUY && wasSent(columns, row) && isSold(saleCase, row))
      rowsOf.get(columns.user[row]!)?.push(row)
  }
  return users.map(([userId, units]) => ({
    sentence: `user ${userId} has ${formatQuantity(units, 'unit')}, the limit is ${formatCount(saleCase.sale.perUserLimit ?? 0)}`,
    operations: operationsOf(saleCase, rowsOf.get(columns.userOf(userId) ?? NO_USER) ?? []),
  }))
}

function isSold({ columns, buys }: SaleCase, row: number): boolean {
  return (buys.facts[columns.buy[row]!]! & (FACT.acknowledged | FACT.found)) !== 0
}
