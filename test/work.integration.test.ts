/**
 * Work an order, against real stores: what is counted is exactly what was asked of them, the harness's own questions left
 * out; one statement more is seen; and where nothing can be counted, the run goes on and says so.
 */
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { countsPerRequest } from '../src/core/work-counts.ts'
import type { ProbedWork, RequestKind } from '../src/core/work-record.ts'
import {
  acquireServices,
  readForeignCounts,
  readStoreCounts,
  type StartedServices,
  storeWorkBetween,
} from '../src/services/index.ts'
import type { ServeReadyLine } from '../src/run/serve.ts'
import { accessTo, template } from './described.ts'
import { doorbuster, start } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const FEW = ['--rate', '50', '--duration', '1s', '--json']

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunRecord> {
  const { exitCode, stdout, stderr } = await doorbuster(['run', 'smoke', ...args, ...FEW], { env })
  try {
    return JSON.parse(stdout) as RunRecord
  } catch {
    throw new Error(`no record on stdout (exit ${exitCode}):\n${stdout}\n${stderr}`)
  }
}

function probeOf({ workAnOrder }: RunRecord, kind: RequestKind): ProbedWork {
  return workAnOrder!.find((probe) => probe.kind === kind)!
}

/** Name -> count per request, of those that begin so. */
function countsOf(record: RunRecord, kind: RequestKind, ...beginnings: readonly string[]): Record<string, number> {
  const counts = countsPerRequest(probeOf(record, kind)).filter(({ name }) =>
    beginnings.some((beginning) => name.startsWith(beginning)),
  )
  return Object.fromEntries(counts.map(({ name, perRequest }) => [name, perRequest]))
}

const SELL = { 'sql: SELECT o_code, o_order FROM sell_atomically($1, $2, $3, $4, $5)': 1 }
const STOCK = 'sql: SELECT remaining FROM stock WHERE sku = $1'

describeWithServices(['postgres'], 'the probe of a strategy', () => {
  it('counts what its SQL says, and one statement more where there is one', async () => {
    const plain = await run(['--strategy', 'atomic-update', '--work'])
    const handicapped = await run(['--strategy', 'atomic-update', '--work', '--handicap', 'statement'])
    expect(plain.workAnOrder!.map(({ kind, requests, notCounted }) => [kind, requests, notCounted])).toEqual([
      ['sold', 20, []],
      ['soldOut', 20, []],
      ['replayed', 20, []],
      ['read', 20, []],
    ])
    for (const kind of ['sold', 'soldOut', 'replayed'] as const) {
      expect(countsOf(plain, kind, 'sql', 'transactions', 'redis')).toEqual({ ...SELL, transactions: 1 })
      expect(countsOf(handicapped, kind, 'sql', 'transactions')).toEqual({ ...SELL, [STOCK]: 1, transactions: 2 })
    }
    expect(Object.values(countsOf(plain, 'sold', 'nested'))).toEqual([1, 1, 1, 1, 1])
    expect(countsOf(plain, 'sold', 'wal')['wal records']).toBeGreaterThan(5)
    expect(Object.values(countsOf(plain, 'soldOut', 'nested', 'wal'))).toEqual([1, 0])
    expect(countsOf(plain, 'read', 'sql')).toEqual({ [STOCK]: 1 })
    expect(countsOf(handicapped, 'read', 'sql')).toEqual({ [STOCK]: 1 })
    expect(handicapped.target).toMatchObject({ handicap: 'statement' })
    expect(plain.target).not.toHaveProperty('handicap')
  })
})

describeWithServices(['postgres'], 'the probe of a described service', () => {
  it('counts what is done in the database that its ledger names, its audits left out', async () => {
    const shop = start(['serve', '--strategy', 'atomic-update'])
    const { descriptor } = JSON.parse(await shop.said(/^\{"ready":true.*\}$/m)) as ServeReadyLine
    const record = await run(['--target', descriptor, '--work'])
    shop.kill('SIGTERM')
    await shop.finished
    expect(record.workAnOrder!.map(({ kind, requests }) => [kind, requests])).toEqual([
      ['sold', 20],
      ['soldOut', 20],
      ['replayed', 20],
      ['read', 20],
    ])
    expect(countsOf(record, 'replayed', 'sql', 'transactions')).toEqual({ ...SELL, transactions: 1 })
    expect(countsOf(record, 'read', 'sql')).toEqual({ [STOCK]: 1 })
    const { work, outcomes } = record.steps[0]!
    expect(work.sql!.statements.map(({ text }) => `sql: ${text}`).sort()).toEqual([...Object.keys(SELL), STOCK].sort())
    expect(work.sql!.statements.find(({ text }) => `sql: ${text}` === STOCK)!.calls).toBe(outcomes.shown)
    expect(work.notCounted).toEqual([
      expect.stringMatching(/SQL is all that is done in the database/),
      'Redis commands are not counted: the ledger of the descriptor names no Redis',
    ])
  })
})

describeWithServices(['postgres', 'redis'], 'the work of a step', () => {
  it('holds what was left for later, and nothing of what the harness asked', async () => {
    const record = await run(['--strategy', 'redis-lua'])
    expect(record.workAnOrder).toBeNull()
    const { work, sent, sales } = record.steps[0]!
    expect(work.sql!.statements).toEqual([
      { text: expect.stringMatching(/^INSERT INTO orders/), calls: work.counters['batches'], rows: sales[0]!.orders },
    ])
    const { evalsha, get, info } = work.redis!.commands
    expect(evalsha! + (get ?? 0)).toBe(sent)
    expect(info).toBeUndefined()
    expect(work.counters['drained']).toBe(sales[0]!.orders)
    expect(work.notCounted).toEqual([])
  })
})

describeWithServices(['postgres', 'redis'], 'readings of stores', () => {
  let services: StartedServices

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `work-${process.pid}`,
      env: { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined },
    })
  })

  afterAll(() => services?.[Symbol.asyncDispose]())

  const FUNCTION = `CREATE FUNCTION doubled(p integer) RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO t VALUES (p); RETURN (SELECT max(n) FROM t) * 2; END $$`

  it('count statements, those of functions apart, without the name of the schema', async () => {
    const { url, schema } = services.postgres!
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(`SET search_path = ${schema}`)
    await client.query('CREATE TABLE t (n integer)')
    await client.query(FUNCTION)
    const before = await readStoreCounts(services)
    await client.query('SELECT doubled(1)')
    await client.query(`SELECT n\nFROM ${schema}.t WHERE n = $1`, [1])
    await client.query(`SELECT n FROM "${schema}".t WHERE n = $1`, [2])
    const between = storeWorkBetween(before, await readStoreCounts(services))
    await client.end()
    expect(between.sql).toMatchObject({
      statements: [
        { text: 'SELECT n FROM t WHERE n = $1', calls: 2, rows: 1 },
        { text: 'SELECT doubled($1)', calls: 1, rows: 1 },
      ],
      transactions: 3,
    })
    expect(between.sql!.nested.map(({ text, calls }) => [text, calls])).toContainEqual(['INSERT INTO t VALUES (p)', 1])
    expect(between.sql!.walRecords).toBeGreaterThan(0)
    expect(between.redis).toEqual({ commands: {}, receivedBytes: 0, sentBytes: 0 })
    expect(between.notCounted).toEqual([])
  })

  it('count commands, those of scripts as well, and the bytes that came and went', async () => {
    const client = new Redis(services.redis!.url, { lazyConnect: true, retryStrategy: null })
    await client.connect()
    await client.ping()
    const before = await readStoreCounts(services)
    await client.set('k', 'v')
    await client.eval("return redis.call('GET', KEYS[1])", 1, 'k')
    const { redis, sql } = storeWorkBetween(before, await readStoreCounts(services))
    client.disconnect()
    const set = '*3\r\n$3\r\nset\r\n$1\r\nk\r\n$1\r\nv\r\n'
    const script = "*4\r\n$4\r\neval\r\n$34\r\nreturn redis.call('GET', KEYS[1])\r\n$1\r\n1\r\n$1\r\nk\r\n"
    expect(redis).toEqual({
      commands: { eval: 1, get: 1, set: 1 },
      receivedBytes: set.length + script.length,
      sentBytes: '+OK\r\n'.length + '$1\r\nv\r\n'.length,
    })
    expect(sql).toMatchObject({ statements: [], nested: [], transactions: 0 })
  })

  it("tell the harness's queries from a service's equal ones, whoever came first", async () => {
    const { url } = services.postgres!
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('CREATE TABLE public.outbox (n integer)')
    const text = 'SELECT n FROM public.outbox'
    const store = { engine: 'postgres', url: template(url) } as const
    await using access = accessTo()
    const ask = async (): Promise<void> => {
      await using settling = await access.sql(store, 'write')
      expect(await settling.query(template(text), {})).toEqual({ columns: ['n'], rows: [] })
      await using auditing = await access.sql(store, 'read')
      expect(await auditing.stream(template(text), {}, () => undefined)).toBe(0)
      expect(await auditing.query(template(text), {})).toEqual({ columns: ['n'], rows: [] })
    }
    await ask()
    const before = await readStoreCounts(services)
    await client.query(text)
    await ask()
    const { sql } = storeWorkBetween(before, await readStoreCounts(services))
    await client.end()
    expect(sql).toMatchObject({ statements: [{ text, calls: 1 }], nested: [], transactions: 1 })
  })

  it("are without the harness's own commands, to the byte", async () => {
    const { url } = services.redis!
    const client = new Redis(url, { lazyConnect: true, retryStrategy: null })
    await client.connect()
    await client.set('left', '5')
    await using access = accessTo()
    const ask = async (): Promise<void> => {
      await using session = await access.redis(template(url))
      await session.call('GET', 'left')
      await session.call('XLEN', 'orders')
      await session.call('CONFIG', 'GET', 'maxmemory')
    }
    const read = () => readForeignCounts({ postgres: null, redis: url }, access.ownRedisWork)
    await ask()
    const before = await read()
    await client.get('left')
    await ask()
    const { redis } = storeWorkBetween(before, await read())
    expect(redis).toEqual({
      commands: { get: 1 },
      receivedBytes: '*2\r\n$3\r\nget\r\n$4\r\nleft\r\n'.length,
      sentBytes: '$1\r\n5\r\n'.length,
    })
    await client.config('RESETSTAT')
    const reset = storeWorkBetween(before, await read())
    client.disconnect()
    expect(reset.redis).toBeNull()
    expect(reset.notCounted.join()).toContain('somebody reset its counts')
  })

  it('are a sentence where a store is gone', async () => {
    const nowhere = { ...services, redis: { ...services.redis!, url: '/nowhere/redis.sock' } }
    const between = storeWorkBetween(await readStoreCounts(nowhere), await readStoreCounts(nowhere))
    expect(between.redis).toBeNull()
    expect(between.notCounted).toEqual([expect.stringMatching(/^Redis commands are not counted: /)])
    expect(between.sql).not.toBeNull()
  })

  it("use what somebody else's database has, and leave it without what it hasn't", async () => {
    const external = { DATABASE_URL: services.postgres!.url }
    const args = ['--strategy', 'atomic-update', '--services', 'external', '--work']
    const counted = await run(args, external)
    expect(countsOf(counted, 'soldOut', 'transactions')).toEqual({ transactions: 1 })
    expect(counted.steps[0]!.work.notCounted).toEqual([expect.stringMatching(/the Postgres is not the run's own/)])
    const client = new Client({ connectionString: services.postgres!.url })
    await client.connect()
    await client.query('DROP EXTENSION pg_stat_statements')
    const without = await run(args, external)
    const extensions = await client.query(`SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'`)
    await client.end()
    expect(without.status).toBe('complete')
    expect(without.steps[0]!.outcomes.sold).toBeGreaterThan(0)
    expect(without.steps[0]!.work.sql).toBeNull()
    expect(without.steps[0]!.work.notCounted.join()).toContain('the database has no extension pg_stat_statements')
    expect(probeOf(without, 'sold')).toMatchObject({ requests: 20, sql: null, redis: { commands: {} } })
    expect(extensions.rowCount).toBe(0)
  })
})
