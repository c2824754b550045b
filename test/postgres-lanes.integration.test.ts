/** Several statements on one connection: each by itself, also when a neighbour fails or the connection breaks. */
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { PostgresLanes } from '../targets/storage/postgres-lanes.ts'
import { StoreFailure } from '../targets/storage/store-failure.ts'
import { describeWithServices } from './require-service.ts'

const ADD = { name: 'add', text: 'INSERT INTO numbers (n) VALUES ($1) RETURNING n' }
const WAIT = { name: 'wait', text: 'SELECT pg_advisory_xact_lock(7)' }
const PID = { name: 'pid', text: 'SELECT pg_backend_pid()' }
const willing = { begin: () => true }

describeWithServices(['postgres'], 'statements that share a connection', () => {
  let services: StartedServices
  let admin: Client
  let lanes: PostgresLanes

  const numbers = async (): Promise<number[]> =>
    (await admin.query<{ n: number }>('SELECT n FROM numbers ORDER BY n')).rows.map(({ n }) => n)
  const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => null).catch((error: unknown) => error)
  const waiting = async (): Promise<number> =>
    (await admin.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query = $1`, [WAIT.text]))
      .rowCount!

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `lanes-${process.pid}`,
      env: process.env,
    })
    admin = new Client({ connectionString: services.postgres!.url })
    await admin.connect()
    await admin.query(`SET search_path = "${services.postgres!.schema}"`)
  })

  beforeEach(async () => {
    await admin.query('DROP TABLE IF EXISTS numbers')
    await admin.query('CREATE TABLE numbers (n integer PRIMARY KEY CHECK (n < 100))')
    lanes = new PostgresLanes({ ...services.postgres!, synchronousCommit: 'on' }, { connections: 1, statements: 8 })
  })

  afterEach(async () => {
    await admin.query('SELECT pg_advisory_unlock_all()')
    await lanes.stop()
  })

  afterAll(async () => {
    await admin?.end()
    await services?.[Symbol.asyncDispose]()
  })

  it('are all done, more of them than are sent at once', async () => {
    const wanted = Array.from({ length: 50 }, (_, n) => n)
    const rows = await Promise.all(wanted.map((n) => lanes.sell(ADD, [n], willing)))
    expect(rows).toEqual(wanted.map((n) => [n]))
    expect(await numbers()).toEqual(wanted)
  })

  it('fail alone', async () => {
    const results = [1, 200, 2, 2, 3].map((n) => failureOf(lanes.sell(ADD, [n], willing)))
    const effects = (await Promise.all(results)).map((error) => (error as StoreFailure | null)?.effect ?? 'done')
    expect(effects).toEqual(['done', 'none', 'done', 'none', 'done'])
    expect(await numbers()).toEqual([1, 2, 3])
  })

  it('are not sent when they were given up while they waited for their turn', async () => {
    await admin.query('SELECT pg_advisory_lock(7)')
    const held = Array.from({ length: 8 }, () => lanes.sell(WAIT, [], willing))
    const givenUp = lanes.sell(ADD, [1], { begin: () => false })
    const kept = lanes.sell(ADD, [2], willing)
    await expect.poll(waiting, { timeout: 20_000, interval: 5 }).toBe(1)
    await admin.query('SELECT pg_advisory_unlock(7)')
    await Promise.all(held)
    expect([await givenUp, await kept, await numbers()]).toEqual([null, [2], [2]])
  })

  it('are all of unknown effect when their connection breaks, and the next ones get another', async () => {
    const [before] = (await lanes.sell(PID, [], willing))!
    await admin.query('SELECT pg_advisory_lock(7)')
    const waits = failureOf(lanes.sell(WAIT, [], willing))
    const behind = [1, 2, 3].map((n) => failureOf(lanes.sell(ADD, [n], willing)))
    await expect.poll(waiting, { timeout: 20_000, interval: 5 }).toBe(1)
    await admin.query('SELECT pg_terminate_backend($1)', [before])
    const failures = await Promise.all([waits, ...behind])
    expect(failures.map((error) => (error as StoreFailure).effect)).toEqual(Array.from({ length: 4 }, () => 'unknown'))
    expect(failures.every((error) => error instanceof StoreFailure)).toBe(true)
    const [after] = (await lanes.sell(PID, [], willing))!
    expect(after).not.toBe(before)
    expect(await numbers()).toEqual([])
  })
})
