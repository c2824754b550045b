/** The service's own ids as those of the history, where the buyers are known to it by other names. Pure. */
import type { BuyerIdentities } from '../../core/buyer-protocol.ts'
import { userIdOf } from '../../core/history.ts'
import { buyOfRequestUuid } from '../../core/request-uuid.ts'
import type { OrderNames } from './order-reader.ts'

/** What is in no form that the run sends stays as it is. */
export function orderNames({ userIdPrefix, pool }: BuyerIdentities, requestIdPrefix: string): OrderNames {
  const byPool = new Map<string, number>()
  for (const [number, { userId }] of (pool ?? []).entries()) if (userId !== undefined) byPool.set(userId, number)
  const ours = (theirs: string): number | undefined => byPool.get(theirs) ?? numberAfter(userIdPrefix, theirs)
  return {
    requestIdOf: (theirs) => {
      const buy = buyOfRequestUuid(requestIdPrefix, theirs)
      return buy === null ? theirs : requestIdPrefix + buy
    },
    userIdOf: (theirs) => {
      const number = ours(theirs)
      return number === undefined ? theirs : userIdOf(number)
    },
  }
}

/** undefined: it isn't the prefix with a plain number behind it. */
function numberAfter(prefix: string, text: string): number | undefined {
  if (!text.startsWith(prefix)) return undefined
  const rest = text.slice(prefix.length)
  return /^(?:0|[1-9]\d{0,9})$/.test(rest) ? Number(rest) : undefined
}
