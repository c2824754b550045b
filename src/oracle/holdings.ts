/** Who has how many units: by the ledger, or by what the history says of each buy. */
import { FACT } from './buys.ts'
import type { SaleCase } from './sale-case.ts'
import { NO_USER } from './sale-columns.ts'

export interface Holdings {
  /** Units that a user surely has, by user id. */
  readonly least: ReadonlyMap<string, number>
  /** Some user may have more than the limit once what is open is counted. */
  readonly mayExceed: boolean
  /** Orders, or buys that may have sold, whose user nobody knows. */
  readonly unattributed: number
}

/** An order that doesn't name its user is of whoever sent its request. */
export function holdingsInLedger({ columns, buys, ledger }: SaleCase): Holdings {
  const least = new Map<string, number>()
  let unattributed = 0
  for (const { userId, requestId, quantity } of ledger?.orders ?? []) {
    const buy = userId === null && requestId !== null ? columns.buyOf(requestId) : undefined
    const user = buy === undefined ? NO_USER : buys.userOf(buy)
    const owner = userId ?? (user === NO_USER ? null : columns.userIdOf(user))
    if (owner === null) unattributed++
    else least.set(owner, (least.get(owner) ?? 0) + quantity)
  }
  return { least, mayExceed: false, unattributed }
}

export function holdingsInHistory({ columns, buys }: SaleCase, limit: number): Holdings {
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
  return { least, mayExceed: possible.some((units) => units > limit), unattributed }
}
