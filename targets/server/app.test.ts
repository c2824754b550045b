/** Every answer of the HTTP face, over a strategy that says what the test wants. */
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { PROBLEMS } from '../../src/core/wire.ts'
import { StoreFailure } from '../storage/store-failure.ts'
import type { Attempt, BuyResult } from '../strategies/strategy.ts'
import { AUTHORIZED, BUY, OPEN, problemOf, type TestAppOptions, testApp } from './testing/test-app.ts'

const started: FastifyInstance[] = []

async function appWith(options: TestAppOptions = {}): Promise<FastifyInstance> {
  const { app } = await testApp(options)
  started.push(app)
  return app
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((app) => app.close()))
})

const never = new Promise<never>(() => {})

describe('a buy', () => {
  it('is answered 201 when it is new and 200 with the same order when it is a retry', async () => {
    const results: BuyResult[] = [
      { kind: 'sold', orderId: 'o-1', replayed: false },
      { kind: 'sold', orderId: 'o-1', replayed: true },
    ]
    const app = await appWith({ script: { buy: async () => results.shift()! } })
    const first = await app.inject(BUY)
    expect([first.statusCode, first.json()]).toEqual([201, { orderId: 'o-1', status: 'confirmed', replayed: false }])
    const second = await app.inject(BUY)
    expect([second.statusCode, second.json()]).toEqual([200, { orderId: 'o-1', status: 'confirmed', replayed: true }])
  })

  it.each([
    ['soldOut', 'SOLD_OUT'],
    ['limitExceeded', 'LIMIT_EXCEEDED'],
    ['keyReused', 'IDEMPOTENCY_KEY_REUSED'],
    ['saleNotFound', 'SALE_NOT_FOUND'],
    ['saleClosed', 'SALE_CLOSED'],
    ['busy', 'BUSY'],
  ] as const)('%s is the problem %s, which surely sold nothing', async (kind, code) => {
    const app = await appWith({ script: { buy: async () => ({ kind }) } })
    expect(await problemOf(app, BUY)).toEqual({ status: PROBLEMS[code].status, code, effect: 'none' })
  })

  it('reaches the strategy with what was sent and nothing else', async () => {
    const seen: unknown[] = []
    const app = await appWith({
      script: {
        async buy(request) {
          seen.push(request)
          return { kind: 'soldOut' }
        },
      },
    })
    await app.inject(BUY)
    expect(seen).toEqual([{ sku: 'sku-1', userId: 'u1', requestId: 'request-1', quantity: 1 }])
  })

  it.each<[string, InjectOptions]>([
    ['without Idempotency-Key', { ...BUY, headers: { 'content-type': 'application/json' } }],
    ['with a quote in the Idempotency-Key', { ...BUY, headers: { ...BUY.headers, 'idempotency-key': "a'" } }],
    ['with a brace in the SKU', { ...BUY, url: '/v1/sales/%7Bsku%7D/orders' }],
    ['with a semicolon in the user', { ...BUY, payload: '{"userId":"u;1","quantity":1}' }],
    ['with a user of 65 characters', { ...BUY, payload: `{"userId":"${'u'.repeat(65)}","quantity":1}` }],
    ['with a quantity of 0', { ...BUY, payload: '{"userId":"u1","quantity":0}' }],
    ['with a quantity of 1,001', { ...BUY, payload: '{"userId":"u1","quantity":1001}' }],
    ['with a quantity in quotes', { ...BUY, payload: '{"userId":"u1","quantity":"1"}' }],
    ['with half a unit', { ...BUY, payload: '{"userId":"u1","quantity":0.5}' }],
    ['with a key that nobody knows', { ...BUY, payload: '{"userId":"u1","quantity":1,"price":0}' }],
    ['with a poisoned prototype', { ...BUY, payload: '{"userId":"u1","quantity":1,"__proto__":{}}' }],
    ['with half a body', { ...BUY, payload: '{"userId":"u1","quan' }],
    ['with no body', { ...BUY, payload: '' }],
    ['with a list for a body', { ...BUY, payload: '[]' }],
  ])('%s is refused before it reaches the strategy', async (_name, request) => {
    let reached = false
    const app = await appWith({
      script: {
        async buy() {
          reached = true
          return { kind: 'soldOut' }
        },
      },
    })
    expect(await problemOf(app, request)).toEqual({ status: 400, code: 'INVALID_REQUEST', effect: 'none' })
    expect(reached).toBe(false)
  })

  it('is refused when its body is above 4 KiB, and when it is no JSON', async () => {
    const app = await appWith()
    const long = { ...BUY, payload: `{"userId":"u1","quantity":1,"x":"${'x'.repeat(4_096)}"}` }
    expect(await problemOf(app, long)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE', effect: 'none' })
    const form = { ...BUY, headers: { ...BUY.headers, 'content-type': 'text/plain' } }
    expect(await problemOf(app, form)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', effect: 'none' })
  })
})

describe('a failing store', () => {
  const failing = (effect: 'none' | 'unknown', begins: boolean): TestAppOptions => ({
    script: {
      async buy(_request, attempt) {
        if (begins) attempt.begin()
        throw new StoreFailure('postgres', effect, new Error('gone'))
      },
    },
  })

  it.each([
    ['unknown', true, 'unknown'],
    ['none', true, 'none'],
    ['unknown', false, 'none'],
  ] as const)('with effect %s, begun: %s, is answered with effect %s', async (effect, begins, told) => {
    const app = await appWith(failing(effect, begins))
    expect(await problemOf(app, BUY)).toEqual({ status: 503, code: 'DEPENDENCY_DOWN', effect: told })
    expect((await app.inject(BUY)).headers['retry-after']).toBe('1')
  })

  it('does not tell what it was, and any other failure does not either', async () => {
    const app = await appWith({
      script: {
        async buy() {
          throw new Error('password authentication failed')
        },
      },
    })
    const response = await app.inject(BUY)
    expect([response.statusCode, response.json()]).toMatchObject([500, { code: 'INTERNAL', effect: 'none' }])
    expect(response.body).not.toContain('password')
  })
})

describe('a request whose time is over', () => {
  const hanging = (begins: boolean): TestAppOptions => ({
    limits: { requestTimeoutMs: 5 },
    script: {
      buy(_request, attempt) {
        if (begins) attempt.begin()
        return never
      },
    },
  })

  it('may have sold if the strategy had begun, and surely did not if it had not', async () => {
    const begun = await appWith(hanging(true))
    expect(await problemOf(begun, BUY)).toEqual({ status: 503, code: 'TIMEOUT', effect: 'unknown' })
    const waiting = await appWith(hanging(false))
    expect(await problemOf(waiting, BUY)).toEqual({ status: 503, code: 'TIMEOUT', effect: 'none' })
  })

  it('may not begin any more once its buyer was told that nothing was sold', async () => {
    const attempts: Attempt[] = []
    const app = await appWith({
      limits: { requestTimeoutMs: 5 },
      script: {
        buy(_request, attempt) {
          attempts.push(attempt)
          return never
        },
      },
    })
    await app.inject(BUY)
    expect(attempts[0]!.begin()).toBe(false)
  })

  it('stays inside until its strategy lets go, so that a hanging store fills the house', async () => {
    let letGo: (result: BuyResult) => void = () => {}
    const { app, admission } = await testApp({
      limits: { requestTimeoutMs: 5, maxInFlight: 1 },
      script: {
        buy: () =>
          new Promise((resolve) => {
            letGo = resolve
          }),
      },
    })
    started.push(app)
    expect(await problemOf(app, BUY)).toMatchObject({ code: 'TIMEOUT' })
    expect(await problemOf(app, BUY)).toEqual({ status: 503, code: 'BUSY', effect: 'none' })
    const empty = admission.empty()
    letGo({ kind: 'soldOut' })
    await empty
    expect(admission.inFlight).toBe(0)
  })
})

describe('bounded concurrency', () => {
  it('turns away who comes above the bound, and lets in the next when one has left', async () => {
    const release: (() => void)[] = []
    const app = await appWith({
      limits: { maxInFlight: 2 },
      script: {
        buy: () => new Promise((resolve) => release.push(() => resolve({ kind: 'soldOut' }))),
      },
    })
    const inside = [app.inject(BUY), app.inject(BUY)]
    await expect.poll(() => release.length).toBe(2)
    expect(await problemOf(app, BUY)).toEqual({ status: 503, code: 'BUSY', effect: 'none' })
    expect(await problemOf(app, { method: 'GET', url: '/v1/sales/sku-1' })).toMatchObject({ code: 'BUSY' })
    for (const leave of release) leave()
    await Promise.all(inside)
    const next = app.inject(BUY)
    await expect.poll(() => release.length).toBe(3)
    release[2]!()
    expect((await next).statusCode).toBe(409)
  })
})

describe('admin calls', () => {
  const calls: [string, InjectOptions][] = [
    ['open', OPEN],
    ['close', { method: 'POST', url: '/v1/admin/sales/sku-1/close', headers: AUTHORIZED }],
    ['settle', { method: 'POST', url: '/v1/admin/settle', headers: AUTHORIZED }],
    ['stats', { method: 'GET', url: '/v1/admin/stats', headers: AUTHORIZED }],
  ]

  it.each(calls)('%s is done with the token', async (_name, request) => {
    const app = await appWith()
    expect((await app.inject(request)).statusCode).toBeLessThan(300)
  })

  it.each(calls)('%s is refused without the token, with half of it, and with another', async (_name, request) => {
    const app = await appWith()
    for (const authorization of [undefined, '', 'Bearer ', AUTHORIZED.authorization.slice(0, -1), 'Basic dTpw']) {
      const { authorization: _right, ...headers } = request.headers as Record<string, string>
      const asked = { ...request, headers: { ...headers, ...(authorization !== undefined && { authorization }) } }
      expect(await problemOf(app, asked)).toEqual({ status: 401, code: 'UNAUTHORIZED', effect: 'none' })
    }
  })

  it('says that a sale was opened before', async () => {
    const app = await appWith({ administration: { open: async () => 'exists' } })
    expect(await problemOf(app, OPEN)).toEqual({ status: 409, code: 'SALE_EXISTS', effect: 'none' })
  })

  it('reads opening hours in any offset, and none as always open', async () => {
    const told: unknown[] = []
    const app = await appWith({
      administration: {
        async open({ hours }) {
          told.push(hours)
          return 'opened'
        },
      },
    })
    const terms = [{ opensAt: '2026-11-27T09:00:00+01:00', closesAt: '2026-11-27T08:00:00.250Z' }, { opensAt: null }]
    for (const hours of terms) {
      const { statusCode } = await app.inject({ ...OPEN, payload: JSON.stringify({ stock: 1, ...hours }) })
      expect(statusCode).toBe(201)
    }
    const opensAtMs = Date.UTC(2026, 10, 27, 8)
    expect(told).toEqual([
      { opensAtMs, closesAtMs: opensAtMs + 250 },
      { opensAtMs: null, closesAtMs: null },
    ])
  })

  it.each([
    { opensAt: '2026-11-27T09:00:00' },
    { opensAt: '2026-11-27' },
    { opensAt: 'at nine' },
    { opensAt: 1_790_000_000_000 },
    { closesAt: '2026-11-27T25:00:00Z' },
    { opensAt: '2026-12-31T23:59:60Z' },
    { opensAt: '2026-11-27T09:00:00Z', closesAt: '2026-11-27T09:00:00Z' },
  ])('refuses the hours %j', async (hours) => {
    const app = await appWith({})
    const payload = JSON.stringify({ stock: 1, ...hours })
    expect(await problemOf(app, { ...OPEN, payload })).toMatchObject({ code: 'INVALID_REQUEST' })
  })

  it('tells who comes outside the hours that surely nothing was sold', async () => {
    const app = await appWith({ buy: async () => ({ kind: 'notOpen' }) })
    expect(await problemOf(app, BUY)).toEqual({ status: 409, code: 'NOT_OPEN', effect: 'none' })
  })

  it.each(['{}', '{"stock":-1}', '{"stock":1000000001}', '{"stock":1,"perUserLimit":0}', '{"stock":"1"}'])(
    'refuses to open with %s',
    async (payload) => {
      const app = await appWith()
      expect(await problemOf(app, { ...OPEN, payload })).toMatchObject({ code: 'INVALID_REQUEST' })
    },
  )
})

describe('a refusal', () => {
  it('is counted by its code, wherever it comes from', async () => {
    const { app, metrics } = await testApp({ script: { buy: async () => ({ kind: 'soldOut' }) } })
    started.push(app)
    await app.listen({ host: '127.0.0.1', port: 0 })
    await app.inject(BUY)
    await app.inject({ ...BUY, payload: '{}' })
    await app.inject({ ...OPEN, headers: { 'content-type': 'application/json' } })
    await app.inject({ method: 'GET', url: '/nowhere' })
    await app.inject({ method: 'GET', url: '/v1/sales/%zz' })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.end('BUY EVERYTHING NOW\r\n\r\n')
    await text(socket)
    const counted = Object.entries(metrics!.refusals).filter(([, count]) => count > 0)
    expect(Object.fromEntries(counted)).toEqual({ SOLD_OUT: 1, INVALID_REQUEST: 3, UNAUTHORIZED: 1, NOT_FOUND: 1 })
  })

  it('is no refusal where it is sold, and nobody counts where the metrics are off', async () => {
    const sold = await testApp()
    const silent = await testApp({ metrics: null, script: { buy: async () => ({ kind: 'soldOut' }) } })
    started.push(sold.app, silent.app)
    await sold.app.inject(BUY)
    expect(Object.values(sold.metrics!.refusals).every((count) => count === 0)).toBe(true)
    expect(await problemOf(silent.app, BUY)).toMatchObject({ code: 'SOLD_OUT' })
  })
})

describe('everything else', () => {
  it('answers bytes that are no request, and closes', async () => {
    const app = await appWith()
    await app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.end('BUY EVERYTHING NOW\r\n\r\n')
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"code":"INVALID_REQUEST","effect":"none"')
  })

  it('is a problem document as well', async () => {
    const app = await appWith()
    const notFound = { status: 404, code: 'NOT_FOUND', effect: 'none' }
    expect(await problemOf(app, { method: 'GET', url: '/nowhere' })).toEqual(notFound)
    expect(await problemOf(app, { method: 'DELETE', url: '/v1/sales/sku-1' })).toEqual(notFound)
    expect(await problemOf(app, { method: 'GET', url: '/v1/sales/%zz' })).toMatchObject({ code: 'INVALID_REQUEST' })
  })
})
