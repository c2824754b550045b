/**
 * The auditor of described services, against real stores and servers: what it reports is what stands there, by whatever
 * names, and what is not as described is an error that says where.
 */
import { Redis } from 'ioredis'
import { createConnection, type Connection } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_IDENTITIES } from '../src/core/buyer-protocol.ts'
import type { LedgerSnapshot } from '../src/core/ledger.ts'
import type {
  LedgerDescription,
  NumberSource,
  OrderColumns,
  OrdersSource,
  SqlStore,
} from '../src/core/target-descriptor.ts'
import { type DescribedLedgerRequest, readBaseline, readDescribedLedger } from '../src/ledger/index.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedPostgres, StartedServices } from '../src/services/service.ts'
import type { OpenedAccess } from '../src/target/index.ts'
import { accessTo, command, OWN_COLUMNS, request, template } from './described.ts'
import { MARIADB_PASSWORD, type StartedMariaDb, startMariaDb } from './mariadb.ts'
import { describeWithServices } from './require-service.ts'
import { json, type SmallServer, smallServer } from './small-server.ts'

const MANY = 200_000

let access: OpenedAccess = accessTo()

afterEach(async () => {
  await access[Symbol.asyncDispose]()
  access = accessTo()
})

function read(
  ledger: LedgerDescription,
  sku: string,
  more: Partial<DescribedLedgerRequest> = {},
): Promise<LedgerSnapshot> {
  return readDescribedLedger({
    ledger,
    access,
    sku,
    runId: 'r1',
    stepIndex: 2,
    settled: true,
    shownAfterSettling: 5,
    exclude: new Set(),
    identities: DEFAULT_IDENTITIES,
    requestIdPrefix: 'r1-3-',
    ...more,
  })
}

/** The orders as `id request user quantity`. */
async function linesOf(orders: OrdersSource, sku: string): Promise<string[]> {
  const ledger = await read({ orders, remaining: null }, sku)
  return ledger.orders.map(
    ({ orderId, requestId, userId, quantity }) => `${orderId} ${requestId} ${userId} ${quantity}`,
  )
}

function failure(message: RegExp): object {
  return expect.objectContaining({
    code: 'SERVICE_FAILED',
    message: expect.stringMatching(message) as string,
  }) as object
}

const ofSku =
  'SELECT id AS "orderId", request AS "requestId", buyer AS "userId", units AS quantity FROM orders WHERE sku = {{sku}}'

function inSchema({ url, schema }: StartedPostgres): string {
  const own = new URL(url)
  own.searchParams.set('options', `-c search_path=${schema}`)
  return own.href
}

/** What holds of every SQL store. */
function describeSql(storeOf: () => SqlStore, run: (text: string) => Promise<unknown>): void {
  const orders = (query: string, columns: OrderColumns = OWN_COLUMNS): OrdersSource => ({
    kind: 'sql',
    store: storeOf(),
    query: template(query),
    columns,
  })
  const left = (query: string): NumberSource => ({ kind: 'sql', store: storeOf(), query: template(query) })

  it('reads the orders of one SKU and what is left of it, ids beyond a double among them', async () => {
    await run(
      'CREATE TABLE orders (id bigint, request varchar(60), buyer varchar(60), sku varchar(60), units decimal(10, 2))',
    )
    await run('CREATE TABLE products (sku varchar(60), stock int)')
    await run("INSERT INTO products VALUES ('a', 7), ('b', 5), ('below', -2)")
    await run(
      `INSERT INTO orders VALUES (9007199254740993, 'r1-3-0', 'u0', 'a', 2), (2, NULL, NULL, 'a', NULL), (3, 'r1-3-9', 'u9', 'b', 1)`,
    )
    const remaining = left('SELECT stock FROM products WHERE sku = {{sku}};')
    expect(await read({ orders: orders(`${ofSku} ORDER BY id DESC;\n`), remaining }, 'a')).toEqual({
      source: `orders by ${storeOf().engine} query, stock by ${storeOf().engine} query`,
      stepIndex: 2,
      sku: 'a',
      initialStock: null,
      remainingStock: 7,
      orders: [
        { orderId: '9007199254740993', requestId: 'r1-3-0', userId: 'u0', quantity: 2, durable: true },
        { orderId: '2', requestId: null, userId: null, quantity: 1, durable: true },
      ],
      settled: true,
      shownAfterSettling: 5,
      takenAt: expect.any(String) as string,
    })
    const below = left("SELECT stock FROM products WHERE sku = 'below'")
    expect(await read({ orders: orders(ofSku), remaining: below }, 'b')).toMatchObject({ remainingStock: -2 })
  })

  it('gives every value as a parameter: a SKU that is SQL is a name like any other', async () => {
    const nasty = `x' OR '1'='1`
    expect(await linesOf(orders(ofSku), nasty)).toEqual([])
    await run(`INSERT INTO orders VALUES (77, 'q', 'u7', 'x'' OR ''1''=''1', 1)`)
    expect(await linesOf(orders(ofSku), nasty)).toEqual(['77 q u7 1'])
    await expect(
      read({ orders: orders("SELECT id FROM orders WHERE sku = '{{sku}}'"), remaining: null }, 'a'),
    ).rejects.toMatchObject({ code: 'USAGE', message: 'ledger.orders: {{sku}} stands in quotes in a statement' })
  })

  it('takes columns by other names, whatever their case, and does without those that are not there', async () => {
    const columns: OrderColumns = { ...OWN_COLUMNS, orderId: 'ORDER_NO', requestId: 'idem_key' }
    const query = `SELECT id AS order_no, request AS idem_key FROM orders WHERE sku = 'b'`
    expect(await linesOf(orders(query, columns), 'b')).toEqual(['3 r1-3-9 null 1'])
    expect(await linesOf(orders(`SELECT id AS orderid FROM orders WHERE sku = 'b'`), 'b')).toEqual(['3 null null 1'])
  })

  it('names the column that is missing, and those that are there', async () => {
    const columns: OrderColumns = { ...OWN_COLUMNS, orderId: 'id', requestId: 'key', areGuessed: false }
    const query = `SELECT id, request FROM orders WHERE sku = {{sku}}`
    const message =
      /^ledger\.orders: the result has no column "key" \(ledger\.columns\.requestId\): it has "id", "request"$/
    await expect(linesOf(orders(query, columns), 'a')).rejects.toEqual(failure(message))
    await expect(linesOf(orders(query, columns), 'no such')).rejects.toEqual(failure(message))
  })

  it('refuses a row that is no order, with its number', async () => {
    const query = (quantity: string, id = 'id') =>
      orders(`SELECT ${id} AS "orderId", ${quantity} AS quantity FROM orders WHERE sku = 'b'`)
    await expect(linesOf(query('1.5'), '')).rejects.toEqual(
      failure(/row 1, column "quantity": "1\.5" is no whole number/),
    )
    await expect(linesOf(query('0'), '')).rejects.toEqual(failure(/row 1, column "quantity": "0"/))
    await expect(linesOf(query('1', 'NULL'), '')).rejects.toEqual(failure(/row 1 has no order id in "orderId"/))
    await expect(linesOf(query('1', "''"), '')).rejects.toEqual(failure(/row 1 has no order id/))
  })

  it('writes nothing, whatever the query says', async () => {
    const remaining = left('DELETE FROM orders')
    await expect(read({ orders: orders(ofSku), remaining }, 'a')).rejects.toEqual(
      failure(/^ledger\.remaining: .*read.only/i),
    )
    await expect(linesOf(orders('DELETE FROM orders'), 'a')).rejects.toEqual(failure(/^ledger\.orders: /))
    expect(await linesOf(orders(ofSku), 'b')).toHaveLength(1)
  })

  it.each([
    ['SELECT stock FROM products', /^ledger\.remaining: the query gave 3 rows; one row with one number is wanted/],
    ["SELECT stock FROM products WHERE sku = 'none'", /gave 0 rows/],
    ["SELECT sku, stock FROM products WHERE sku = 'a'", /a row of 2 columns/],
    ["SELECT sku FROM products WHERE sku = 'a'", /the query gave "a", and no whole number of units/],
    ["SELECT sum(stock) FROM products WHERE sku = 'none'", /gave nothing/],
  ])('takes no stock from %s', async (query, message) => {
    await expect(read({ orders: orders(ofSku), remaining: left(query) }, 'a')).rejects.toEqual(failure(message))
  })

  it('says what the store said of a query that fails, and where it stands, without the password', async () => {
    const error: unknown = await linesOf(orders('SELECT * FROM no_such_table'), 'a').catch((error: unknown) => error)
    expect(error).toEqual(failure(/^ledger\.orders: (postgresql|mysql):\/\/.*no_such_table/))
    expect(JSON.stringify([String(error), error])).not.toContain(MARIADB_PASSWORD)
  })

  it('reads 200,000 orders, and knows which of them stood there before', async () => {
    const before = await readBaseline({
      ledger: { orders: orders(ofSku), remaining: null },
      access,
      sku: 'a',
      runId: 'r1',
    })
    expect([...before.orderIds].sort()).toEqual(['2', '9007199254740993'])
    await insertMany(run, storeOf().engine)
    const { orders: found } = await read({ orders: orders(ofSku), remaining: null }, 'a', { exclude: before.orderIds })
    expect([found.length, new Set(found.map(({ requestId }) => requestId)).size]).toEqual([MANY, MANY])
  })
}

function insertMany(run: (text: string) => Promise<unknown>, engine: SqlStore['engine']): Promise<unknown> {
  return run(
    engine === 'postgres'
      ? `INSERT INTO orders SELECT 1000 + n, 'r1-3-' || n, 'u' || n, 'a', 1 FROM generate_series(1, ${MANY}) AS n`
      : `INSERT INTO orders SELECT 1000 + seq, concat('r1-3-', seq), concat('u', seq), 'a', 1 FROM seq_1_to_${MANY}`,
  )
}

describeWithServices(['postgres', 'redis'], 'the ledger of a described service', () => {
  let services: StartedServices
  let postgres: Client
  let redis: Redis

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'off', appendfsync: 'no' },
      runId: `described-ledger-${process.pid}`,
      env: process.env,
    })
    postgres = new Client({ connectionString: services.postgres!.url })
    await postgres.connect()
    await postgres.query(`SET search_path TO "${services.postgres!.schema}"`)
    redis = new Redis(services.redis!.url)
  })

  afterAll(async () => {
    redis?.disconnect()
    await postgres?.end()
    await services?.[Symbol.asyncDispose]()
  })

  describe('in Postgres', () => {
    describeSql(
      () => ({ engine: 'postgres', url: [inSchema(services.postgres!)] }),
      (text) => postgres.query(text),
    )

    it('leaves no transaction open behind it', async () => {
      const { rows } = await postgres.query<{ open: string }>(
        "SELECT count(*)::text AS open FROM pg_stat_activity WHERE application_name = 'doorbuster'",
      )
      expect(rows).toEqual([{ open: '0' }])
    })

    it('is an error, without the password, for one that does not answer', async () => {
      const store: SqlStore = { engine: 'postgres', url: ['postgres://shop:hidden@127.0.0.1:1/shop?password=hidden'] }
      const orders: OrdersSource = { kind: 'sql', store, query: ['SELECT 1'], columns: OWN_COLUMNS }
      const error: unknown = await linesOf(orders, 'a').catch((error: unknown) => error)
      expect(error).toEqual(failure(/^ledger\.orders: postgres:\/\/shop:\*\*\*@127\.0\.0\.1:1\/shop: .*ECONNREFUSED/))
      expect(JSON.stringify([String(error), error])).not.toContain('hidden')
    })
  })

  describe('in Redis', () => {
    const orders = (
      structure: 'list' | 'set' | 'stream' | 'hash',
      columns: Partial<OrderColumns> = {},
    ): OrdersSource => ({
      kind: 'redis',
      url: [services.redis!.url],
      key: template(`${services.redis!.keyPrefix}${structure}:{{sku}}`),
      structure,
      columns: { ...OWN_COLUMNS, ...columns },
    })
    const key = (structure: string, sku: string) => `${services.redis!.keyPrefix}${structure}:${sku}`

    it('reads a list and a set of JSON objects, and of plain texts', async () => {
      const member = (n: number) =>
        `{"orderId":900719925474099${n},"requestId":"r1-3-${n}","userId":"u${n}","quantity":2}`
      await redis.rpush(key('list', 'a'), member(3), member(1))
      await redis.sadd(key('set', 'a'), member(3))
      expect(await linesOf(orders('list'), 'a')).toEqual([
        '9007199254740993 r1-3-3 u3 2',
        '9007199254740991 r1-3-1 u1 2',
      ])
      expect(await linesOf(orders('set'), 'a')).toEqual(['9007199254740993 r1-3-3 u3 2'])
      await redis.rpush(key('list', 'plain'), 'u4', '{broken')
      expect(await linesOf(orders('list', { orderId: 'value', userId: 'value' }), 'plain')).toEqual([
        'u4 null u4 1',
        '{broken null {broken 1',
      ])
    })

    it('reads a hash by its fields and values, also where values are objects', async () => {
      await redis.hset(key('hash', 'a'), 'u1', 'order-1')
      expect(await linesOf(orders('hash', { orderId: 'value', userId: 'key' }), 'a')).toEqual(['order-1 null u1 1'])
      await redis.hset(key('hash', 'b'), 'order-2', '{"user":{"id":"u2"},"n":3}')
      expect(await linesOf(orders('hash', { orderId: 'key', userId: '/user/id', quantity: 'n' }), 'b')).toEqual([
        'order-2 null u2 3',
      ])
    })

    it('reads a stream by its fields, and by the id of an entry', async () => {
      await redis.xadd(key('stream', 'a'), '7-1', 'user', 'u1', 'request', 'q1')
      const columns = { orderId: 'id', userId: 'user', requestId: 'request' }
      expect(await linesOf(orders('stream', columns), 'a')).toEqual(['7-1 q1 u1 1'])
    })

    it('finds no orders under a key that is not there, and is an error for one of another kind', async () => {
      expect(await linesOf(orders('list'), 'nowhere')).toEqual([])
      await redis.set(key('list', 'text'), 'x')
      await expect(linesOf(orders('list'), 'text')).rejects.toEqual(
        failure(/^ledger\.orders: list ".*list:text": .*WRONGTYPE/),
      )
      await redis.rpush(key('list', 'keyless'), '{"id":1}')
      await expect(linesOf(orders('list', { orderId: 'order' }), 'keyless')).rejects.toEqual(
        failure(/has no column "order" \(ledger\.columns\.orderId\): it has "id"/),
      )
      const named = { orderId: 'id', requestId: null, userId: 'buyer', areGuessed: false }
      await expect(linesOf(orders('list', named), 'keyless')).rejects.toEqual(
        failure(/has no column "buyer" \(ledger\.columns\.userId\): it has "id"$/),
      )
    })

    it('reads what is left by any command, and takes a missing key for no zero', async () => {
      const left = (...words: string[]): NumberSource => ({
        kind: 'redis',
        url: [services.redis!.url],
        command: words.map((word) => template(word)),
      })
      await redis.set(key('stock', 'a'), '-1')
      const remaining = left('GET', `${services.redis!.keyPrefix}stock:{{sku}}`)
      expect(await read({ orders: orders('list'), remaining }, 'a')).toMatchObject({ remainingStock: -1 })
      const length = left('LLEN', `${services.redis!.keyPrefix}list:{{sku}}`)
      expect(await read({ orders: orders('list'), remaining: length }, 'a')).toMatchObject({ remainingStock: 2 })
      await expect(read({ orders: orders('list'), remaining }, 'nowhere')).rejects.toEqual(
        failure(/^ledger\.remaining: GET .*gave nothing/),
      )
    })

    it.each(['list', 'set', 'stream', 'hash'] as const)(
      'reads 200,000 orders of a %s, each once',
      async (structure) => {
        for (let first = 0; first < MANY; first += 10_000) {
          const pipeline = redis.pipeline()
          for (let n = first; n < first + 10_000; n++) {
            const member = `{"orderId":"o${n}","requestId":"r1-3-${n}"}`
            if (structure === 'list') pipeline.rpush(key('list', 'many'), member)
            else if (structure === 'set') pipeline.sadd(key('set', 'many'), member)
            else if (structure === 'hash') pipeline.hset(key('hash', 'many'), `o${n}`, member)
            else pipeline.xadd(key('stream', 'many'), '*', 'orderId', `o${n}`, 'requestId', `r1-3-${n}`)
          }
          await pipeline.exec()
        }
        const lines = await linesOf(orders(structure), 'many')
        expect([lines.length, new Set(lines).size]).toEqual([MANY, MANY])
        await redis.del(key(structure, 'many'))
      },
    )

    it('is an error, without the password, for one that does not answer', async () => {
      const source: OrdersSource = {
        ...(orders('list') as Extract<OrdersSource, { kind: 'redis' }>),
        url: ['redis://:hidden@127.0.0.1:1'],
      }
      const error: unknown = await linesOf(source, 'a').catch((error: unknown) => error)
      expect(error).toEqual(failure(/^ledger\.orders: redis:\/\/:\*\*\*@127\.0\.0\.1:1: .*ECONNREFUSED/))
      expect(JSON.stringify([String(error), error])).not.toContain('hidden')
    })
  })
})

describeWithServices(['mariadb'], 'the ledger of a described service in MariaDB', () => {
  let mariadb: StartedMariaDb
  let connection: Connection

  beforeAll(async () => {
    mariadb = await startMariaDb()
    connection = await createConnection({ uri: mariadb.url })
  })

  afterAll(async () => {
    await connection?.end()
    await mariadb?.[Symbol.asyncDispose]()
  })

  describeSql(
    () => ({ engine: 'mysql', url: [mariadb.url] }),
    (text) => connection.query(text),
  )

  it('asks for a text where a column is binary', async () => {
    await connection.query('CREATE TABLE binaries (id binary(4), blobbed blob)')
    await connection.query("INSERT INTO binaries VALUES (0xff00ff00, 'o1')")
    const orders = (query: string): OrdersSource => ({
      kind: 'sql',
      store: { engine: 'mysql', url: [mariadb.url] },
      query: [query],
      columns: OWN_COLUMNS,
    })
    await expect(linesOf(orders('SELECT id AS orderId FROM binaries'), '')).rejects.toEqual(
      failure(/column "orderId" is binary/),
    )
    expect(await linesOf(orders('SELECT hex(id) AS orderId FROM binaries'), '')).toEqual(['FF00FF00 null null 1'])
    expect(await linesOf(orders('SELECT blobbed AS orderId FROM binaries'), '')).toEqual(['o1 null null 1'])
  })
})

describe('the ledger of a described service behind HTTP', () => {
  const servers: SmallServer[] = []

  afterEach(async () => {
    for (const server of servers.splice(0)) await server[Symbol.asyncDispose]()
  })

  /** Answers by path. */
  async function serving(answers: Readonly<Record<string, unknown>>): Promise<void> {
    const server = await smallServer(({ url = '' }, response) => {
      const answer = answers[url]
      if (typeof answer === 'string') response.end(answer)
      else if (answer === undefined) json(response, { error: 'no such page' }, 404)
      else json(response, answer)
    })
    servers.push(server)
    await access[Symbol.asyncDispose]()
    access = accessTo(`${server.url}/api`)
  }

  const orders = (more: Partial<Extract<OrdersSource, { kind: 'http' }>> = {}): OrdersSource => ({
    kind: 'http',
    request: request('GET', '/orders?sku={{sku}}'),
    format: 'json',
    items: '/data',
    nextPage: '/next',
    columns: { ...OWN_COLUMNS, orderId: 'id' },
    ...more,
  })

  it('reads page after page, by paths and URLs', async () => {
    await serving({
      '/api/orders?sku=a': { data: [{ id: 1, requestId: 'q1' }], next: '/api/orders?page=2' },
      '/api/orders?page=2': { data: [], next: '?page=3' },
      '/api/orders?page=3': { data: [{ id: 2, quantity: 2 }], next: null },
    })
    expect(await linesOf(orders(), 'a')).toEqual(['1 q1 null 1', '2 null null 2'])
  })

  it('reads NDJSON, and a list that is the whole document', async () => {
    await serving({
      '/api/orders?sku=a': '{"id":1}\n\n{"id":12345678901234567890}\n',
      '/api/orders?sku=b': [{ id: 'x' }],
    })
    expect(await linesOf(orders({ format: 'ndjson' }), 'a')).toEqual([
      '1 null null 1',
      '12345678901234567890 null null 1',
    ])
    expect(await linesOf(orders({ items: '', nextPage: null }), 'b')).toEqual(['x null null 1'])
  })

  it('reads what is left from a member of an answer', async () => {
    await serving({ '/api/orders?sku=a': { data: [] }, '/api/stock/a': { stock: { units: '4' } } })
    const remaining = (pointer: string): NumberSource => ({
      kind: 'http',
      request: request('GET', '/stock/{{sku}}'),
      at: { in: 'json', pointer },
    })
    expect(await read({ orders: orders(), remaining: remaining('/stock/units') }, 'a')).toMatchObject({
      remainingStock: 4,
    })
    await expect(read({ orders: orders(), remaining: remaining('/units') }, 'a')).rejects.toEqual(
      failure(/^ledger\.remaining: GET http.*\/api\/stock\/a, answered with 200, gave nothing/),
    )
  })

  it.each([
    ['an answer that is an error', { '/api/other': [] }, /was answered with 404 {"error":"no such page"}/],
    [
      'an answer without the list',
      { '/api/orders?sku=a': { orders: [] } },
      /has at \/data no list; its members are "orders"/,
    ],
    ['an answer that is no JSON', { '/api/orders?sku=a': '<html>' }, /is no JSON .*<html>/],
    [
      'pages that go in circles',
      { '/api/orders?sku=a': { data: [], next: '/api/orders?sku=a' } },
      /that was read already/,
    ],
    [
      'a page on another host',
      { '/api/orders?sku=a': { data: [], next: 'http://elsewhere.test/x' } },
      /is on elsewhere\.test: other hosts are not read/,
    ],
    ['a list of texts', { '/api/orders?sku=a': { data: ['x'] } }, /row 1 is "x", not an object/],
    [
      'an id that is an object',
      { '/api/orders?sku=a': { data: [{ id: {} }] } },
      /row 1, column "id": {} is neither a text nor a number/,
    ],
  ])('is an error for %s', async (_, answers, message) => {
    await serving(answers)
    await expect(linesOf(orders(), 'a')).rejects.toEqual(failure(message))
  })

  it('reads 200,000 orders, in pages and as lines', async () => {
    const order = (n: number) => ({ id: n, requestId: `r1-3-${n}`, userId: `u${n}` })
    const numbers = Array.from({ length: MANY }, (_, n) => n)
    const pages: Record<string, unknown> = {}
    for (let from = 0; from < MANY; from += 1_000) {
      const next = from + 1_000 < MANY ? `?from=${from + 1_000}` : null
      pages[from === 0 ? '/api/orders?sku=many' : `/api/orders?from=${from}`] = {
        data: numbers.slice(from, from + 1_000).map(order),
        next,
      }
    }
    pages['/api/orders?sku=lines'] = numbers.map((n) => JSON.stringify(order(n))).join('\n')
    await serving(pages)
    expect(new Set(await linesOf(orders(), 'many')).size).toBe(MANY)
    expect(new Set(await linesOf(orders({ format: 'ndjson' }), 'lines')).size).toBe(MANY)
  })

  it('follows no redirect', async () => {
    const server = await smallServer((_, response) => {
      response.writeHead(302, { location: 'http://elsewhere.test/' }).end()
    })
    servers.push(server)
    access = accessTo(server.url)
    await expect(linesOf(orders(), 'a')).rejects.toEqual(failure(/was answered with 302$/))
  })
})

describe('the ledger of a described service by a command', () => {
  const orders = (text: string): OrdersSource => ({ kind: 'shell', command: command(text), columns: OWN_COLUMNS })

  it('reads a JSON list and NDJSON from its output; SKU and run are in its environment', async () => {
    expect(await linesOf(orders(`echo "[{\\"orderId\\": \\"$SKU-$RUN_ID\\"}]"`), 'a')).toEqual(['a-r1 null null 1'])
    expect(await linesOf(orders(`printf '{"orderId":1}\\n{"orderId":2}\\n'`), 'a')).toHaveLength(2)
    expect(await linesOf(orders('true'), 'a')).toEqual([])
    const remaining: NumberSource = { kind: 'shell', command: command('echo 12') }
    expect(await read({ orders: orders('true'), remaining }, 'a')).toMatchObject({ remainingStock: 12 })
  })

  it.each([
    ['echo "not JSON"', /line 1 is no JSON/],
    ['echo nothing >&2; exit 3', /^ledger\.orders: `echo nothing >&2; exit 3` ended with exit code 3:\nnothing$/],
    ['no-such-program-here', /ended with exit code 127/],
  ])('is an error for `%s`', async (text, message) => {
    await expect(linesOf(orders(text), 'a')).rejects.toEqual(failure(message))
  })
})
