/**
 * The auditor against real stores whose books are kept by the test itself: what it reports is what was put there, also
 * where the store says nothing, and a store that can't be read is an error and no empty ledger.
 */
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Books } from '../src/core/catalogue.ts'
import type { LedgerOrder } from '../src/core/ledger.ts'
import { type LedgerRequest, readLedger, readLedgers } from '../src/ledger/index.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { describeWithServices } from './require-service.ts'

const TABLE_BOOKS: Books = {
  ordersTable: 'orders of the house',
  stock: { store: 'postgres', table: 'stock' },
  stream: null,
}

const STREAM_BOOKS: Books = {
  ordersTable: TABLE_BOOKS.ordersTable,
  stock: { store: 'redis', key: '{<sku>}:left' },
  stream: { key: 'orders:{<sku>}', group: 'drain' },
}

describeWithServices(['postgres', 'redis'], 'the ledger', () => {
  let services: StartedServices
  let postgres: Client
  let redis: Redis

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'off', appendfsync: 'no' },
      runId: `ledger-test-${process.pid}`,
      env: process.env,
    })
    postgres = new Client({ connectionString: services.postgres!.url })
    await postgres.connect()
    await postgres.query(`SET search_path TO "${services.postgres!.schema}"`)
    await postgres.query(
      `CREATE TABLE "orders of the house"
         (order_id bigint, request_id text, user_id text, sku text, quantity int);
       CREATE TABLE stock (sku text, initial int, remaining int)`,
    )
    redis = new Redis(services.redis!.url, { keyPrefix: services.redis!.keyPrefix })
  })

  afterAll(async () => {
    redis?.disconnect()
    await postgres?.end()
    await services?.[Symbol.asyncDispose]()
  })

  const request = (sku: string, books: Books): LedgerRequest => ({
    postgres: services.postgres,
    redis: services.redis,
    books,
    sku,
    stepIndex: 4,
    settled: true,
    shownAfterSettling: 7,
  })

  const insert = async (sku: string, orderId: number, requestId: string | null, quantity = 1): Promise<void> => {
    await postgres.query('INSERT INTO "orders of the house" VALUES ($1, $2, $3, $4, $5)', [
      orderId,
      requestId,
      requestId === null ? null : `u${orderId}`,
      sku,
      quantity,
    ])
  }

  const append = async (sku: string, orderId: number, requestId: string, quantity = 1): Promise<void> => {
    const fields = { order_id: orderId, request_id: requestId, user_id: `u${orderId}`, sku, quantity }
    await redis.xadd(`orders:{${sku}}`, '*', ...Object.entries(fields).flat())
  }

  it('reads the orders and the stock of one sale from the tables, and of no other', async () => {
    await postgres.query("INSERT INTO stock VALUES ('a', 10, 7), ('another', 5, 5)")
    await insert('a', 1, 'r1', 2)
    await insert('a', 2, null)
    await insert('another', 3, 'r3')
    const ledger = await readLedger(request('a', TABLE_BOOKS))
    expect(ledger).toMatchObject({
      stepIndex: 4,
      sku: 'a',
      initialStock: 10,
      remainingStock: 7,
      settled: true,
      shownAfterSettling: 7,
    })
    expect(ledger.orders).toEqual([
      { orderId: '1', requestId: 'r1', userId: 'u1', quantity: 2, durable: true },
      { orderId: '2', requestId: null, userId: null, quantity: 1, durable: true },
    ])
    expect(Date.parse(ledger.takenAt)).toBeLessThanOrEqual(Date.now())
  })

  it('adds up the segments of one stock, and reports one below zero as it is', async () => {
    await postgres.query("INSERT INTO stock VALUES ('split', 5, 2), ('split', 5, -3)")
    expect(await readLedger(request('split', TABLE_BOOKS))).toMatchObject({ initialStock: 10, remainingStock: -1 })
  })

  it('says null, and not zero, of a stock that no store holds', async () => {
    expect(await readLedger(request('nowhere', TABLE_BOOKS))).toMatchObject({
      initialStock: null,
      remainingStock: null,
      orders: [],
    })
    expect(await readLedger(request('nowhere', STREAM_BOOKS))).toMatchObject({ remainingStock: null, orders: [] })
    await redis.set('{nowhere}:left', 0)
    expect(await readLedger(request('nowhere', STREAM_BOOKS))).toMatchObject({ remainingStock: 0 })
  })

  it('counts an order once that is in the stream and the table, and as not durable when in the stream only', async () => {
    await redis.set('{s}:left', 6)
    await insert('s', 10, 'drained')
    await append('s', 10, 'drained')
    await append('s', 11, 'pending', 3)
    await append('s', 11, 'pending', 3)
    const { orders, remainingStock } = await readLedger(request('s', STREAM_BOOKS))
    expect(remainingStock).toBe(6)
    expect(orders).toEqual([
      { orderId: '10', requestId: 'drained', userId: 'u10', quantity: 1, durable: true },
      { orderId: '11', requestId: 'pending', userId: 'u11', quantity: 3, durable: false },
    ])
  })

  it('counts two orders of one request, wherever the second one stands', async () => {
    await insert('twice', 20, 'r20')
    await append('twice', 20, 'r20')
    await append('twice', 21, 'r20')
    const { orders } = await readLedger(request('twice', STREAM_BOOKS))
    expect(orders.map(({ orderId, durable }) => [orderId, durable])).toEqual([
      ['20', true],
      ['21', false],
    ])
  })

  it('reads the sales of one step together, each with its own orders and stock', async () => {
    await postgres.query("INSERT INTO stock VALUES ('cherry', 10, 8), ('lemon', 5, 5)")
    await insert('cherry', 31, 'r31')
    await insert('plain', 32, 'r32')
    await insert('of-another-step', 33, 'r33')
    await redis.set('{lemon}:left', 4)
    await append('lemon', 34, 'r34')
    const read = async (books: Books) => {
      const { sku: _, ...rest } = request('', books)
      const skus = ['cherry', 'lemon', 'plain']
      const ledgers = await readLedgers({ ...rest, skus, shownAfterSettling: [8, 5, null] })
      return ledgers.map(({ sku, remainingStock, shownAfterSettling, orders }) => ({
        sku,
        remainingStock,
        shownAfterSettling,
        orders: orders.map(({ orderId }) => orderId),
      }))
    }
    expect(await read(TABLE_BOOKS)).toEqual([
      { sku: 'cherry', remainingStock: 8, shownAfterSettling: 8, orders: ['31'] },
      { sku: 'lemon', remainingStock: 5, shownAfterSettling: 5, orders: [] },
      { sku: 'plain', remainingStock: null, shownAfterSettling: null, orders: ['32'] },
    ])
    expect((await read(STREAM_BOOKS))[1]).toEqual({
      sku: 'lemon',
      remainingStock: 4,
      shownAfterSettling: 5,
      orders: ['34'],
    })
  })

  it('reads a sale of 120,000 orders whole, from a table and from a stream', async () => {
    await postgres.query(
      `INSERT INTO "orders of the house"
         SELECT n, 'r' || n, 'u' || n, 'many', 1 FROM generate_series(1, 60000) AS n`,
    )
    for (let first = 50_001; first <= 120_000; first += 5_000) {
      const pipeline = redis.pipeline()
      for (let n = first; n < first + 5_000; n++) {
        pipeline.xadd('orders:{many}', '*', 'order_id', n, 'request_id', `r${n}`, 'user_id', `u${n}`, 'quantity', 1)
      }
      await pipeline.exec()
    }
    const { orders } = await readLedger(request('many', STREAM_BOOKS))
    const ids = new Set(orders.map(({ requestId }) => requestId))
    expect([orders.length, ids.size]).toEqual([120_000, 120_000])
    expect(orders.filter((order: LedgerOrder) => order.durable)).toHaveLength(60_000)
  })

  it('leaves no transaction open behind it', async () => {
    await readLedger(request('a', TABLE_BOOKS))
    const { rows } = await postgres.query<{ open: string }>(
      `SELECT count(*)::text AS open FROM pg_stat_activity
         WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    )
    expect(rows).toEqual([{ open: '0' }])
  })

  it.each([
    [
      'a table that is not there',
      { ...TABLE_BOOKS, ordersTable: 'no_such' },
      /from Postgres: relation .* does not exist/,
    ],
    ['a name that is no table', { ...TABLE_BOOKS, ordersTable: 'x"; DROP TABLE stock; --' }, /does not exist/],
    ['a key of another type', { ...STREAM_BOOKS, stream: { key: 'a string', group: 'g' } }, /from Redis: WRONGTYPE/],
    ['a stream without orders', { ...STREAM_BOOKS, stream: { key: 'no orders', group: 'g' } }, /has no order_id/],
  ])('is an error for %s', async (_, books, message) => {
    await redis.set('a string', 'text')
    await redis.xadd('no orders', '*', 'field', 'value')
    await expect(readLedger(request('a', books as Books))).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: expect.stringMatching(message) as string,
    })
    expect((await postgres.query('SELECT 1 FROM stock')).rowCount).toBeGreaterThan(0)
  })

  it('is an error, without the password, for a store that does not answer', async () => {
    const nobody = { url: 'postgresql://someone:secret@127.0.0.1:1/none', schema: 'x' }
    const error: unknown = await readLedger({ ...request('a', TABLE_BOOKS), postgres: nobody }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'SERVICE_FAILED', message: expect.stringContaining('ECONNREFUSED') as string })
    expect(String(error)).not.toContain('secret')
    const noRedis = { url: 'redis://:secret@127.0.0.1:1', keyPrefix: '' }
    await expect(readLedger({ ...request('a', STREAM_BOOKS), redis: noRedis })).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: expect.stringContaining('ECONNREFUSED') as string,
    })
  })
})
