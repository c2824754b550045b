/**
 * Work that a strategy leaves for later survives the process that left it: orders on their way from Redis to Postgres,
 * and the second deletion of a cache key.
 */
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { connectRedis } from '../targets/storage/redis.ts'
import { ConformanceClient } from '../src/conformance/index.ts'
import { StockCache } from '../targets/strategies/double-delete/stock-cache.ts'
import { BUY } from '../targets/strategies/redis-lua/scripts.ts'
import { describeWithServices } from './require-service.ts'
import { ADMIN_TOKEN, environmentOf, TargetServer } from './target-server.ts'

describeWithServices(['postgres', 'redis'], 'work left for later', () => {
  let services: StartedServices
  let postgres: Client
  let redis: Redis
  let sku: string
  let sales = 0

  const start = (strategy: string): Promise<TargetServer> =>
    TargetServer.start(environmentOf(services), '--strategy', strategy)
  const clientOf = (server: TargetServer): ConformanceClient => new ConformanceClient(server.url, ADMIN_TOKEN)
  const key = (part: string): string => `${services.redis!.keyPrefix}{${sku}}:${part}`
  const requestIds = async (): Promise<string[]> => {
    const { rows } = await postgres.query<{ request_id: string }>('SELECT request_id FROM orders WHERE sku = $1', [sku])
    return rows.map((row) => row.request_id).sort()
  }

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `durable-work-${process.pid}`,
      env: process.env,
    })
    postgres = new Client({ connectionString: services.postgres!.url })
    await postgres.connect()
    await postgres.query(`SET search_path = "${services.postgres!.schema}"`)
    redis = new Redis(services.redis!.url)
  })

  beforeEach(() => {
    sales += 1
    sku = `later-${process.pid}-${sales}`
  })

  afterAll(async () => {
    redis?.disconnect()
    await postgres?.end()
    await services?.[Symbol.asyncDispose]()
  })

  it('the drain writes each order once, also those that a dead consumer had written and not acknowledged', async () => {
    const first = await start('redis-lua')
    await clientOf(first).open(sku, { stock: 100, perUserLimit: null })
    await first.stop()

    // What a consumer leaves that dies between INSERT and XACK: ten entries are its own, six of them are written.
    const ids = Array.from({ length: 10 }, (_, index) => `${sku}.${index}`)
    for (const id of ids) {
      const fields = ['order_id', `o-${id}`, 'request_id', id, 'user_id', 'u', 'sku', sku, 'quantity', '1']
      await redis.xadd(key('orders'), '*', ...fields)
    }
    await redis.xreadgroup('GROUP', 'drain', 'dead', 'COUNT', 10, 'STREAMS', key('orders'), '>')
    for (const id of ids.slice(0, 6)) {
      await postgres.query(
        'INSERT INTO orders (order_id, request_id, user_id, sku, quantity) VALUES ($1, $2, $3, $4, 1)',
        [`o-${id}`, id, 'u', sku],
      )
    }

    await using second = await start('redis-lua')
    expect((await clientOf(second).settle()).body).toMatchObject({ settled: true })
    expect(await requestIds()).toEqual(ids.toSorted())
    expect(await redis.xlen(key('orders'))).toBe(0)
  })

  it('no acknowledged order is lost when the server is killed while it sells', async () => {
    const first = await start('redis-lua')
    const client = clientOf(first)
    await client.open(sku, { stock: 100_000, perUserLimit: null })
    const told: string[] = []
    let sent = 0
    const buyer = async (): Promise<void> => {
      for (;;) {
        sent += 1
        const requestId = `${sku}.${sent}`
        const answer = await client.buy(sku, { requestId, userId: 'u', quantity: 1 })
        if (answer.status === 201) told.push(requestId)
      }
    }
    const buyers = Array.from({ length: 16 }, () => buyer().catch(() => 'cut off'))
    await expect.poll(() => told.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(300)
    await first.kill()
    await Promise.all(buyers)

    await using second = await start('redis-lua')
    expect((await clientOf(second).settle()).status).toBe(200)
    const kept = await requestIds()
    expect(told.filter((id) => !kept.includes(id))).toEqual([])
    expect(kept.length + Number(await redis.get(key('stock')))).toBe(100_000)
  })

  it('a stream that is full turns buyers away, and nothing of them stays', async () => {
    const first = await start('redis-lua')
    await clientOf(first).open(sku, { stock: 5, perUserLimit: null })
    await first.stop()
    await redis.xadd(
      key('orders'),
      '*',
      'order_id',
      'o',
      'request_id',
      'r',
      'user_id',
      'u',
      'sku',
      sku,
      'quantity',
      '1',
    )

    const { keyPrefix, url } = services.redis!
    const connection = await connectRedis({ url, keyPrefix }, [BUY])
    const keys = [`${keyPrefix}requests`, key('stock'), key('terms'), key('units'), key('orders')]
    const buy = (bound: number) => connection.run(BUY, ...keys, `${sku}.1`, 'order', 'u', sku, 1, bound)
    expect(await buy(1)).toBe(-6)
    expect(await redis.get(key('stock'))).toBe('5')
    expect(await buy(2)).toBe(1)
    expect(await redis.get(key('stock'))).toBe('4')
    connection.stop()
  })

  it('the second deletion is done by the next process when the one that sold was killed', async () => {
    let left = false
    for (let round = 1; round <= 10 && !left; round++) {
      const first = await start('double-delete')
      const client = clientOf(first)
      await client.open(sku, { stock: 10, perUserLimit: null })
      const sold = await client.buy(sku, { requestId: `${sku}.${round}`, userId: 'u', quantity: 1 })
      await first.kill()
      expect(sold.status).toBe(201)
      const due = 'SELECT 1 FROM stock WHERE sku = $1 AND second_delete_due_at IS NOT NULL'
      // On a machine that stood still for 150 ms the deletion came before the kill: once more.
      left = (await postgres.query(due, [sku])).rowCount === 1
    }
    expect(left).toBe(true)

    // A reader that was held up fills the cache with what it read before the sale.
    await redis.set(key('cached-stock'), 10)
    await using second = await start('double-delete')
    expect((await clientOf(second).settle()).status).toBe(200)
    expect(await redis.get(key('cached-stock'))).toBeNull()
    expect((await clientOf(second).show(sku)).body['stock']).toBeLessThan(10)
  })

  it('a cache entry dies at its hour, however late it was filled', async () => {
    const { keyPrefix, url } = services.redis!
    const connection = await connectRedis({ url, keyPrefix }, [])
    const cache = new StockCache(connection, 500)
    await cache.fill(sku, 7, Date.now())
    expect(await cache.get(sku)).toBe(7)
    expect(await redis.pttl(key('cached-stock'))).toBeLessThanOrEqual(500)
    await cache.fill(sku, 8, Date.now() - 501)
    expect(await cache.get(sku)).toBeNull()
    connection.stop()
  })
})
