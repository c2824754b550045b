/** No user has more units than the limit: by the ledger, or, without one, by what each was surely sold. */
import type { Evidence } from '../core/check.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { FACT } from './buys.ts'
import { EXAMPLES } from './refusal-watch.ts'
import { type Check, type Finding, NOT_SETTLED, notChecked, operationsOf, type SaleCase } from './sale-case.ts'
import { NO_USER } from './sale-columns.ts'

export const checkPerUserLimit: Check = (saleCase) => {
  const { perUserLimit: limit, perUserLimitKnown } = saleCase.sale
  if (limit === null) {
    return notChecked('users', perUserLimitKnown === false ? 'no limit was given' : 'the sale has no limit per user')
  }
  const holdings = saleCase.settlement.given ? holdingsInLedger(saleCase) : holdingsInHistory(saleCase)
  if (holdings.least.size === 0 && holdings.unattributed > 0) {
    return notChecked('users', 'nobody recorded which user an order is of')
  }
  const over = [...holdings.least].filter(([, units]) => units > limit)
  const most = [...holdings.least.values()].reduce((max, units) => Math.max(max, units), 0)
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

interface Holdings {
  /** Units that a user surely has, by user id. */
  readonly least: ReadonlyMap<string, number>
  /** Some user may have more than the limit once what is open is counted. */
  readonly mayExceed: boolean
  /** Orders, or buys that may have sold, whose user nobody knows. */
  readonly unattributed: number
}

function doubtAbout({ settlement }: SaleCase, holdings: Holdings, limit: number): string | null {
  if (settlement.given && !settlement.settled) return NOT_SETTLED
  if (holdings.unattributed > 0) return `nobody recorded the user of ${formatQuantity(holdings.unattributed, 'order')}`
  if (holdings.mayExceed) {
    return `with requests that had no answer a user may have more than ${formatQuantity(limit, 'unit')}, and no ledger was given`
  }
  return null
}

function holdingsInLedger({ columns, buys, ledger }: SaleCase): Holdings {
  const least = new Map<string, number>()
  let unattributed = 0
  for (const { userId, requestId, quantity } of ledger!.orders) {
    const buy = userId === null && requestId !== null ? columns.buyOf(requestId) : undefined
    const user = buy === undefined ? NO_USER : buys.userOf(buy)
    const owner = userId ?? (user === NO_USER ? null : columns.userIdOf(user))
    if (owner === null) unattributed++
    else least.set(owner, (least.get(owner) ?? 0) + quantity)
  }
  return { least, mayExceed: false, unattributed }
}

function holdingsInHistory({ columns, buys, sale }: SaleCase): Holdings {
  const sure = new Float64Array(columns.userCount)
  const possible = new Float64Array(columns.userCount)
  let unattributed = 0
  for (let buy = 0; buy < buys.count; buy++) {
    const facts = buys.facts[buy]!
    if ((facts & (FACT.acknowledged | FACT.unanswered)) === 0) continue
    const user = buys.userOf(buy)
    if (user === NO_USER) {
      unattributed++
      continue
    }
    possible[user]! += buys.mostUnits(buy)
    if ((facts & FACT.acknowledged) !== 0) sure[user]! += buys.leastUnits(buy)
  }
  const least = new Map<string, number>()
  sure.forEach((units, user) => {
    if (units > 0) least.set(columns.userIdOf(user), units)
  })
  return { least, mayExceed: possible.some((units) => units > sale.perUserLimit!), unattributed }
}

function stories(saleCase: SaleCase, users: readonly (readonly [string, number])[]): Evidence[] {
  const rowsOf = new Map<number, number[]>()
  for (const [userId] of users) {
    const user = saleCase.columns.userOf(userId)
    if (user !== undefined) rowsOf.set(user, [])
  }
  const { columns } = saleCase
  for (let row = 0; row < columns.length; row++) {
    if (columns.buy[row]! < columns.buyCount && isSold(saleCase, row)) rowsOf.get(columns.user[row]!)?.push(row)
  }
  return users.map(([userId, units]) => ({
    sentence: `user ${userId} has ${formatQuantity(units, 'unit')}, the limit is ${formatCount(saleCase.sale.perUserLimit ?? 0)}`,
    operations: operationsOf(saleCase, rowsOf.get(columns.userOf(userId) ?? NO_USER) ?? []),
  }))
}

function isSold({ columns, buys }: SaleCase, row: number): boolean {
  return (buys.facts[columns.buy[row]!]! & (FACT.acknowledged | FACT.found)) !== 0
}
