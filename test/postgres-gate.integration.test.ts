/** A gate before a real Postgres, and `pg` as the server's driver. */
import { Client, type ClientConfig, type Connection, type QueryConfig, type Submittable } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { StoreCall } from '../src/race/store-call.ts'
import { openPostgresGate } from '../src/race/wire/postgres-gate.ts'
import { Gatekeeper } from '../src/race/wire/testing/gatekeeper.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { describeWithServices } from './require-service.ts'
import { postgresPlace, type StorePlace } from './store-address.ts'

const TAKE = 'UPDATE stock SET remaining = remaining - $1 WHERE sku = $2 RETURNING remaining'
const LOOK = `SELECT remaining FROM stock WHERE sku = 'a'`
const WAIT = { timeout: 20_000, interval: 5 }

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  )

/** A query that is wrong, and whose driver sends on behind the error; `pg` by itself never does. */
class FlushedQuery implements Submittable {
  #connection: Connection | null = null

  submit(connection: Connection): void {
    this.#connection = connection
    connection.parse({ name: '', text: 'SELEKT', types: [] }, false)
    connection.flush()
  }

  sendMore(): void {
    this.#connection!.bind({}, false)
    this.#connection!.flush()
  }

  end(): void {
    this.#connection!.sync()
  }

  /** The gate's own words of it are what is looked at. */
  handleError(): void {}
}

describeWithServices(['postgres'], 'a gate before Postgres', () => {
  let services: StartedServices
  let place: StorePlace
  let admin: Client
  let keeper: Gatekeeper
  const clients: Client[] = []

  /** A connection of the server under test. */
  async function connect(more: ClientConfig = {}): Promise<Client> {
    const client = new Client({ connectionString: place.urlOver(keeper.gate.port), ...more })
    clients.push(client)
    // A connection that is cut is an event as well as the failure of a query.
    client.on('error', () => {})
    await client.connect()
    await keeper.unheld(() => client.query(`SET search_path = "${services.postgres!.schema}"`))
    return client
  }

  const remaining = async (): Promise<number> => (await admin.query<{ remaining: number }>(LOOK)).rows[0]!.remaining
  const waitsForLock = async (call: StoreCall): Promise<boolean> => {
    const backend = keeper.gate.backendOf(call.connection)
    return (await admin.query('SELECT FROM pg_locks WHERE pid = $1 AND NOT granted', [backend])).rowCount! > 0
  }
  const isGone = async (backend: number | null): Promise<boolean> =>
    (await admin.query('SELECT FROM pg_stat_activity WHERE pid = $1', [backend])).rowCount === 0

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `postgres-gate-${process.pid}`,
      env: process.env,
    })
    place = postgresPlace(services.postgres!.url)
    admin = new Client({ connectionString: services.postgres!.url })
    await admin.connect()
    await admin.query(`SET search_path = "${services.postgres!.schema}"`)
  })

  beforeEach(async () => {
    await admin.query('DROP TABLE IF EXISTS stock')
    await admin.query('CREATE TABLE stock (sku text PRIMARY KEY, remaining integer NOT NULL)')
    await admin.query(`INSERT INTO stock VALUES ('a', 1)`)
    keeper = await Gatekeeper.before(openPostgresGate, place.address)
  })

  afterEach(async () => {
    await keeper[Symbol.asyncDispose]()
    // Their connections are closed already: nothing waits for an answer.
    await Promise.all(clients.splice(0).map((client) => failureOf(client.end())))
  })

  afterAll(async () => {
    await admin?.end()
    await services?.[Symbol.asyncDispose]()
  })

  it('holds a statement, and its reply', async () => {
    const client = await connect()
    let isAnswered = false
    const answered = client.query(`UPDATE stock SET remaining = 0 WHERE sku = 'a'`).then((result) => {
      isAnswered = true
      return result
    })
    const call = await keeper.next()
    expect(call).toMatchObject({
      text: `UPDATE stock SET remaining = 0 WHERE sku = 'a'`,
      statement: 'UPDATE stock SET remaining = ? WHERE sku = ?',
      values: [],
      access: 'write',
    })
    expect(await remaining()).toBe(1)
    expect(await keeper.gate.execute(call)).toEqual({ text: 'UPDATE 1', isError: false })
    expect([await remaining(), isAnswered]).toEqual([0, false])
    keeper.gate.deliver(call)
    expect((await answered).rowCount).toBe(1)
  })

  it('knows a prepared statement by its text', async () => {
    const client = await connect()
    for (const [expected, rows] of [
      ['1 row: 0', 1],
      ['1 row: -1', 1],
    ] as const) {
      const taken = client.query({ name: 'take', text: TAKE, values: [1, 'a'] })
      const { call, reply } = await keeper.letNext()
      expect([call.text, call.statement, call.values, call.access]).toEqual([TAKE, TAKE, ['1', 'a'], 'write'])
      expect(reply.text).toBe(expected)
      expect((await taken).rows).toHaveLength(rows)
    }
    const nothing = client.query({ name: 'take', text: TAKE, values: [1, 'b'] })
    expect((await keeper.letNext()).reply.text).toBe('no row')
    expect((await nothing).rowCount).toBe(0)
  })

  it('shows binary rows and a query without a name', async () => {
    const client = await connect()
    const text = 'SELECT remaining, sku, remaining > $1 AS left, NULL::text FROM stock'
    const rows = client.query({ text, values: [0], binary: true } as QueryConfig)
    const { call, reply } = await keeper.letNext()
    expect([call.values, call.access, reply.text]).toEqual([['0'], 'read', '1 row: 1, a, true, NULL'])
    expect((await rows).rows).toHaveLength(1)
  })

  it('tells errors, and leaves the connection sound', async () => {
    const client = await connect()
    const twice = failureOf(client.query('INSERT INTO stock VALUES ($1, $2)', ['a', 5]))
    const { reply } = await keeper.letNext()
    expect(reply.isError).toBe(true)
    expect(reply.text).toMatch(/^error 23505: duplicate key value violates unique constraint/)
    expect(await twice).toMatch(/duplicate key/)
    const wrong = failureOf(client.query('SELEKT'))
    expect((await keeper.letNext()).reply.text).toMatch(/^error 42601: syntax error/)
    expect(await wrong).toMatch(/syntax error/)
    const after = client.query(LOOK)
    expect((await keeper.letNext()).reply.text).toBe('1 row: 1')
    expect((await after).rowCount).toBe(1)
  })

  it('lets two buyers look before either of them takes', async () => {
    const [one, other] = [await connect(), await connect()]
    const buy = async (client: Client): Promise<boolean> => {
      const { rows } = await client.query<{ remaining: number }>(LOOK)
      if (rows[0]!.remaining < 1) return false
      await client.query(`UPDATE stock SET remaining = ${rows[0]!.remaining - 1} WHERE sku = 'a'`)
      return true
    }
    const first = buy(one)
    const look = await keeper.next()
    const second = buy(other)
    const otherLook = await keeper.next()
    expect([look.access, otherLook.access]).toEqual(['read', 'read'])
    await keeper.letThrough(look)
    const take = await keeper.next()
    expect(take.connection).toBe(look.connection)
    await keeper.letThrough(otherLook)
    const otherTake = await keeper.next()
    await keeper.letThrough(otherTake)
    await keeper.letThrough(take)
    expect(await Promise.all([first, second])).toEqual([true, true])
  })

  it('knows the backend that waits for a lock, and its call comes back with the lock', async () => {
    const [one, other] = [await connect(), await connect()]
    const take = `UPDATE stock SET remaining = remaining - 1 WHERE sku = 'a'`
    const begun = one.query('BEGIN')
    expect((await keeper.letNext()).call.access).toBe('nothing')
    await begun
    const first = one.query(take)
    await keeper.letNext()
    await first
    const second = other.query(take)
    const call = await keeper.next()
    const reply = keeper.gate.execute(call)
    await expect.poll(() => waitsForLock(call), WAIT).toBe(true)
    const committed = one.query('COMMIT')
    expect((await keeper.letNext()).call.access).toBe('write')
    await committed
    expect((await reply).text).toBe('UPDATE 1')
    keeper.gate.deliver(call)
    await second
    expect(await remaining()).toBe(-1)
  })

  it('reads more strongly in a transaction above READ COMMITTED', async () => {
    const client = await connect()
    const done = (async () => {
      for (const text of ['BEGIN ISOLATION LEVEL SERIALIZABLE', LOOK, 'COMMIT', LOOK]) await client.query(text)
    })()
    const seen: string[] = []
    for (let i = 0; i < 4; i++) seen.push((await keeper.letNext()).call.access)
    await done
    expect(seen).toEqual(['nothing', 'write', 'write', 'read'])
  })

  it('takes statements that were sent ahead in their order', async () => {
    const client = await connect({ pipeline: true })
    const taken = Promise.all(
      [1, 2, 3].map((units) => client.query({ name: 'take', text: TAKE, values: [units, 'a'] })),
    )
    const calls = [await keeper.next(), await keeper.next(), await keeper.next()]
    expect(calls.map(({ values }) => values[0])).toEqual(['1', '2', '3'])
    expect(await failureOf(keeper.gate.execute(calls[2]!))).toMatch(/not the first/)
    // The second reaches the store before the server hears of the first.
    expect((await keeper.gate.execute(calls[0]!)).text).toBe('1 row: 0')
    expect((await keeper.gate.execute(calls[1]!)).text).toBe('1 row: -2')
    expect(() => keeper.gate.deliver(calls[1]!)).toThrow(/next on its connection/)
    keeper.gate.deliver(calls[0]!)
    keeper.gate.deliver(calls[1]!)
    await keeper.letThrough(calls[2]!)
    expect((await taken).map(({ rows }) => rows)).toEqual([
      [{ remaining: 0 }],
      [{ remaining: -2 }],
      [{ remaining: -5 }],
    ])
  })

  it('takes a call up to each Flush for which the driver waits', async () => {
    await admin.query(`INSERT INTO stock VALUES ('b', 2)`)
    const client = await connect()
    const text = 'SELECT remaining FROM stock ORDER BY sku'
    const rows = client.query({ text, rows: 1 } as QueryConfig)
    const seen: unknown[] = []
    for (let i = 0; i < 4; i++) {
      const { call, reply } = await keeper.letNext()
      seen.push([call.text, call.access, reply.text])
    }
    expect(seen).toEqual([
      [text, 'read', '1 row: 1; more to come'],
      [text, 'read', '1 row: 2; more to come'],
      [text, 'read', 'no row'],
      ['sync', 'read', 'done'],
    ])
    expect((await rows).rows).toEqual([{ remaining: 1 }, { remaining: 2 }])
  })

  it('goes on behind an error before a Flush, up to the Sync', async () => {
    const client = await connect()
    const query = new FlushedQuery()
    client.query(query)
    expect((await keeper.letNext()).reply.text).toMatch(/^error 42601/)
    query.sendMore()
    expect((await keeper.letNext()).reply).toEqual({ text: 'passed over after an error', isError: false })
    query.end()
    expect((await keeper.letNext()).reply.text).toBe('done')
    const after = client.query(LOOK)
    expect((await keeper.letNext()).reply.text).toBe('1 row: 1')
    await after
  })

  it('holds a copy and its data', async () => {
    const client = await connect()
    const copied = failureOf(client.query('COPY stock FROM STDIN'))
    expect((await keeper.letNext()).reply.text).toBe('waits for data')
    // `pg` by itself has nothing to copy, and says so.
    const { call, reply } = await keeper.letNext()
    expect([call.text, reply.text]).toEqual([
      'COPY data',
      expect.stringMatching(/^error 57014: COPY from stdin failed/),
    ])
    expect(await copied).toMatch(/COPY from stdin failed/)
    const out = client.query('COPY stock TO STDOUT')
    expect((await keeper.letNext()).reply.text).toBe('COPY 1')
    await out
  })

  it('leaves what was done when its reply is cut off', async () => {
    const client = await connect()
    const taken = failureOf(client.query(`UPDATE stock SET remaining = 0 WHERE sku = 'a'`))
    const call = await keeper.next()
    const backend = keeper.gate.backendOf(call.connection)
    await keeper.gate.execute(call)
    keeper.gate.cut(call)
    expect(await taken).toMatch(/terminated|closed|reset/i)
    await expect.poll(() => isGone(backend), WAIT).toBe(true)
    expect([await remaining(), keeper.closed]).toEqual([0, []])
  })

  it('takes back a transaction whose connection is cut', async () => {
    const client = await connect()
    const taken = failureOf(client.query('BEGIN').then(() => client.query(`UPDATE stock SET remaining = 0`)))
    await keeper.letNext()
    const call = await keeper.next()
    const backend = keeper.gate.backendOf(call.connection)
    await keeper.gate.execute(call)
    keeper.gate.cut(call)
    await taken
    await expect.poll(() => isGone(backend), WAIT).toBe(true)
    expect(await remaining()).toBe(1)
  })

  it('lets a statement that waits for a lock be done after its server is gone', async () => {
    await admin.query('BEGIN')
    await admin.query(`UPDATE stock SET remaining = 5 WHERE sku = 'a'`)
    const client = await connect()
    const taken = failureOf(client.query(`UPDATE stock SET remaining = remaining - 1 WHERE sku = 'a'`))
    const call = await keeper.next()
    const reply = keeper.gate.execute(call)
    try {
      await expect.poll(() => waitsForLock(call), WAIT).toBe(true)
      keeper.gate.cutAll()
      await taken
    } finally {
      await admin.query('COMMIT')
    }
    expect((await reply).text).toBe('UPDATE 1')
    await expect.poll(remaining, WAIT).toBe(4)
  })

  it('fails a call whose backend ends', async () => {
    const client = await connect()
    const slept = failureOf(client.query('SELECT pg_sleep(60)'))
    const call = await keeper.next()
    const reply = failureOf(keeper.gate.execute(call))
    const running = `SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active'`
    const backend = keeper.gate.backendOf(call.connection)
    await expect.poll(async () => (await admin.query(running, [backend])).rowCount, WAIT).toBe(1)
    await admin.query('SELECT pg_terminate_backend($1)', [backend])
    expect(await reply).toBe('the store closed the connection')
    expect(await slept).toMatch(/terminating connection/)
    await keeper.closing(call.connection)
  })

  it('passes what is told unasked', async () => {
    const client = await connect()
    await keeper.unheld(() => client.query('LISTEN sold'))
    const told = new Promise<string | undefined>((resolve) => {
      client.on('notification', ({ payload }) => resolve(payload))
    })
    await admin.query(`NOTIFY sold, 'a'`)
    expect(await told).toBe('a')
    expect(keeper.untaken).toBe(0)
  })

  it('ends a session as its server does', async () => {
    const client = await connect()
    const looked = client.query(LOOK)
    const { call } = await keeper.letNext()
    await looked
    const backend = keeper.gate.backendOf(call.connection)
    await client.end()
    await keeper.closing(call.connection)
    await expect.poll(() => isGone(backend), WAIT).toBe(true)
  })
})
