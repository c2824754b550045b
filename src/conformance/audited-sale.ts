/** What the auditor found of one sale, held against what its buyers were told. */
import assert from 'node:assert/strict'
import type { Answer, BuyCall } from './client.ts'

/** What the auditor found of one sale; from the stores, never from the server. */
export interface AuditedSale {
  /** null: the store doesn't say. */
  readonly remainingStock: number | null
  readonly orders: readonly {
    readonly orderId: string
    readonly requestId: string | null
    readonly userId: string | null
    readonly quantity: number
  }[]
}

export interface Asked {
  readonly call: BuyCall
  readonly answer: Answer
}

/**
 * Every order that was told exists, and every order that exists was told, but for requests that got no definite answer:
 * on a slow machine the time of some is over before they are served.
 */
export function assertTold(asked: readonly Asked[], books: AuditedSale, about = ''): void {
  const told = new Set(asked.filter(({ answer }) => answer.status === 201).map(({ answer }) => answer.body['orderId']))
  const kept = new Set(books.orders.map(({ orderId }) => orderId))
  assert.deepEqual(
    [...told].filter((orderId) => !kept.has(orderId as string)),
    [],
    `${about}orders told and not kept`,
  )
  const open = new Set(
    asked.filter(({ answer }) => answer.body['effect'] === 'unknown').map(({ call }) => call.requestId),
  )
  const others = books.orders.filter(({ orderId, requestId }) => !told.has(orderId) && !open.has(requestId ?? ''))
  assert.deepEqual(
    others.map(({ requestId }) => requestId),
    [],
    `${about}orders kept and not told`,
  )
}

/** Of everybody who was refused. */
export function codesOf(asked: readonly Asked[]): ReadonlySet<string> {
  return new Set(asked.filter(({ answer }) => answer.status >= 400).map(({ answer }) => String(answer.body['code'])))
}
