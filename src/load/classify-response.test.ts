import { describe, expect, it } from 'vitest'
import { type AnsweredOutcome, classifyResponse } from './classify-response.ts'

function classify(kind: 'buy' | 'read', status: number, body: unknown): AnsweredOutcome {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const bytes = Buffer.from(`<${text}>`)
  return classifyResponse(kind, status, bytes, 1, bytes.length - 1)
}

const SOLD = { kind: 'sold', orderId: 'o-1' } as const
const NOT_UNDERSTOOD = { kind: 'unknown', code: 'NOT_UNDERSTOOD' } as const
const order = { orderId: 'o-1', status: 'confirmed', replayed: false }
const problem = (code: string, effect?: string): unknown => ({ type: 'urn:x', title: 'T', status: 0, code, effect })

type Row = readonly [what: string, status: number, body: unknown, outcome: AnsweredOutcome]

const BUYS: readonly Row[] = [
  ['a new order', 201, order, SOLD],
  ['a replayed order', 200, { ...order, replayed: true }, SOLD],
  ['an order with an id beyond ASCII', 201, { orderId: 'ö-1' }, { kind: 'sold', orderId: 'ö-1' }],
  ['an order in nested JSON', 201, { orderId: 'o-1', lines: [{ sku: 'a' }] }, SOLD],
  ['a success without an order', 201, { status: 'confirmed' }, NOT_UNDERSTOOD],
  ['a success with an empty order id', 201, { orderId: '' }, NOT_UNDERSTOOD],
  ['a success with a number for an order id', 201, { orderId: 7 }, NOT_UNDERSTOOD],
  ['a success with an order id of 256 bytes', 201, { orderId: 'x'.repeat(256) }, NOT_UNDERSTOOD],
  ['a success whose order id is only inherited', 201, '{"__proto__":{"orderId":"o-1"}}', NOT_UNDERSTOOD],
  ['a success that is no JSON', 200, '<html>', NOT_UNDERSTOOD],
  ['a success that is cut', 201, '{"orderId":"o-1"', NOT_UNDERSTOOD],
  ['a success that is a list', 201, '[{"orderId":"o-1"}]', NOT_UNDERSTOOD],
  ['a success without a body', 204, '', NOT_UNDERSTOOD],
  ['an order that is only accepted', 202, order, NOT_UNDERSTOOD],
  ['a redirect', 303, '', { kind: 'unknown', code: 'HTTP_303' }],
  ['sold out', 409, problem('SOLD_OUT', 'none'), { kind: 'soldOut' }],
  ['sold out that says nothing of its effect', 409, problem('SOLD_OUT'), { kind: 'soldOut' }],
  ['sold out that may have sold', 409, problem('SOLD_OUT', 'unknown'), { kind: 'unknown', code: 'SOLD_OUT' }],
  ['sold out under another status', 410, problem('SOLD_OUT', 'none'), { kind: 'refused', code: 'SOLD_OUT' }],
  ['the limit', 409, problem('LIMIT_EXCEEDED', 'none'), { kind: 'limitReached' }],
  ['a closed sale', 409, problem('SALE_CLOSED', 'none'), { kind: 'refused', code: 'SALE_CLOSED' }],
  [
    'an invalid request',
    422,
    problem('IDEMPOTENCY_KEY_REUSED', 'none'),
    { kind: 'refused', code: 'IDEMPOTENCY_KEY_REUSED' },
  ],
  ['too many requests', 429, '', { kind: 'refused', code: 'HTTP_429' }],
  ['a 4xx without a problem document', 404, '<html>', { kind: 'refused', code: 'HTTP_404' }],
  ['a 4xx with a code that is no code', 400, problem('a b'), { kind: 'refused', code: 'HTTP_400' }],
  ['a 4xx that may have sold', 408, problem('LATE', 'unknown'), { kind: 'unknown', code: 'LATE' }],
  ['a busy server', 503, problem('BUSY', 'none'), { kind: 'refused', code: 'BUSY' }],
  ['a server that ran out of time', 503, problem('TIMEOUT', 'unknown'), { kind: 'unknown', code: 'TIMEOUT' }],
  ['a 5xx that says nothing of its effect', 503, problem('BUSY'), { kind: 'unknown', code: 'BUSY' }],
  ['a 5xx without a problem document', 502, 'Bad Gateway', { kind: 'unknown', code: 'HTTP_502' }],
  ['a sold out with 503 and no effect', 503, problem('SOLD_OUT', 'none'), { kind: 'refused', code: 'SOLD_OUT' }],
  ['a status beyond HTTP', 600, order, NOT_UNDERSTOOD],
]

const READS: readonly Row[] = [
  ['the stock', 200, { sku: 'a', stock: 12 }, { kind: 'shown', stock: 12 }],
  ['a stock of nothing', 200, { stock: 0 }, { kind: 'shown', stock: 0 }],
  ['a stock below zero', 200, { stock: -4 }, { kind: 'shown', stock: -4 }],
  ['half a unit', 200, { stock: 1.5 }, NOT_UNDERSTOOD],
  ['a stock as text', 200, { stock: '12' }, NOT_UNDERSTOOD],
  ['a stock beyond 32 bits', 200, { stock: 2 ** 31 }, NOT_UNDERSTOOD],
  ['no stock', 200, { sku: 'a' }, NOT_UNDERSTOOD],
  ['a stock with 201', 201, { stock: 1 }, NOT_UNDERSTOOD],
  ['an unknown sale', 404, problem('SALE_NOT_FOUND', 'none'), { kind: 'refused', code: 'SALE_NOT_FOUND' }],
  ['a conflict', 409, problem('SOLD_OUT', 'none'), { kind: 'refused', code: 'SOLD_OUT' }],
  ['a server that failed', 500, problem('INTERNAL', 'unknown'), { kind: 'unknown', code: 'INTERNAL' }],
]

describe('what an answer says', () => {
  it.each(BUYS)('to a buy: %s', (_what, status, body, outcome) => {
    expect(classify('buy', status, body)).toStrictEqual(outcome)
  })

  it.each(READS)('to a read: %s', (_what, status, body, outcome) => {
    expect(classify('read', status, body)).toStrictEqual(outcome)
  })

  it('takes invalid UTF-8 for nothing', () => {
    const bytes = Buffer.concat([Buffer.from('{"orderId":"o'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(classifyResponse('buy', 201, bytes, 0, bytes.length)).toStrictEqual(NOT_UNDERSTOOD)
  })
})
