/**
 * The reference server as a process, with its stores: how it begins and ends, several instances behind one port, and
 * what buyers are told when a store hangs or is gone.
 */
import { spawnSync } from 'node:child_process'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ROUTES, type StatsResponseBody, TARGET_ENV } from '../src/core/wire.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { ConformanceClient } from '../src/conformance/index.ts'
import { lives } from './harness-process.ts'
import { describeWithServices } from './require-service.ts'
import { ADMIN_TOKEN, environmentOf, SERVER_PATH, TargetServer } from './target-server.ts'
import { wireToPostgres, wireToRedis } from './wire.ts'

const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` }
const POLL = { timeout: 15_000, interval: 20 }

let sales = 0
const newSku = (): string => {
  sales += 1
  return `server-${process.pid}-${sales}`
}

const clientOf = (server: TargetServer): ConformanceClient => new ConformanceClient(server.url, ADMIN_TOKEN)

async function statsOf(server: TargetServer): Promise<StatsResponseBody> {
  return (await (await fetch(server.url + ROUTES.stats, { headers: AUTHORIZED })).json()) as StatsResponseBody
}

describeWithServices(['postgres', 'redis'], 'the reference server', () => {
  let services: StartedServices
  let env: Record<string, string>
  let auditor: Client

  const start = (...args: string[]): Promise<TargetServer> => TargetServer.start(env, ...args)

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `server-${process.pid}`,
      env: process.env,
    })
    env = environmentOf(services)
    auditor = new Client({ connectionString: services.postgres!.url })
    await auditor.connect()
    await auditor.query(`SET search_path = "${services.postgres!.schema}"`)
  })

  afterAll(async () => {
    await auditor?.end()
    await services?.[Symbol.asyncDispose]()
  })

  it('says in one line that it is ready, and ends cleanly on SIGTERM', async () => {
    const server = await start('--strategy', 'atomic-update')
    expect(server.ready).toMatchObject({ ready: true, strategy: 'atomic-update', instances: 1, pid: server.child.pid })
    expect((await fetch(server.url + ROUTES.ready)).status).toBe(200)
    expect(await server.stop()).toBe(0)
  })

  it.each(['1', '2'])('ends with its stdin, and takes all instances with it (%s)', async (instances) => {
    const server = await start('--strategy', 'atomic-update', '--instances', instances)
    const { pids } = await statsOf(server)
    server.child.stdin!.end()
    expect(await server.ended()).toBe(0)
    await expect.poll(() => pids.filter(lives), POLL).toEqual([])
  })

  it('leaves no instance behind when it is killed', async () => {
    const server = await start('--strategy', 'atomic-update', '--instances', '2')
    const { pids } = await statsOf(server)
    expect(pids).toHaveLength(3)
    await server.kill()
    await expect.poll(() => pids.filter(lives), POLL).toEqual([])
  })

  it('ends when it loses an instance, since what is left is another target', async () => {
    const server = await start('--strategy', 'atomic-update', '--instances', '2')
    const { pids } = await statsOf(server)
    process.kill(pids.find((pid) => pid !== server.child.pid)!, 'SIGKILL')
    expect(await server.ended()).toBe(1)
    await expect.poll(() => pids.filter(lives), POLL).toEqual([])
  })

  it.each(['1', '2'])('says in one line why it can not start (%s)', (instances) => {
    const unreachable = { ...env, [TARGET_ENV.redisUrl]: 'redis://127.0.0.1:1' }
    const args = [SERVER_PATH, '--strategy', 'redis-lua', '--instances', instances, '--no-stdin-watch']
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { env: unreachable, encoding: 'utf8' })
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^doorbuster-target: redis: .+\n$/)
  })

  it('makes a sale known to every instance before it says that it is open', async () => {
    await using server = await start('--strategy', 'redis-lua', '--instances', '2')
    const client = clientOf(server)
    for (let round = 0; round < 20; round++) {
      const sku = newSku()
      expect((await client.open(sku, { stock: 8, perUserLimit: null })).status).toBe(201)
      const ids = Array.from({ length: 8 }, (_, index) => `${sku}.${index}`)
      const answers = await Promise.all(ids.map((id) => client.buy(sku, { requestId: id, userId: id, quantity: 1 })))
      expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 201))
      expect((await client.settle()).body).toMatchObject({ settled: true })
      const { rows } = await auditor.query('SELECT 1 FROM orders WHERE sku = $1', [sku])
      expect(rows).toHaveLength(8)
    }
    const metrics = await (await fetch(server.url + ROUTES.metrics)).text()
    expect(metrics).toContain('inventory_check_total{result="sold"} 160')
    expect(metrics).toContain('order_create_duration_seconds_count 160')
    expect((await statsOf(server)).work['drained']).toBe(160)
  })

  it('tells who waited in vain that nothing was sold, and who was inside that it may have been', async () => {
    await using server = await start('--strategy', 'atomic-update', '--request-timeout', '300')
    const client = clientOf(server)
    const sku = newSku()
    await client.open(sku, { stock: 100, perUserLimit: null })
    await auditor.query('BEGIN')
    await auditor.query('SELECT 1 FROM stock WHERE sku = $1 FOR UPDATE', [sku])
    const ids = Array.from({ length: 100 }, (_, index) => `${sku}.${index}`)
    const answers = await Promise.all(ids.map((id) => client.buy(sku, { requestId: id, userId: id, quantity: 1 })))
    await auditor.query('COMMIT')
    expect(answers.map(({ body }) => body['code'])).toEqual(ids.map(() => 'TIMEOUT'))
    expect((await client.settle()).status).toBe(200)

    const { rows } = await auditor.query<{ request_id: string }>('SELECT request_id FROM orders WHERE sku = $1', [sku])
    const mayHaveSold = ids.filter((_id, index) => answers[index]!.body['effect'] === 'unknown')
    // A few were sent, and stood in line for the lock; they sold when it was gone. The others were not.
    expect(mayHaveSold.length).toBeGreaterThan(0)
    expect(mayHaveSold.length).toBeLessThan(ids.length)
    expect(rows.map((row) => row.request_id).sort()).toEqual(mayHaveSold.sort())
  })

  it('lives through the loss of Postgres, and says what may have been sold', async () => {
    await using wire = await wireToPostgres(services.postgres!.url)
    const { url } = wire
    await using server = await TargetServer.start(
      { ...env, [TARGET_ENV.databaseUrl]: url },
      '--strategy',
      'atomic-update',
    )
    const client = clientOf(server)
    const sku = newSku()
    await client.open(sku, { stock: 5, perUserLimit: null })

    await auditor.query('BEGIN')
    await auditor.query('SELECT 1 FROM stock WHERE sku = $1 FOR UPDATE', [sku])
    const inside = client.buy(sku, { requestId: `${sku}.1`, userId: 'u1', quantity: 1 })
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'doorbuster-target'`
    // Within a transaction the activity is shown as it was when first asked for.
    const waitingNow = async () => {
      await auditor.query('SELECT pg_stat_clear_snapshot()')
      return (await auditor.query(waiting)).rowCount
    }
    await expect.poll(waitingNow, POLL).toBe(1)
    await wire.cut()
    expect((await inside).body).toMatchObject({ code: 'DEPENDENCY_DOWN', effect: 'unknown' })
    await auditor.query('COMMIT')

    const outside = await client.buy(sku, { requestId: `${sku}.2`, userId: 'u2', quantity: 1 })
    expect(outside.body).toMatchObject({ code: 'DEPENDENCY_DOWN', effect: 'none' })
    expect((await fetch(server.url + ROUTES.ready)).status).toBe(503)
    expect((await fetch(server.url + ROUTES.health)).status).toBe(200)

    await wire.mend()
    const again = await client.buy(sku, { requestId: `${sku}.2`, userId: 'u2', quantity: 1 })
    expect(again.status).toBe(201)
  })

  it('lives through the loss of Redis, and sells on when it is back', async () => {
    await using wire = await wireToRedis(services.redis!.url)
    const { url } = wire
    await using server = await TargetServer.start({ ...env, [TARGET_ENV.redisUrl]: url }, '--strategy', 'redis-lua')
    const client = clientOf(server)
    const sku = newSku()
    const buy = (id: number) => client.buy(sku, { requestId: `${sku}.${id}`, userId: `u${id}`, quantity: 1 })
    await client.open(sku, { stock: 5, perUserLimit: null })
    expect((await buy(1)).status).toBe(201)
    await wire.cut()
    await expect.poll(async () => (await buy(2)).body, POLL).toMatchObject({ code: 'DEPENDENCY_DOWN', effect: 'none' })
    await wire.mend()
    await expect.poll(async () => (await buy(3)).status, POLL).toBeLessThan(300)
    expect((await client.settle()).status).toBe(200)
    const { rows } = await auditor.query<{ request_id: string }>('SELECT request_id FROM orders WHERE sku = $1', [sku])
    expect(rows.map((row) => row.request_id)).toEqual(expect.arrayContaining([`${sku}.1`, `${sku}.3`]))
  })

  it('refuses to sell from a stock that Redis has lost, and does not take it for none', async () => {
    await using server = await start('--strategy', 'redis-lua')
    const client = clientOf(server)
    const sku = newSku()
    await client.open(sku, { stock: 5, perUserLimit: null })
    const { Redis } = await import('ioredis')
    const redis = new Redis(services.redis!.url)
    await redis.del(`${services.redis!.keyPrefix}{${sku}}:stock`)
    redis.disconnect()
    const answer = await client.buy(sku, { requestId: `${sku}.1`, userId: 'u1', quantity: 1 })
    expect(answer.body).toMatchObject({ code: 'DEPENDENCY_DOWN', effect: 'none' })
    expect((await client.show(sku)).status).toBe(503)
  })
})
