/** The reference contract (wire.ts) as a protocol of buyers, for engines that know no other form. */
import type { BuyerProtocol, JsonScalar, Locator, OutcomeRule, RuledOutcome } from './buyer-protocol.ts'
import { IDEMPOTENCY_KEY_HEADER } from './wire.ts'

const CODE: Locator = { in: 'json', pointer: '/code' }
const EFFECT: Locator = { in: 'json', pointer: '/effect' }
const MAYBE_SOLD: readonly JsonScalar[] = ['unknown']

/** Definite only where the answer says so: a 4xx unless it says `effect: unknown`, a 5xx if it says `effect: none`. */
const OUTCOMES: readonly OutcomeRule[] = [
  rule({ from: 200, to: 201 }, [{ at: { in: 'json', pointer: '/orderId' }, is: { exists: true } }], {
    kind: 'sold',
    orderId: { in: 'json', pointer: '/orderId' },
  }),
  rule({ from: 400, to: 499 }, [{ at: EFFECT, is: { oneOf: MAYBE_SOLD } }], { kind: 'unknown', code: { at: CODE } }),
  rule({ from: 409, to: 409 }, [{ at: CODE, is: { oneOf: ['SOLD_OUT'] } }], { kind: 'soldOut' }),
  rule({ from: 409, to: 409 }, [{ at: CODE, is: { oneOf: ['LIMIT_EXCEEDED'] } }], { kind: 'limitReached' }),
  rule({ from: 400, to: 499 }, [], { kind: 'refused', code: { at: CODE } }),
  rule({ from: 500, to: 599 }, [{ at: EFFECT, is: { oneOf: ['none'] } }], { kind: 'refused', code: { at: CODE } }),
  rule({ from: 300, to: 399 }, [], { kind: 'unknown', code: 'HTTP_STATUS' }),
  rule({ from: 500, to: 599 }, [], { kind: 'unknown', code: { at: CODE } }),
].map((one, index) => ({ ...one, label: `contract ${index + 1}` }))

export const REFERENCE_PROTOCOL: BuyerProtocol = {
  buy: {
    method: 'POST',
    path: ['/v1/sales/', { value: 'sku', as: 'url' }, '/orders'],
    headers: [
      { name: 'content-type', value: ['application/json'] },
      { name: IDEMPOTENCY_KEY_HEADER, value: [{ value: 'requestId', as: 'plain' }] },
    ],
    body: [
      '{"userId":"',
      { value: 'userId', as: 'json-text' },
      '","quantity":',
      { value: 'quantity', as: 'json-value' },
      '}',
    ],
  },
  outcomes: OUTCOMES,
  read: {
    request: { method: 'GET', path: ['/v1/sales/', { value: 'sku', as: 'url' }], headers: [], body: null },
    status: [{ from: 200, to: 200 }],
    stock: { in: 'json', pointer: '/stock' },
  },
  poll: null,
}

function rule(
  status: { readonly from: number; readonly to: number },
  where: OutcomeRule['where'],
  then: RuledOutcome,
): Omit<OutcomeRule, 'label'> {
  return { status: [status], where, then }
}
