/** Real servers of every provider: what they are when they run, and what is left when they don't. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { describeWithServices } from '../../test/require-service.ts'
import { runsFolder } from './folders.ts'
import {
  acquireServices,
  diagnoseServices,
  type ServicesRequest,
  type StartedPostgres,
  type StartedRedis,
} from './index.ts'

let runNumber = 0

function request(more: Partial<ServicesRequest>): ServicesRequest {
  return {
    needs: ['postgres'],
    mode: 'embedded',
    settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
    runId: `test-${process.pid}-${runNumber++}`,
    env: { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined },
    ...more,
  }
}

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

async function redis<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null })
  await client.connect()
  try {
    return await use(client)
  } finally {
    client.disconnect()
  }
}

/** Folders of this process's runs. */
function ownRuns(): string[] {
  return readdirSync(runsFolder()).filter((name) => {
    try {
      return readFileSync(`${runsFolder()}/${name}/owner.json`, 'utf8').includes(`"pid":${process.pid},`)
    } catch {
      return false
    }
  })
}

function started<T>(service: T | null): T {
  if (service === null) throw new Error('it was not started')
  return service
}

function describePostgres(provider: 'local' | 'embedded'): void {
  it('is new, private and set as was asked', async () => {
    const settings = { synchronousCommit: 'off', appendfsync: 'no' } as const
    const services = await acquireServices(request({ mode: provider, settings }))
    try {
      const postgres: StartedPostgres = started(services.postgres)
      expect(services.redis).toBeNull()
      expect(postgres.record.provider).toBe(provider)
      expect(postgres.record.version).toMatch(/^\d+\.\d+/)
      expect(postgres.record.settings).toMatchObject({
        synchronous_commit: 'off',
        fsync: 'on',
        wal_level: 'minimal',
        jit: 'off',
      })
      expect(await query(postgres.url, 'SHOW synchronous_commit')).toEqual([['off']])
      expect(await query(postgres.url, 'SHOW listen_addresses')).toEqual([['']])
      const tables = `SELECT count(*)::int FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`
      expect(await query(postgres.url, tables)).toEqual([[0]])
      await query(postgres.url, `CREATE TABLE ${postgres.schema}.stock (sku text)`)
      const socketFolder = new URL(postgres.url).searchParams.get('host') ?? ''
      expect(statSync(socketFolder).mode & 0o777).toBe(0o700)
    } finally {
      await services[Symbol.asyncDispose]()
    }
    expect(ownRuns()).toEqual([])
  })

  it.runIf(process.platform === 'linux')('tells what it used, and nothing once it is gone', async () => {
    const services = await acquireServices(request({ mode: provider }))
    const postgres = started(services.postgres)
    try {
      const before = await postgres.resources()
      await query(postgres.url, 'SELECT sum(i) FROM generate_series(1, 2000000) i')
      const after = await postgres.resources()
      expect(after?.cpuSeconds).toBeGreaterThan(before?.cpuSeconds ?? Number.POSITIVE_INFINITY)
      expect(after?.maxRssBytes).toBeGreaterThan(10_000_000)
    } finally {
      await services[Symbol.asyncDispose]()
    }
    expect(await postgres.resources()).toBeNull()
  })

  it('runs twice side by side, each by itself', async () => {
    const one = await acquireServices(request({ mode: provider }))
    try {
      const other = await acquireServices(request({ mode: provider }))
      try {
        expect(started(one.postgres).url).not.toBe(started(other.postgres).url)
        expect(await query(started(other.postgres).url, 'SELECT 1')).toEqual([[1]])
      } finally {
        await other[Symbol.asyncDispose]()
      }
      expect(await query(started(one.postgres).url, 'SELECT 1')).toEqual([[1]])
    } finally {
      await one[Symbol.asyncDispose]()
    }
  })
}

describeWithServices(['embedded'], 'embedded Postgres', () => describePostgres('embedded'))
describeWithServices(['local'], 'local Postgres', () => describePostgres('local'))

describeWithServices(['redis'], 'Redis', () => {
  it('is new, and set as was asked', async () => {
    const settings = { synchronousCommit: 'on', appendfsync: 'always' } as const
    const services = await acquireServices(request({ needs: ['redis'], mode: 'auto', settings }))
    try {
      const store: StartedRedis = started(services.redis)
      expect(services.postgres).toBeNull()
      expect(store.record.version).toMatch(/\d+\.\d+/)
      expect(store.record.settings).toMatchObject({
        appendonly: 'yes',
        appendfsync: 'always',
        save: '',
        'maxmemory-policy': 'noeviction',
      })
      expect(await redis(store.url, (client) => client.dbsize())).toBe(0)
      expect((await store.resources())?.maxRssBytes).toBeGreaterThan(1_000_000)
    } finally {
      await services[Symbol.asyncDispose]()
    }
    expect(ownRuns()).toEqual([])
  })
})

describeWithServices(['postgres'], 'external Postgres', () => {
  async function withSomebodysPostgres(use: (url: string) => Promise<void>): Promise<void> {
    const theirs = await acquireServices(request({ mode: 'auto' }))
    try {
      await use(started(theirs.postgres).url)
    } finally {
      await theirs[Symbol.asyncDispose]()
    }
  }

  it('is left as it was, but for the time of the run', async () => {
    await withSomebodysPostgres(async (url) => {
      await query(url, 'CREATE SCHEMA theirs; CREATE TABLE theirs.goods (name text)')
      const env = { ...process.env, DATABASE_URL: url }
      const settings = { synchronousCommit: 'off', appendfsync: 'no' } as const
      const ours = await acquireServices(request({ mode: 'auto', env, settings }))
      const postgres = started(ours.postgres)
      const schemas = `SELECT nspname FROM pg_namespace WHERE nspname IN ('theirs', '${postgres.schema}') ORDER BY 1`
      try {
        expect(postgres.record.provider).toBe('external')
        expect(postgres.record.settings['synchronous_commit']).toBe('off')
        expect(await postgres.resources()).toBeNull()
        expect(postgres.url).toBe(url)
        await query(postgres.url, `CREATE TABLE ${postgres.schema}.stock (sku text)`)
        expect(await query(url, schemas)).toEqual([[postgres.schema], ['theirs']])
      } finally {
        await ours[Symbol.asyncDispose]()
      }
      expect(await query(url, schemas)).toEqual([['theirs']])
      expect(await query(url, 'SHOW synchronous_commit')).toEqual([['on']])
      expect(await query(url, 'SELECT count(*)::int FROM theirs.goods')).toEqual([[0]])
    })
  })

  it('is refused where the schema is there already, which survives', async () => {
    await withSomebodysPostgres(async (url) => {
      await query(url, 'CREATE SCHEMA doorbuster_taken; CREATE TABLE doorbuster_taken.goods (name text)')
      const env = { ...process.env, DATABASE_URL: url }
      await expect(acquireServices(request({ mode: 'external', env, runId: 'taken' }))).rejects.toMatchObject({
        code: 'SERVICE_FAILED',
        message: "the schema doorbuster_taken is there already, so it is not this run's to use",
      })
      expect(await query(url, 'SELECT count(*)::int FROM doorbuster_taken.goods')).toEqual([[0]])
    })
  })
})

describeWithServices(['redis'], 'external Redis', () => {
  it('keeps every key that is not of the run, and refuses a prefix in use', async () => {
    const theirs = await acquireServices(request({ needs: ['redis'], mode: 'auto' }))
    try {
      const { url } = started(theirs.redis)
      const env = { ...process.env, REDIS_URL: url }
      await redis(url, async (client) => {
        await client.mset('goods', '1', 'doorbuster:used:x', '2', 'doorbuster:run-1', '3')
        const ours = await acquireServices(request({ needs: ['redis'], mode: 'auto', env, runId: 'run-1' }))
        expect(ours.redis?.keyPrefix).toBe('doorbuster:run-1:')
        for (let i = 0; i < 2_500; i++) await client.set(`doorbuster:run-1:${i}`, 'x')
        await ours[Symbol.asyncDispose]()
        expect((await client.keys('*')).sort()).toEqual(['doorbuster:run-1', 'doorbuster:used:x', 'goods'])
        await expect(
          acquireServices(request({ needs: ['redis'], mode: 'auto', env, runId: 'used' })),
        ).rejects.toMatchObject({ code: 'SERVICE_FAILED' })
        expect(await client.get('doorbuster:used:x')).toBe('2')
      })
    } finally {
      await theirs[Symbol.asyncDispose]()
    }
  })
})

describe('services that cannot be had', () => {
  const secret = 'open-sesame'

  it.each([
    ['postgres', { DATABASE_URL: `postgresql://me:${secret}@127.0.0.1:1/shop` }],
    ['redis', { REDIS_URL: `redis://:${secret}@127.0.0.1:1/0` }],
  ] as const)('are told by host, not by password: %s', async (store, named) => {
    const env = { ...process.env, ...named }
    const failure = await acquireServices(request({ needs: [store], mode: 'auto', env })).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', exitCode: 5 })
    expect(failure).toHaveProperty('message', expect.stringContaining('127.0.0.1:1'))
    expect(JSON.stringify([String(failure), failure])).not.toContain(secret)
    expect(JSON.stringify(await diagnoseServices(env))).not.toContain(secret)
    expect(ownRuns()).toEqual([])
  })

  it('are named with what was tried and how to get one', async () => {
    const env = {
      PATH: '/nonexistent',
      XDG_CACHE_HOME: '/nonexistent',
      HOME: '/nonexistent',
      TMPDIR: process.env['TMPDIR'],
    }
    const failure = await acquireServices(request({ needs: ['redis'], mode: 'local', env })).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: 'no redis can be had (local: no redis-server or valkey-server on the PATH)',
      hint: expect.stringMatching(/REDIS_URL[^]*apt-get install redis-server[^]*Docker/),
    })
  })

  it('take down with them what was started already', async () => {
    const env = { ...process.env, DATABASE_URL: undefined, REDIS_URL: 'redis://127.0.0.1:1' }
    await expect(acquireServices(request({ needs: ['postgres', 'redis'], mode: 'auto', env }))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    })
    expect(ownRuns()).toEqual([])
  })
})
