/**
 * What the conformance suite can't see of `batched`: that a batch answers as its requests would have been answered one
 * after the other, and what becomes of a batch whose answer is lost, comes too late, or meets another sale's.
 */
import * as fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { StatsResponseBody } from '../src/core/wire.ts'
import { ConformanceClient } from '../src/conformance/index.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { PostgresPool } from '../targets/storage/postgres.ts'
import { closeSale, openSale } from '../targets/storage/sale-books.ts'
import { prepareSchema } from '../targets/storage/schema.ts'
import { answersOf, batchValues, groupBySale } from '../targets/strategies/batched/batch-rows.ts'
import { BATCH_FUNCTIONS, SELL_BATCHES } from '../targets/strategies/batched/selling-function.ts'
import type { BuyRequest, BuyResult } from '../targets/strategies/buy.ts'
import { describeWithServices } from './require-service.ts'
import { ADMIN_TOKEN, environmentOf, TargetServer } from './target-server.ts'

const WAIT = { timeout: 20_000, interval: 5 }

describeWithServices(['postgres'], 'batched', () => {
  let services: StartedServices
  let postgres: Client
  /** Holds rows in a transaction, for which what others do stands still. */
  let holder: Client
  let sku: string
  let sales = 0

  const start = (...args: readonly string[]): Promise<TargetServer> =>
    TargetServer.start(environmentOf(services), '--strategy', 'batched', ...args)
  const clientOf = (server: TargetServer): ConformanceClient => new ConformanceClient(server.url, ADMIN_TOKEN)
  const count = async (text: string, values: readonly unknown[]): Promise<number> =>
    (await postgres.query<{ count: number }>(`SELECT count(*)::integer AS count ${text}`, [...values])).rows[0]!.count
  const ordersOf = (name: string): Promise<number> => count('FROM orders WHERE sku = $1', [name])
  /** Statements of servers under test that wait for a row. */
  const waiting = (): Promise<number> =>
    count(`FROM pg_stat_activity WHERE application_name = 'doorbuster-target' AND wait_event_type = 'Lock'`, [])
  const holdStock = async (): Promise<void> => {
    await holder.query('BEGIN')
    await holder.query('SELECT FROM stock WHERE sku = $1 FOR UPDATE', [sku])
  }

  async function connect(): Promise<Client> {
    const client = new Client({ connectionString: services.postgres!.url })
    await client.connect()
    await client.query(`SET search_path = "${services.postgres!.schema}"`)
    return client
  }

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `batched-${process.pid}`,
      env: process.env,
    })
    postgres = await connect()
    holder = await connect()
  })

  beforeEach(() => {
    sales += 1
    sku = `batched-${process.pid}-${sales}`
  })

  afterAll(async () => {
    await holder?.end()
    await postgres?.end()
    await services?.[Symbol.asyncDispose]()
  })

  it('answers each batch as its requests would have been answered one after the other', async () => {
    const settings = { ...services.postgres!, synchronousCommit: 'on' as const }
    await prepareSchema(settings, BATCH_FUNCTIONS)
    const pool = new PostgresPool(settings, 1)
    const wish = fc.record({
      sale: fc.constantFrom('a', 'b', 'b', 'b'),
      requestId: fc.integer({ min: 1, max: 12 }),
      userId: fc.integer({ min: 1, max: 5 }),
      quantity: fc.constantFrom(1, 1, 1, 2, 3),
    })
    const sale = fc.record({
      stock: fc.integer({ min: 0, max: 14 }),
      perUserLimit: fc.option(fc.integer({ min: 1, max: 4 })),
    })
    const batches = fc.array(fc.array(wish, { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 4 })
    try {
      await fc.assert(
        fc.asyncProperty(sale, batches, fc.nat({ max: 8 }), async (terms, batches, closedBefore) => {
          sales += 1
          const own = (text: string): string => `${sales}.${text}`
          const nextOrderId = orderIds(own('o'))
          const model = new OneByOne(own('b'), terms)
          await openSale(pool, { sku: own('b'), ...terms })
          for (const [index, wishes] of batches.entries()) {
            if (index === closedBefore) {
              await closeSale(pool, own('b'))
              model.closed = true
            }
            const requests = wishes.map(
              ({ sale, requestId, userId, quantity }): BuyRequest => ({
                sku: own(sale),
                requestId: own(`r${requestId}`),
                userId: `u${userId}`,
                quantity,
              }),
            )
            const groups = groupBySale(requests, nextOrderId)
            const rows = await pool.query(SELL_BATCHES, batchValues(groups))
            for (const [at, group] of groups.entries()) {
              const expected = group.requests.map((request, place) => model.buy(request, group.orderIds[place]!))
              expect(answersOf(group, rows[at]!)).toEqual(expected)
            }
          }
          expect(await books(own('b'))).toEqual(model.books())
        }),
        { numRuns: 300, seed: 7 },
      )
    } finally {
      await pool.stop()
    }
  })

  async function books(name: string): Promise<ReturnType<OneByOne['books']>> {
    const { rows: stock } = await postgres.query<{ remaining: number }>('SELECT remaining FROM stock WHERE sku = $1', [
      name,
    ])
    const orders = await postgres.query<{ order_id: string }>('SELECT order_id FROM orders WHERE sku = $1', [name])
    const quotas = await postgres.query<{ user_id: string; units: number }>(
      'SELECT user_id, units FROM quotas WHERE sku = $1',
      [name],
    )
    return {
      remaining: stock[0]!.remaining,
      orders: orders.rows.map(({ order_id }) => order_id).sort(),
      units: Object.fromEntries(quotas.rows.map(({ user_id, units }) => [user_id, units])),
    }
  }

  it('a retry is answered with its order when the process died between the commit and the answer', async () => {
    const first = await start()
    const client = clientOf(first)
    await client.open(sku, { stock: 50, perUserLimit: 1 })
    await holdStock()
    const calls = Array.from({ length: 40 }, (_, id) => ({
      requestId: `${sku}.${id}`,
      userId: `u${id}`,
      quantity: 1,
    }))
    const unanswered = calls.map((call) => client.buy(sku, call).catch(() => 'cut off'))
    await expect.poll(waiting, WAIT).toBeGreaterThan(0)
    // From here on the process reads nothing any more, and the database goes on.
    first.child.kill('SIGSTOP')
    await holder.query('COMMIT')
    await expect.poll(() => ordersOf(sku), WAIT).toBeGreaterThan(0)
    await expect.poll(waiting, WAIT).toBe(0)
    await first.kill()
    expect(new Set(await Promise.all(unanswered))).toEqual(new Set(['cut off']))
    const committed = await ordersOf(sku)

    await using second = await start()
    const answers = await Promise.all(calls.map((call) => clientOf(second).buy(sku, call)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(committed)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(40 - committed)
    const told = new Set(answers.map(({ body }) => body['orderId']))
    expect([told.size, await ordersOf(sku)]).toEqual([40, 40])
    expect((await clientOf(second).show(sku)).body['stock']).toBe(10)
  })

  it('sells nothing to those who were given up before their batch was sent', async () => {
    await using server = await start('--request-timeout', '500')
    const client = clientOf(server)
    await client.open(sku, { stock: 50, perUserLimit: null })
    await holdStock()
    const calls = Array.from({ length: 6 }, (_, id) => ({ requestId: `${sku}.${id}`, userId: `u${id}`, quantity: 1 }))
    const effectOf = async (call: (typeof calls)[number]): Promise<string> => {
      const { body } = await client.buy(sku, call)
      return [body['code'], body['effect']].join(' ')
    }
    // One batch waits for the row, and one behind it on the same connection; whoever comes then is not sent.
    const first = effectOf(calls[0]!)
    await expect.poll(waiting, WAIT).toBe(1)
    const others = await Promise.all(calls.slice(1).map(effectOf))
    expect(await first).toBe('TIMEOUT unknown')
    const sent = 1 + others.filter((effect) => effect === 'TIMEOUT unknown').length
    expect(others.filter((effect) => effect === 'TIMEOUT none')).toHaveLength(6 - sent)
    const late = await Promise.all([6, 7].map((id) => effectOf({ ...calls[0]!, requestId: `${sku}.${id}` })))
    expect(late).toEqual(['TIMEOUT none', 'TIMEOUT none'])
    await holder.query('COMMIT')
    expect((await client.settle()).status).toBe(200)
    expect(await ordersOf(sku)).toBe(sent)
  })

  it('asks again when a request id gets its order in another sale at the same moment', async () => {
    await using server = await start()
    const client = clientOf(server)
    await client.open(sku, { stock: 5, perUserLimit: null })
    await holder.query('BEGIN')
    await holder.query(
      `INSERT INTO orders (order_id, request_id, user_id, sku, quantity) VALUES ($1, $1, 'u', 'another', 1)`,
      [`${sku}.1`],
    )
    const meeting = client.buy(sku, { requestId: `${sku}.1`, userId: 'u', quantity: 1 })
    await expect.poll(waiting, WAIT).toBe(1)
    await holder.query('COMMIT')
    expect((await meeting).body['code']).toBe('IDEMPOTENCY_KEY_REUSED')
    const stats = await fetch(`${server.url}/v1/admin/stats`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
    expect(((await stats.json()) as StatsResponseBody).work['batchesAskedAgain']).toBe(1)
    expect([await ordersOf(sku), (await client.show(sku)).body['stock']]).toEqual([0, 5])
  })
})

/** The rules of a sale, one request after the other; every SKU but its own is no sale. */
class OneByOne {
  readonly #sku: string
  readonly #perUserLimit: number | null
  readonly #orders = new Map<string, { request: BuyRequest; orderId: string }>()
  readonly #units = new Map<string, number>()
  #remaining: number
  closed = false

  constructor(sku: string, terms: { readonly stock: number; readonly perUserLimit: number | null }) {
    this.#sku = sku
    this.#remaining = terms.stock
    this.#perUserLimit = terms.perUserLimit
  }

  buy(request: BuyRequest, orderId: string): BuyResult {
    const { requestId, userId, sku, quantity } = request
    const earlier = this.#orders.get(requestId)
    if (earlier !== undefined) {
      const { request: former } = earlier
      const same = former.userId === userId && former.sku === sku && former.quantity === quantity
      return same ? { kind: 'sold', orderId: earlier.orderId, replayed: true } : { kind: 'keyReused' }
    }
    if (sku !== this.#sku) return { kind: 'saleNotFound' }
    if (this.closed) return { kind: 'saleClosed' }
    if (this.#remaining < quantity) return { kind: 'soldOut' }
    const units = (this.#units.get(userId) ?? 0) + quantity
    if (this.#perUserLimit !== null && units > this.#perUserLimit) return { kind: 'limitExceeded' }
    this.#remaining -= quantity
    this.#units.set(userId, units)
    this.#orders.set(requestId, { request, orderId })
    return { kind: 'sold', orderId, replayed: false }
  }

  books(): { remaining: number; orders: string[]; units: Record<string, number> } {
    return {
      remaining: this.#remaining,
      orders: [...this.#orders.values()].map(({ orderId }) => orderId).sort(),
      units: this.#perUserLimit === null ? {} : Object.fromEntries(this.#units),
    }
  }
}

function orderIds(prefix: string): () => string {
  let count = 0
  return () => `${prefix}${++count}`
}
