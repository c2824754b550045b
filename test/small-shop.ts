/**
 * A shop of a few lines, in the test's own process, so that a test can look into it and change its mind while it sells.
 * Right, unless it is told otherwise.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from './small-server.ts'

export interface ShopOrder {
  readonly id: string
  /** null: somebody who is none of ours. */
  readonly key: string | null
  readonly user: string
  readonly quantity: number
}

export interface ShopTerms {
  readonly stock: number
  readonly limit?: number
  /** Ids of orders that are old. */
  readonly soldBefore?: readonly string[]
  /** Called at each new order, before it is answered. */
  readonly onSale?: (shop: SmallShop) => void
}

export class SmallShop {
  left: number
  readonly orders: ShopOrder[]
  /** Requests that it was sent, as "POST /orders". */
  readonly asked: string[] = []
  readonly #limit: number
  readonly #onSale: (shop: SmallShop) => void

  constructor({ stock, limit = 2, soldBefore = [], onSale = () => undefined }: ShopTerms) {
    this.left = stock
    this.orders = soldBefore.map((id) => ({ id, key: `${id}-key`, user: 'u0', quantity: 1 }))
    this.#limit = limit
    this.#onSale = onSale
  }

  /** Somebody buys at the counter. */
  sellToPasserBy(): void {
    if (this.left === 0) return
    this.left--
    this.orders.push({ id: `o${this.orders.length + 1}`, key: null, user: 'passer-by', quantity: 1 })
  }

  readonly answer = (request: IncomingMessage & { readonly text: string }, response: ServerResponse): void => {
    this.asked.push(`${request.method} ${request.url}`)
    if (request.url === '/stock') json(response, { left: this.left })
    else if (request.method === 'GET') json(response, this.orders)
    else {
      const { status, body } = this.#buy(JSON.parse(request.text) as Omit<ShopOrder, 'id'>)
      json(response, body, status)
    }
  }

  #buy({ key, user, quantity }: Omit<ShopOrder, 'id'>): { status: number; body: object } {
    const known = this.orders.find((order) => order.key === key)
    if (known !== undefined) return { status: 200, body: known }
    const bought = this.orders.filter((order) => order.user === user && !order.key?.endsWith('-key'))
    if (bought.length + quantity > this.#limit) return { status: 409, body: { error: 'limit' } }
    if (this.left < quantity) return { status: 409, body: { error: 'sold out' } }
    this.left -= quantity
    const order = { id: `o${this.orders.length + 1}`, key, user, quantity }
    this.orders.push(order)
    this.#onSale(this)
    return { status: 201, body: order }
  }
}

/** Of a {@link SmallShop}, without what opens a sale. */
export function shopDescriptor(url: string, ...more: readonly string[]): string {
  return [
    'name: small-shop',
    `url: ${url}`,
    'promise: {sellsThrough: true}',
    'buy: {path: /orders, json: {user: "{{userId}}", key: "{{requestId}}", quantity: "{{quantity}}"}}',
    'outcomes:',
    '  - {status: 2xx, then: sold, orderId: /id}',
    '  - {status: 409, json: {/error: sold out}, then: soldOut}',
    '  - {status: 409, json: {/error: limit}, then: limitReached}',
    'read: {path: /stock, stock: /left}',
    ...more,
  ].join('\n')
}

export const WHOLE_LEDGER = [
  'ledger:',
  '  path: /orders',
  '  columns: {orderId: id, requestId: key, userId: user, quantity: quantity}',
  '  remaining: {path: /stock, stock: /left}',
].join('\n')
