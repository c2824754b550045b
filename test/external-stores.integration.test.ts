/**
 * Sales on stores that somebody else runs, and uses: tables and keys with the very names that strategies use stand
 * there already. The sale is right, and what is theirs is as it was.
 */
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { acquireServices } from '../src/services/index.ts'
import { doorbuster } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** As a shop might have them: every statement of a strategy would work on them. */
const THEIR_TABLES = `
CREATE TABLE public.stock (sku text PRIMARY KEY, initial int NOT NULL, remaining int NOT NULL, version int NOT NULL
  DEFAULT 0, per_user_limit int, closed boolean NOT NULL DEFAULT false, second_delete_due_at timestamptz);
CREATE TABLE public.orders (order_id text PRIMARY KEY, request_id text NOT NULL UNIQUE, user_id text NOT NULL,
  sku text NOT NULL, quantity int NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE public.quotas (sku text, user_id text, units int NOT NULL, PRIMARY KEY (sku, user_id));
INSERT INTO public.stock (sku, initial, remaining) VALUES ('theirs', 7, 5);
INSERT INTO public.orders VALUES ('o1', 'q1', 'u1', 'theirs', 2, '2026-01-01');
INSERT INTO public.quotas VALUES ('theirs', 'u1', 2);
`

interface Theirs {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Everything in both stores, as text. */
  contents(): Promise<string>
}

let stores = 0

async function storesInUse(): Promise<Theirs> {
  const services = await acquireServices({
    needs: ['postgres', 'redis'],
    mode: 'auto',
    settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
    runId: `theirs-${process.pid}-${stores++}`,
    env: { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined },
  })
  onTestFinished(() => services[Symbol.asyncDispose]())
  const [databaseUrl, redisUrl] = [services.postgres!.url, services.redis!.url]
  await withPostgres(databaseUrl, (client) => client.query(THEIR_TABLES))
  await withRedis(redisUrl, (client) => client.mset('stock', '9', 'theirs', 'kept'))
  return {
    databaseUrl,
    redisUrl,
    contents: async () => {
      const tables = await withPostgres(databaseUrl, everyTable)
      const keys = await withRedis(redisUrl, async (client) => {
        const names = (await client.keys('*')).sort()
        return Promise.all(names.map(async (name) => [name, await client.type(name)]))
      })
      return JSON.stringify({ tables, keys }, null, 1)
    },
  }
}

async function everyTable(client: Client): Promise<unknown> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_namespace n LEFT JOIN pg_class c
       ON c.relnamespace = n.oid AND c.relkind = 'r'
     WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1, 2`,
  )
  const contents = []
  for (const { schema, name } of rows) {
    const found = name ? await client.query(`TABLE "${schema}"."${name}"`) : { rows: [] }
    contents.push({ schema, name, rows: found.rows })
  }
  return contents
}

async function withPostgres<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

async function withRedis<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null })
  await client.connect()
  try {
    return await use(client)
  } finally {
    client.disconnect()
  }
}

describeWithServices(['postgres', 'redis'], 'a sale on stores in use', () => {
  it.each(['atomic-update', 'double-delete', 'redis-lua'])('%s: right, and what is theirs stays', async (strategy) => {
    const theirs = await storesInUse()
    const before = await theirs.contents()
    const env = {
      DATABASE_URL: `${theirs.databaseUrl}&options=-c%20statement_timeout%3D30s`,
      REDIS_URL: theirs.redisUrl,
    }
    const args = ['run', 'smoke', '--strategy', strategy, '--services', 'external', '--duration', '2s', '--json']
    const { stdout } = await doorbuster(args, { env })
    const record = JSON.parse(stdout) as RunRecord
    expect(record.status).toBe('complete')
    expect(record.checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-checked')).toEqual([])
    expect(record.steps[0]!.outcomes.sold).toBeGreaterThan(0)
    expect(record.environment.services.postgres).toMatchObject({
      provider: 'external',
      settings: { synchronous_commit: 'on' },
    })
    expect(await theirs.contents()).toBe(before)
  })

  it('a database that the server does not have is refused, never replaced by another one', async () => {
    const theirs = await storesInUse()
    const env = { DATABASE_URL: theirs.databaseUrl, REDIS_URL: `${theirs.redisUrl}?db=99` }
    const { exitCode, stderr } = await doorbuster(['run', 'smoke', '--strategy', 'redis-lua', '--duration', '1s'], {
      env,
    })
    expect(stderr).toMatch(/Redis at .* can't be used: ERR (invalid DB index|DB index is out of range)/)
    expect(exitCode).toBe(5)
  })

  it('a wrong one is convicted there too, and leaves as little behind', async () => {
    const theirs = await storesInUse()
    const before = await theirs.contents()
    const env = { DATABASE_URL: theirs.databaseUrl }
    const { exitCode, stdout } = await doorbuster(['run', 'smoke', '--strategy', 'naive', '--duration', '2s'], { env })
    expect(stdout).toMatch(/^OVERSOLD by/)
    expect(exitCode).toBe(1)
    expect(await theirs.contents()).toBe(before)
  })
})
