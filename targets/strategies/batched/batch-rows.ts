/** A batch as the values of its statement, and the statement's rows as the answers. Pure. */
import type { Row } from '../../storage/postgres.ts'
import type { BuyRequest, BuyResult } from '../buy.ts'

/** The requests of one sale, in the order they came, each with the order id it gets if it is sold. */
export interface SaleGroup {
  readonly sku: string
  readonly requests: readonly BuyRequest[]
  readonly orderIds: readonly string[]
}

/** `members`: the places in the batch that a group's requests have. */
export interface PlacedGroup extends SaleGroup {
  readonly members: readonly number[]
}

/** By sale, sorted by SKU byte by byte, as every other process sorts them. */
export function groupBySale(requests: readonly BuyRequest[], nextOrderId: () => string): PlacedGroup[] {
  const groups = new Map<string, { sku: string; requests: BuyRequest[]; orderIds: string[]; members: number[] }>()
  for (const [place, request] of requests.entries()) {
    let group = groups.get(request.sku)
    if (group === undefined) {
      group = { sku: request.sku, requests: [], orderIds: [], members: [] }
      groups.set(request.sku, group)
    }
    group.requests.push(request)
    group.orderIds.push(nextOrderId())
    group.members.push(place)
  }
  return [...groups.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1))
}

/** One array a column, one entry a sale; ids hold no spaces. */
export function batchValues(groups: readonly SaleGroup[]): unknown[] {
  return [
    groups.map(({ sku }) => sku),
    groups.map(({ orderIds }) => orderIds.join(' ')),
    groups.map(({ requests }) => requests.map(({ requestId }) => requestId).join(' ')),
    groups.map(({ requests }) => requests.map(({ userId }) => userId).join(' ')),
    groups.map(({ requests }) => requests.map(({ quantity }) => quantity).join(' ')),
    groups.map(({ requests }) => areDistinct(requests)),
  ]
}

function areDistinct(requests: readonly BuyRequest[]): boolean {
  const ids = new Set<string>()
  const users = new Set<string>()
  for (const { requestId, userId } of requests) {
    ids.add(requestId)
    users.add(userId)
  }
  return ids.size === requests.length && users.size === requests.length
}

const REFUSALS: Readonly<Record<string, BuyResult>> = {
  o: { kind: 'soldOut' },
  l: { kind: 'limitExceeded' },
  k: { kind: 'keyReused' },
  c: { kind: 'saleClosed' },
  n: { kind: 'saleNotFound' },
}

/** The answers to one group, from its row: a letter for each request or one for all, and the orders of the replayed. */
export function answersOf({ orderIds }: SaleGroup, [outcomes, earlier]: Row): BuyResult[] {
  const letters = outcomes as string
  const replayed = earlier === null ? [] : (earlier as string).split(' ')
  let replays = 0
  return orderIds.map((orderId, place) => {
    const letter = letters.length === 1 ? letters : letters[place]!
    if (letter === 's') return { kind: 'sold', orderId, replayed: false }
    if (letter === 'r') return { kind: 'sold', orderId: replayed[replays++]!, replayed: true }
    const refusal = REFUSALS[letter]
    if (refusal === undefined) throw new Error(`the batch answered "${letter}"`)
    return refusal
  })
}
