/** The engine with its real threads against small shops that don't speak the reference contract. */
import type { ServerOptions } from 'node:https'
import { afterEach, describe, expect, it } from 'vitest'
import type { BuyerProtocol, TemplatePart } from '../../core/buyer-protocol.ts'
import { operationAt } from '../../core/history.ts'
import type { Operation } from '../../core/operation.ts'
import { buyOfRequestUuid } from '../../core/request-uuid.ts'
import type { DescribedTarget, LoadEngineOptions, StartedLoadEngine, StepLoad } from '../load-engine.ts'
import { describedOf, request, rule } from '../protocol/testing/protocols.ts'
import { createOpenLoopEngine } from './index.ts'
import { evenPlan, planOf } from './testing/plans.ts'
import { selfSigned } from './testing/self-signed.ts'
import { type Asked, type Said, ShopServer } from './testing/shop-server.ts'
import { readsOnlyPlan } from './warm-up-plan.ts'

const started: AsyncDisposable[] = []

afterEach(async () => {
  for (const thing of started.splice(0).reverse()) await thing[Symbol.asyncDispose]()
})

async function serve(answerOf: (asked: Asked) => Said, tls: ServerOptions | null = null): Promise<ShopServer> {
  const shop = await ShopServer.start(answerOf, tls)
  started.push(shop)
  return shop
}

async function startEngine(
  targetUrl: string,
  described: DescribedTarget,
  options: Partial<LoadEngineOptions> = {},
): Promise<StartedLoadEngine> {
  const engine = await createOpenLoopEngine().start({
    targetUrl,
    described,
    maxInFlight: 64,
    timeoutMs: 5_000,
    originNs: process.hrtime.bigint(),
    peakRatePerSec: 100,
    ...options,
  })
  started.push(engine)
  return engine
}

const STEP = { requestIdPrefix: 'run-1-', signal: new AbortController().signal }
const put = (value: string, as: 'plain' | 'url' | 'json-text' | 'json-value' = 'plain'): TemplatePart => ({ value, as })
const pointer = (text: string) => ({ in: 'json', pointer: text }) as const
const SOLD = { status: 201, body: { id: 'o-1' } }

function operationsOf({ history }: StepLoad): Operation[] {
  return Array.from({ length: history.length }, (_, row) => operationAt(history, row))
}

function outcomesOf(load: StepLoad): string[] {
  return operationsOf(load).map(({ outcome }) => ('code' in outcome ? `${outcome.kind} ${outcome.code}` : outcome.kind))
}

describe('a request to a described target', () => {
  const SKU = 'cherry & pie'

  /** What the shop was asked by two buys. */
  async function askedBy(
    buy: BuyerProtocol['buy'],
    parts: Partial<DescribedTarget> = {},
  ): Promise<{ asked: readonly Asked[]; load: StepLoad }> {
    const shop = await serve(() => SOLD)
    const engine = await startEngine(`${shop.url}/shop/`, describedOf({ buy }, parts))
    const load = await engine.runStep(
      planOf(
        [
          { atMs: 0, buy: 0, user: 1, quantity: 2 },
          { atMs: 30, buy: 1, user: 0, quantity: 1 },
        ],
        [SKU],
      ),
      STEP,
    )
    expect(outcomesOf(load)).toStrictEqual(['sold', 'sold'])
    return { asked: shop.asked, load }
  }

  it('may be a form', async () => {
    const { asked } = await askedBy(
      request('POST', '/buy', {
        headers: [{ name: 'content-type', value: ['application/x-www-form-urlencoded'] }],
        body: ['item=', put('sku', 'url'), '&n=', put('quantity', 'url'), '&key=', put('requestId', 'url')],
      }),
    )
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/shop/buy' })
    expect(asked[0]!.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toStrictEqual([
      { item: SKU, n: '2', key: 'run-1-0' },
      { item: SKU, n: '1', key: 'run-1-1' },
    ])
  })

  it('may be a query', async () => {
    const { asked } = await askedBy(
      request('GET', '/', {
        path: ['/buy/', put('sku', 'url'), '?user=', put('userId', 'url'), '&n=', put('quantity', 'url')],
      }),
      { identities: { userIdPrefix: 'u=', pool: null } },
    )
    const { pathname, searchParams } = new URL(asked[0]!.url, 'http://shop')
    expect(asked[0]).toMatchObject({ method: 'GET', body: '' })
    expect(decodeURIComponent(pathname)).toBe(`/shop/buy/${SKU}`)
    expect(Object.fromEntries(searchParams)).toStrictEqual({ user: 'u=1', n: '2' })
  })

  it('may be JSON, with a UUID for its id', async () => {
    const { asked } = await askedBy(
      request('PUT', '/buy', {
        headers: [{ name: 'content-type', value: ['application/json'] }],
        body: [
          '{"item":',
          put('sku', 'json-value'),
          ',"n":',
          put('quantity', 'json-value'),
          ',"id":',
          put('requestUuid', 'json-value'),
          '}',
        ],
      }),
    )
    const bodies = asked.map(({ body }) => JSON.parse(body) as { item: string; n: number; id: string })
    expect(bodies.map(({ item, n }) => [item, n])).toStrictEqual([
      [SKU, 2],
      [SKU, 1],
    ])
    expect(bodies.map(({ id }) => buyOfRequestUuid('run-1-', id))).toStrictEqual([0, 1])
  })

  it("carries the session of its buyer and the target's own headers", async () => {
    const { asked, load } = await askedBy(
      request('POST', '/buy', { headers: [{ name: 'cookie', value: ['sid=', put('buyer.session')] }] }),
      {
        headers: [{ name: 'authorization', value: ['Bearer ', put('env.TOKEN')] }],
        secrets: { TOKEN: 'hush' },
        identities: { userIdPrefix: 'u', pool: [{ session: 's0' }, { session: 's1' }] },
      },
    )
    expect(asked.map(({ headers }) => [headers.cookie, headers.authorization])).toStrictEqual([
      ['sid=s1', 'Bearer hush'],
      ['sid=s0', 'Bearer hush'],
    ])
    expect(operationsOf(load).map(({ userId }) => userId)).toStrictEqual(['u1', 'u0'])
  })

  it('is sent by nobody but the buyers of the plan, on connections that stand before', async () => {
    const shop = await serve(() => SOLD)
    const engine = await startEngine(shop.url, describedOf({}), { maxInFlight: 10 })
    expect(engine.warmUps).toStrictEqual([])
    const load = await engine.runStep(evenPlan(5, 10), STEP)
    expect(outcomesOf(load)).toHaveLength(5)
    expect(shop.asked.map(({ method, url }) => `${method} ${url}`)).toStrictEqual(
      Array.from({ length: 5 }, () => 'POST /buy'),
    )
    expect(load.connections).toStrictEqual({ opened: 0, reused: 5, reset: 0 })
    expect(shop.connections).toBe(10)
  })

  it('is not sent at all where the pool has too few buyers', async () => {
    const shop = await serve(() => SOLD)
    const identities = { userIdPrefix: 'u', pool: [{ session: 's' }] }
    const engine = await startEngine(shop.url, describedOf({}, { identities }))
    await expect(engine.runStep(evenPlan(2, 1), STEP)).rejects.toMatchObject({ code: 'USAGE' })
    expect(shop.connections).toBe(0)
  })
})

describe('an answer of a described target', () => {
  /** The outcomes of as many buys as there are answers, told apart by their number. */
  async function outcomesFor(answers: readonly Said[], outcomes: BuyerProtocol['outcomes']): Promise<StepLoad> {
    const buy = request('POST', '/', { path: ['/buy/', put('requestId', 'url')] })
    const shop = await serve(({ url }) => answers[Number(url.split('-').at(-1))]!)
    const engine = await startEngine(shop.url, describedOf({ buy, outcomes }))
    const load = await engine.runStep(evenPlan(answers.length, 10), STEP)
    expect(shop.asked).toHaveLength(answers.length)
    return load
  }

  it('is judged by its headers and cookies', async () => {
    const load = await outcomesFor(
      [
        { status: 200, headers: { 'X-Result': 'gone' } },
        { status: 200, headers: { 'X-Result': 'ok', 'Set-Cookie': ['a=1', 'order=A-17; Path=/'] } },
      ],
      [
        rule(200, { kind: 'soldOut' }, [{ at: { in: 'header', name: 'x-result' }, is: { oneOf: ['gone'] } }]),
        rule(200, { kind: 'sold', orderId: { in: 'cookie', name: 'order' } }),
      ],
    )
    expect(operationsOf(load).map(({ outcome }) => outcome)).toStrictEqual([
      { kind: 'soldOut' },
      { kind: 'sold', orderId: 'A-17' },
    ])
  })

  it('may be a redirect, which is judged and not followed', async () => {
    const location = { in: 'header', name: 'location' } as const
    const load = await outcomesFor(
      [
        { status: 303, headers: { location: '/sorry' } },
        { status: 303, headers: { location: '/orders/17' } },
      ],
      [
        rule(303, { kind: 'soldOut' }, [{ at: location, is: { oneOf: ['/sorry'] } }]),
        rule(303, { kind: 'sold', orderId: location }),
      ],
    )
    expect(operationsOf(load).map(({ outcome }) => outcome)).toStrictEqual([
      { kind: 'soldOut' },
      { kind: 'sold', orderId: '/orders/17' },
    ])
  })

  it('may have an order without a name', async () => {
    const load = await outcomesFor([{ status: 204 }], [rule(204, { kind: 'sold', orderId: null })])
    expect(operationsOf(load)[0]!.outcome).toStrictEqual({ kind: 'sold', orderId: null })
  })

  it('may have a megabyte, and no more', async () => {
    const body = (length: number): Said => ({ status: 201, body: { id: 'o-1', padding: 'x'.repeat(length) } })
    const load = await outcomesFor(
      [body(1_000_000), body(1_100_000)],
      [rule(201, { kind: 'sold', orderId: pointer('/id') })],
    )
    expect(outcomesOf(load)).toStrictEqual(['sold', 'unknown NOT_UNDERSTOOD'])
  })

  it('that no rule fits is unknown, and shown in samples without the secrets that it may repeat', async () => {
    const shop = await serve(({ headers }) => ({ status: 418, body: { why: 'teapot', you: headers.authorization } }))
    const described = describedOf(
      {},
      { headers: [{ name: 'authorization', value: ['Bearer ', put('env.TOKEN')] }], secrets: { TOKEN: 'hush-hush' } },
    )
    const engine = await startEngine(shop.url, described)
    const load = await engine.runStep(evenPlan(3, 10), STEP)
    expect(outcomesOf(load)).toStrictEqual(Array.from({ length: 3 }, () => 'unknown NO_RULE'))
    expect(load.notUnderstood).toStrictEqual([
      'no rule fits the answer to a buy: 418 {"why":"teapot","you":"Bearer ***"}',
    ])
    expect(shop.asked[0]!.headers.authorization).toBe('Bearer hush-hush')
  })

  it('shows the stock to those who read', async () => {
    const read = { request: request('GET', '/stock'), status: [{ from: 200, to: 200 }], stock: pointer('/left') }
    const shop = await serve(() => ({ status: 200, body: { left: '12' } }))
    const engine = await startEngine(shop.url, describedOf({ read }))
    const load = await engine.runStep(readsOnlyPlan('sku-1', 200, 100), STEP)
    expect(operationsOf(load).map(({ outcome }) => outcome)).toStrictEqual(
      Array.from({ length: 20 }, () => ({ kind: 'shown', stock: 12 })),
    )
    expect(new Set(shop.asked.map(({ method, url }) => `${method} ${url}`))).toStrictEqual(new Set(['GET /stock']))
  })
})

describe('buyers who are queued', () => {
  const QUEUED = rule(202, { kind: 'queued', ticket: pointer('/ticket') })
  const poll = {
    request: request('GET', '/', { path: ['/queue/', put('ticket', 'url')] }),
    everyMs: 20,
    deadlineMs: 10_000,
    outcomes: [
      rule(200, { kind: 'sold', orderId: pointer('/id') }),
      rule(202, { kind: 'queued', ticket: null }),
      rule(410, { kind: 'soldOut' }),
    ],
  }
  const buy = request('POST', '/', { path: ['/buy/', put('requestId', 'url')] })

  it.each([1, 2])('hear of their order when it is made, with %i workers', async (workers) => {
    const polls = new Map<string, number>()
    const shop = await serve(({ method, url }) => {
      if (method === 'POST') return { status: 202, body: { ticket: `t/${url.split('-').at(-1)}` } }
      const number = Number(decodeURIComponent(url).split('/').at(-1))
      const count = (polls.get(url) ?? 0) + 1
      polls.set(url, count)
      if (count < 3) return { status: 202, body: {} }
      return number < 10 ? { status: 200, body: { id: `o-${number}` } } : { status: 410 }
    })
    const engine = await startEngine(shop.url, describedOf({ buy, outcomes: [QUEUED], poll }), {
      workers,
      maxInFlight: 64,
    })
    const load = await engine.runStep(evenPlan(20, 5), STEP)
    expect(load).toMatchObject({ interrupted: false, failure: null, notUnderstood: [] })
    const operations = operationsOf(load)
    expect(operations.map(({ outcome }) => outcome)).toStrictEqual(
      Array.from({ length: 20 }, (_, n) => (n < 10 ? { kind: 'sold', orderId: `o-${n}` } : { kind: 'soldOut' })),
    )
    expect([...polls.values()]).toStrictEqual(Array.from({ length: 20 }, () => 3))
    for (const { sentAtNs, completedAtNs } of operations) expect(completedAtNs! - sentAtNs!).toBeGreaterThan(3 * 20e6)
    expect([...load.history.httpStatus]).toStrictEqual(Array.from({ length: 20 }, (_, n) => (n < 10 ? 200 : 410)))
  })

  it('are unknown when their deadline passes', async () => {
    const shop = await serve(({ method }) => ({ status: 202, body: method === 'POST' ? { ticket: 't' } : {} }))
    const described = describedOf({ buy, outcomes: [QUEUED], poll: { ...poll, deadlineMs: 300 } })
    const engine = await startEngine(shop.url, described)
    const load = await engine.runStep(evenPlan(10, 10), STEP)
    expect(load.interrupted).toBe(false)
    for (const { outcome, sentAtNs, completedAtNs } of operationsOf(load)) {
      expect(outcome).toStrictEqual({ kind: 'unknown', code: 'STILL_QUEUED' })
      expect(completedAtNs! - sentAtNs!).toBeGreaterThanOrEqual(300e6)
    }
    expect(shop.asked.length).toBeGreaterThan(10)
  })

  it('are given up soon when the run is stopped', async () => {
    const shop = await serve(({ method }) => ({ status: 202, body: method === 'POST' ? { ticket: 't' } : {} }))
    const described = describedOf({ buy, outcomes: [QUEUED], poll: { ...poll, deadlineMs: 3_600_000 } })
    const engine = await startEngine(shop.url, described, { timeoutMs: 3_000, maxInFlight: 1_000 })
    const abort = new AbortController()
    const load = await engine.runStep(evenPlan(10_000, 10), {
      ...STEP,
      signal: abort.signal,
      onProgress: ({ sent }) => {
        if (sent > 5) abort.abort()
      },
    })
    expect(load.interrupted).toBe(true)
    const outcomes = outcomesOf(load)
    expect(outcomes.length).toBeGreaterThan(5)
    expect(new Set(outcomes)).toStrictEqual(new Set(['unknown STILL_QUEUED']))
  })
})

describe('a described target behind TLS', () => {
  const shop = selfSigned('shop.test')
  const buyer = selfSigned('buyer.test')
  const tls = { insecure: false }

  async function buyOver(material: DescribedTarget['tls'], server: ServerOptions = {}): Promise<ShopServer> {
    const served = await serve(() => SOLD, { key: shop.key, cert: shop.cert, ...server })
    const engine = await startEngine(served.url, describedOf({}, { tls: material }))
    expect(outcomesOf(await engine.runStep(evenPlan(3, 10), STEP))).toStrictEqual(['sold', 'sold', 'sold'])
    return served
  }

  it('is believed if its authority is given, and not otherwise', async () => {
    expect((await buyOver({ ...tls, ca: shop.cert })).asked).toHaveLength(3)
    await expect(buyOver(null)).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') as string,
      hint: expect.stringContaining('tls.ca') as string,
    })
  })

  it('is believed in any case if that is asked for', async () => {
    expect((await buyOver({ insecure: true })).asked).toHaveLength(3)
  })

  it('is asked for the name that is given', async () => {
    const { asked } = await buyOver({ ...tls, ca: shop.cert, serverName: 'shop.test' })
    expect(asked.map(({ serverName }) => serverName)).toStrictEqual(['shop.test', 'shop.test', 'shop.test'])
    await expect(buyOver({ ...tls, ca: shop.cert, serverName: 'other.test' })).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
    })
  })

  it('is shown the certificate of the buyers', async () => {
    const server = { requestCert: true, rejectUnauthorized: true, ca: buyer.cert }
    const served = await buyOver({ ...tls, ca: shop.cert, cert: buyer.cert, key: buyer.key }, server)
    expect(served.asked).toHaveLength(3)
  })
})
