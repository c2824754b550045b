import { describe, expect, it } from 'vitest'
import type { BuyerProtocol, Escaping, TemplatePart } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import { REFERENCE_PROTOCOL } from '../../core/reference-protocol.ts'
import { buyOfRequestUuid } from '../../core/request-uuid.ts'
import type { DescribedTarget } from '../load-engine.ts'
import { createRequestWriter, type RequestWriter } from './request-writer.ts'
import { describedOf, request } from './testing/protocols.ts'

const put = (value: string, as: Escaping = 'plain'): TemplatePart => ({ value, as })
const ROW = { sale: 0, user: 4, buy: 7, quantity: 2 }

function writerOf(
  protocol: Partial<BuyerProtocol>,
  parts: Partial<DescribedTarget> = {},
  skus: readonly string[] = ['cherry pie'],
): RequestWriter {
  return createRequestWriter({
    described: describedOf(protocol, parts),
    basePath: '/shop',
    skus,
    requestIdPrefix: 'r-',
  })
}

describe('a written request', () => {
  it('is what the reference contract says, by its protocol', () => {
    const writer = writerOf(REFERENCE_PROTOCOL)
    expect(writer.buy(ROW)).toStrictEqual({
      method: 'POST',
      path: '/shop/v1/sales/cherry%20pie/orders',
      headers: { 'user-agent': 'doorbuster', 'content-type': 'application/json', 'idempotency-key': 'r-7' },
      body: '{"userId":"u4","quantity":2}',
    })
    expect(writer.read({ sale: 0, user: 4, row: 12 })).toStrictEqual({
      method: 'GET',
      path: '/shop/v1/sales/cherry%20pie',
      headers: { 'user-agent': 'doorbuster' },
      body: null,
    })
  })

  it('has a value for each placeholder', () => {
    const names = ['sku', 'userId', 'userNumber', 'requestId', 'quantity', 'env.KEY', 'buyer.session', 'ticket']
    const body = names.flatMap((name) => [put(name), ' '])
    const pool = Array.from({ length: 5 }, (_, n) => ({ userId: `id-${n}`, session: `s${n}` }))
    const writer = writerOf(
      {
        buy: request('POST', '/', { body }),
        poll: { request: request('GET', '/', { body }), everyMs: 1, deadlineMs: 1, outcomes: [] },
      },
      { secrets: { KEY: 'k-1' }, identities: { userIdPrefix: 'u', pool } },
    )
    expect(writer.buy(ROW).body).toBe('cherry pie id-4 4 r-7 2 k-1 s4  ')
    expect(writer.poll(ROW, 't-9').body).toBe('cherry pie id-4 4 r-7 2 k-1 s4 t-9 ')
  })

  it('asks where a ticket says that is itself a path', () => {
    const path = request('GET', '', { path: [put('ticket')] })
    const writer = createRequestWriter({
      described: describedOf({ poll: { request: path, everyMs: 1, deadlineMs: 1, outcomes: [] } }),
      origin: 'http://shop.test',
      basePath: '/shop',
      skus: ['cherry pie'],
      requestIdPrefix: 'r-',
    })
    expect(writer.poll(ROW, '/jobs/1').path).toBe('/shop/jobs/1')
    expect(writer.poll(ROW, 'http://shop.test/shop/jobs/1').path).toBe('/shop/jobs/1')
    expect(() => writer.poll(ROW, '@evil.test/')).toThrow(HarnessError)
  })

  it('names a user by prefix and number where the pool has no names', () => {
    const buy = request('POST', '/', { body: [put('userId')] })
    expect(writerOf({ buy }, { identities: { userIdPrefix: 'user:', pool: null } }).buy(ROW).body).toBe('user:4')
    const pool = Array.from({ length: 5 }, () => ({ session: 's' }))
    expect(writerOf({ buy }, { identities: { userIdPrefix: 'user:', pool } }).buy(ROW).body).toBe('user:4')
  })

  it('writes each value as its place wants it, also one that is the same for all', () => {
    const buy = request('POST', '/', {
      path: ['/', put('sku', 'url'), '?q=', put('env.KEY', 'url')],
      body: [
        '{"s":',
        put('sku', 'json-value'),
        ',"n":',
        put('quantity', 'json-value'),
        ',"k":"',
        put('env.KEY', 'json-text'),
        '"}',
      ],
    })
    const written = writerOf({ buy }, { secrets: { KEY: 'a"b&c' } }).buy(ROW)
    expect(written.path).toBe('/shop/cherry%20pie?q=a%22b%26c')
    expect(JSON.parse(written.body!)).toStrictEqual({ s: 'cherry pie', n: 2, k: 'a"b&c' })
  })

  it('takes the SKU of its sale', () => {
    const writer = writerOf({ buy: request('POST', '/', { path: ['/', put('sku', 'url')] }) }, {}, ['a', 'b'])
    expect([0, 1, 0].map((sale) => writer.buy({ ...ROW, sale }).path)).toStrictEqual(['/shop/a', '/shop/b', '/shop/a'])
  })

  it("prefers the request's own header to the target's, and both to ours", () => {
    const headers = [
      { name: 'user-agent', value: ['buyer'] },
      { name: 'x-a', value: ['target'] },
      { name: 'x-b', value: ['target'] },
    ]
    const buy = request('POST', '/', { headers: [{ name: 'x-b', value: ['own'] }] })
    expect(writerOf({ buy }, { headers }).buy(ROW).headers).toStrictEqual({
      'user-agent': 'buyer',
      'x-a': 'target',
      'x-b': 'own',
    })
  })

  it('has an id of its own each, that a ledger can be searched for', () => {
    const buy = request('POST', '/', { body: [put('requestUuid')] })
    const writer = writerOf({ buy, read: { request: buy, status: [], stock: { in: 'requestId' } } })
    expect(buyOfRequestUuid('r-', writer.buy(ROW).body!)).toBe(7)
    expect(writer.read({ sale: 0, user: 0, row: 7 }).body).not.toBe(writer.buy(ROW).body)
    expect(writer.sentRequestId(7)).toBe(writer.buy(ROW).body)
    expect(writerOf(REFERENCE_PROTOCOL).sentRequestId(7)).toBe('r-7')
  })
})

describe('a request writer', () => {
  const inHeader = (value: TemplatePart) => request('POST', '/', { headers: [{ name: 'x-key', value: [value] }] })
  const refusal = (act: () => unknown): HarnessError => {
    try {
      act()
    } catch (error) {
      if (error instanceof HarnessError && error.code === 'USAGE') return error
      throw error
    }
    throw new Error('nothing was refused')
  }

  it('refuses a value that would write a header of its own, without showing it', () => {
    const secrets = { KEY: 'secret\r\nx-admin: 1' }
    const { message, hint } = refusal(() => writerOf({ buy: inHeader(put('env.KEY')) }, { secrets }))
    expect(message).toBe("the header x-key would hold a character that can't stand there, such as a line break")
    expect(`${message} ${hint}`).not.toContain('secret')
    expect(writerOf({ buy: inHeader(put('env.KEY')) }, { secrets: { KEY: 'secret' } }).buy(ROW).headers).toMatchObject({
      'x-key': 'secret',
    })
  })

  it('refuses such a SKU in a header, and takes it in a path', () => {
    refusal(() => writerOf({ buy: inHeader(put('sku')) }, {}, ['a\nb']))
    const buy = request('POST', '/', { path: ['/', put('sku', 'url')] })
    expect(writerOf({ buy }, {}, ['a\nb']).buy(ROW).path).toBe('/shop/a%0Ab')
  })

  it('refuses a path with a blank', () => {
    expect(refusal(() => writerOf({ buy: request('POST', '/my orders') })).message).toContain('a path of POST')
  })

  it.each([
    ['env.KEY', 'the environment variable KEY, which is not set'],
    ['buyer.session', 'nothing stands for {{buyer.session}}'],
    ['stock', 'nothing stands for {{stock}}'],
  ])('refuses %s where there is none', (name, message) => {
    expect(refusal(() => writerOf({ buy: inHeader(put(name)) })).message).toContain(message)
  })
})
