/** One request of a buyer to a described target beside the load, as the load's own are: its values, and its answer. Pure. */
import type { BuyerIdentities } from '../core/buyer-protocol.ts'
import type { Answer } from '../core/locate.ts'
import { requestUuid } from '../core/request-uuid.ts'
import type { NamedValues } from '../core/target-access.ts'
import type { ReceivedAnswer } from '../load/protocol/index.ts'

export interface OneBuy {
  readonly sku: string
  /** From 0. */
  readonly user: number
  readonly requestIdPrefix: string
  readonly buy: number
}

export function requestIdOf({ requestIdPrefix, buy }: Pick<OneBuy, 'requestIdPrefix' | 'buy'>): string {
  return `${requestIdPrefix}${buy}`
}

/** What its templates are filled with. */
export function valuesOfBuy({ pool, userIdPrefix }: BuyerIdentities, one: OneBuy): NamedValues {
  const { sku, user, requestIdPrefix, buy } = one
  const columns = Object.entries(pool?.[user] ?? {}).map(([name, value]) => [`buyer.${name}`, value])
  return {
    ...(Object.fromEntries(columns) as Record<string, string>),
    sku,
    userNumber: user,
    userId: pool?.[user]?.['userId'] ?? `${userIdPrefix}${user}`,
    requestId: requestIdOf(one),
    requestUuid: requestUuid(requestIdPrefix, buy),
    quantity: 1,
  }
}

export function receivedAnswer(answer: Answer, requestId: string): ReceivedAnswer {
  const headers = {
    first: (name: string) => answer.header(name)[0] ?? null,
    setCookies: () => answer.header('set-cookie'),
  }
  return { status: answer.status, headers, body: answer.body, requestId }
}
