/** Who has how many units: by the ledger, or by what the history says of each buy. */
import { NO_BUY } from '../core/history.ts'
import type { LedgerOrder } from '../core/ledger.ts'
import { FACT } from './buys.ts'
import type { SaleCase } from './sale-case.ts'
import { NO_USER } from './sale-columns.ts'
import { mostUnitsOf } from './settlement.ts'

export interface Holdings {
  /** Units that a user surely has, by the number of the user. */
  readonly least: Float64Array
  /** Likewise for users who are in the ledger only, by user id. */
  readonly leastOfOthers: ReadonlyMap<string, number>
  /** Orders, or buys that surely sold, whose user is known. */
  readonly attributed: number
  /** Orders, or buys that may have sold, whose user nobody knows. */
  readonly unattributed: number
  /** Some user may have more than the limit once what is open is counted. */
  readonly mayExceed: boolean
}

/** An order that doesn't name its user is of whoever sent its request. */
export function holdingsInLedger(saleCase: SaleCase, limit: number): Holdings {
  const { settlement } = saleCase
  const holdings = unitsByUser(saleCase, ({ quantity }) => quantity)
  if (settlement.units === settlement.mostUnits) return { ...holdings, mayExceed: false }
  const { least: most, leastOfOthers: mostOfOthers } = unitsByUser(saleCase, mostUnitsOf)
  return { ...holdings, mayExceed: [...mostOfOthers.values(), ...most].some((units) => units > limit) }
}

function unitsByUser(
  { columns, buys, ledger, settlement }: SaleCase,
  unitsOf: (order: LedgerOrder) => number,
): Omit<Holdings, 'mayExceed'> {
  const least = new Float64Array(columns.userCount)
  const leastOfOthers = new Map<string, number>()
  const orders = ledger?.orders ?? []
  let unattributed = 0
  for (let i = 0; i < orders.length; i++) {
    const { userId } = orders[i]!
    const units = unitsOf(orders[i]!)
    const buy = settlement.buyOfOrder[i]!
    const sender = buy === NO_BUY ? NO_USER : buys.userOf(buy)
    const isSender = sender !== NO_USER && (userId === null || columns.userIdOf(sender) === userId)
    const user = isSender || userId === null ? sender : (columns.userOf(userId) ?? NO_USER)
    if (user !== NO_USER) least[user]! += units
    else if (userId === null) unattributed++
    else leastOfOthers.set(userId, (leastOfOthers.get(userId) ?? 0) + units)
  }
  return { least, leastOfOthers, attributed: orders.length - unattributed, unattributed }
}

export function holdingsInHistory({ columns, buys }: SaleCase, limit: number): Holdings {
  const least = new Float64Array(columns.userCount)
  const possible = new Float64Array(columns.userCount)
  let attributed = 0
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
    if ((facts & FACT.acknowledged) === 0) continue
    attributed++
    least[user]! += buys.leastUnits(buy)
  }
  const mayExceed = possible.some((units) => units > limit)
  return { least, leastOfOthers: new Map(), attributed, unattributed, mayExceed }
}
