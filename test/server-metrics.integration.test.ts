/**
 * The metrics of the reference server, as Prometheus gets them from a real one: of one instance and of two, in both
 * formats, and read by Prometheus' own tool where it is there.
 */
import { spawnSync } from 'node:child_process'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ROUTES } from '../src/core/wire.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { ConformanceClient } from '../src/conformance/index.ts'
import { describeWithServices } from './require-service.ts'
import { ADMIN_TOKEN, environmentOf, TargetServer } from './target-server.ts'

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
/** For what is asked of stores at a scrape: it is missing where they answer too late. */
const POLL = { timeout: 15_000, interval: 20 }
const hasPromtool = spawnSync('promtool', ['--version']).status === 0

let sales = 0
const newSku = (): string => {
  sales += 1
  return `metrics-${process.pid}-${sales}`
}

const clientOf = (server: TargetServer): ConformanceClient => new ConformanceClient(server.url, ADMIN_TOKEN)

/** Each buyer over a connection of its own, so that every instance gets some. */
async function buyAtOnce(server: TargetServer, sku: string, buyers: number): Promise<number[]> {
  const buys = Array.from({ length: buyers }, async (_, index) => {
    const id = `${sku}.${index}`
    const { status } = await clientOf(server).buy(sku, { requestId: id, userId: id, quantity: 1 })
    return status
  })
  return Promise.all(buys)
}

/** `name{labels}` -> value. */
async function scrape(server: TargetServer): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(server.url + ROUTES.metrics)).text()
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

async function sampleOf(server: TargetServer, name: string): Promise<number | undefined> {
  return (await scrape(server)).get(name)
}

describeWithServices(['postgres', 'redis'], "the reference server's metrics", () => {
  let services: StartedServices
  let env: Record<string, string>
  let auditor: Client

  /** What is counted to the last one must not hang on how fast this machine is. */
  const start = (...args: string[]): Promise<TargetServer> =>
    TargetServer.start(env, '--request-timeout', '30000', ...args)

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `metrics-${process.pid}`,
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

  it.each(['1', '2'])('add up over %s instances to what was sold, and follow it to Postgres', async (instances) => {
    await using server = await start('--strategy', 'redis-lua', '--instances', instances)
    const client = clientOf(server)
    const sku = newSku()
    await client.open(sku, { stock: 30, perUserLimit: null })
    await buyAtOnce(server, sku, 50)
    await client.settle()

    const metrics = await scrape(server)
    const funnel = ['checked', 'deducted', 'ordered'].map((stage) =>
      metrics.get(`sale_funnel_units_total{sku="${sku}",stage="${stage}"}`),
    )
    expect(funnel).toEqual([50, 30, 30])
    expect(metrics.get('inventory_check_total{result="sold"}')).toBe(30)
    expect(metrics.get('inventory_check_total{result="soldOut"}')).toBe(20)
    expect(metrics.get('http_requests_refused_total{code="SOLD_OUT"}')).toBe(20)
    expect(metrics.get('redis_decr_failed_total{reason="refused"}')).toBe(20)
    expect(metrics.get('order_create_duration_seconds_count')).toBe(30)
    expect(metrics.get('order_create_duration_seconds_bucket{le="+Inf"}')).toBe(30)
    expect(metrics.get('write_batch_orders_sum')).toBe(30)
    expect(metrics.get('strategy_work_total{kind="drained"}')).toBe(30)
    // Asked of the stores once, however many instances there are.
    await expect.poll(() => sampleOf(server, `stock_units{sku="${sku}"}`), POLL).toBe(0)
    await expect.poll(() => sampleOf(server, 'drain_backlog_orders'), POLL).toBe(0)
  })

  it('show an oversell: more units deducted than there were, with `naive`', async () => {
    await using server = await start('--strategy', 'naive')
    const client = clientOf(server)
    const sku = newSku()
    await client.open(sku, { stock: 8, perUserLimit: null })
    const statuses = await buyAtOnce(server, sku, 200)
    const sold = statuses.filter((status) => status === 201).length
    const metrics = await scrape(server)
    expect(sold).toBeGreaterThan(8)
    expect(metrics.get(`sale_funnel_units_total{sku="${sku}",stage="deducted"}`)).toBe(sold)
    expect(metrics.get(`sale_funnel_units_total{sku="${sku}",stage="ordered"}`)).toBe(sold)
  })

  it('show what the strategies wait for, try again, gather and cache', async () => {
    const seen = async (strategy: string, metric: string): Promise<number> => {
      await using server = await start('--strategy', strategy)
      const sku = newSku()
      await clientOf(server).open(sku, { stock: 1_000, perUserLimit: null })
      await buyAtOnce(server, sku, 100)
      return (await scrape(server)).get(metric)!
    }
    expect(await seen('mutex', 'lock_wait_duration_seconds_sum')).toBeGreaterThan(0)
    expect(await seen('optimistic', 'deduction_retries_total')).toBeGreaterThan(0)
    expect(await seen('batched', 'write_batch_orders_sum')).toBe(100)
    expect(await seen('double-delete', 'cache_reads_total{result="miss"}')).toBeGreaterThan(0)
    expect(await seen('atomic-update', 'pool_wait_duration_seconds_count{store="postgres"}')).toBeGreaterThanOrEqual(
      100,
    )
  })

  it('show the stock of a sale from its opening to its close', async () => {
    await using server = await start('--strategy', 'atomic-update', '--instances', '2')
    const client = clientOf(server)
    const sku = newSku()
    await client.open(sku, { stock: 5, perUserLimit: null })
    await expect.poll(() => sampleOf(server, `stock_units{sku="${sku}"}`), POLL).toBe(5)
    await client.close(sku)
    expect((await scrape(server)).has(`stock_units{sku="${sku}"}`)).toBe(false)
  })

  it('come without the stock where the store hangs, and in time', async () => {
    await using server = await start('--strategy', 'atomic-update')
    const sku = newSku()
    await clientOf(server).open(sku, { stock: 5, perUserLimit: null })
    await auditor.query('BEGIN')
    await auditor.query('LOCK TABLE stock IN ACCESS EXCLUSIVE MODE')
    const metrics = [await scrape(server), await scrape(server)]
    await auditor.query('ROLLBACK')
    expect(metrics.map((one) => one.has(`stock_units{sku="${sku}"}`))).toEqual([false, false])
    expect(metrics.map((one) => one.get('http_requests_in_flight'))).toEqual([0, 0])
  })

  it('count also a sale whose buyer had been told that the time was over', async () => {
    await using server = await start('--strategy', 'atomic-update', '--request-timeout', '300')
    const client = clientOf(server)
    const sku = newSku()
    await client.open(sku, { stock: 5, perUserLimit: null })
    await auditor.query('BEGIN')
    await auditor.query('SELECT 1 FROM stock WHERE sku = $1 FOR UPDATE', [sku])
    expect(await buyAtOnce(server, sku, 1)).toEqual([503])
    await auditor.query('COMMIT')
    await client.settle()
    const metrics = await scrape(server)
    expect(metrics.get('http_requests_refused_total{code="TIMEOUT"}')).toBe(1)
    expect(metrics.get('inventory_check_total{result="sold"}')).toBe(1)
    expect(metrics.get(`sale_funnel_units_total{sku="${sku}",stage="deducted"}`)).toBe(1)
  })

  it('are not there where they are turned off', async () => {
    await using server = await start('--strategy', 'atomic-update', '--instances', '2', '--no-metrics')
    const sku = newSku()
    await clientOf(server).open(sku, { stock: 5, perUserLimit: null })
    expect(await buyAtOnce(server, sku, 6)).toEqual(expect.arrayContaining([201, 409]))
    expect((await fetch(server.url + ROUTES.metrics)).status).toBe(404)
  })

  it.each(['1', '2'])('are OpenMetrics for whoever accepts it (%s)', async (instances) => {
    await using server = await start('--strategy', 'atomic-update', '--instances', instances)
    const asked = await fetch(server.url + ROUTES.metrics, { headers: { accept: OPEN_METRICS } })
    const text = await asked.text()
    expect(asked.headers.get('content-type')).toBe(OPEN_METRICS)
    expect(text).toContain('# TYPE inventory_check counter\ninventory_check_total{result="sold"} 0\n')
    expect(text.endsWith('\n# EOF\n')).toBe(true)
    const plain = await fetch(server.url + ROUTES.metrics)
    expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await plain.text()).toContain('# TYPE inventory_check_total counter\n')
  })

  it.skipIf(!hasPromtool).each(['1', '2'])("pass promtool's check (%s)", async (instances) => {
    await using server = await start('--strategy', 'redis-lua', '--instances', instances)
    const sku = newSku()
    await clientOf(server).open(sku, { stock: 5, perUserLimit: null })
    await buyAtOnce(server, sku, 10)
    const input = await (await fetch(server.url + ROUTES.metrics)).text()
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: '' })
  })
})
