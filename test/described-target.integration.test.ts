/**
 * What a run does to a described service beside the load: started and ended, opened and settled by any kind of action,
 * its buyers logged in, its resources read. Against real processes, stores and servers.
 */
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type {
  Action,
  PoolSource,
  ResourceProbe,
  SettleAction,
  TargetDescriptor,
  TlsOptions,
} from '../src/core/target-descriptor.ts'
import { selfSigned } from '../src/load/open-loop/testing/self-signed.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import {
  type ActionValues,
  type OpenedAccess,
  readBuyers,
  readResources,
  runActions,
  settle,
} from '../src/target/index.ts'
import { accessTo, command, request, template } from './described.ts'
import { untilGone } from './harness-process.ts'
import { type StartedMariaDb, startMariaDb } from './mariadb.ts'
import { describeWithServices } from './require-service.ts'
import { type Answering, json, type SmallServer, smallServer } from './small-server.ts'

const VALUES: ActionValues = { sku: 'a', stock: 10, limit: null, runId: 'r1' }
const SECRETS = { values: { TOKEN: 'hush-hush' }, redact: (text: string) => text.replaceAll('hush-hush', '***') }

let folder = ''
let server: SmallServer | null = null
let access: OpenedAccess = accessTo()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'db-target-'))
  access = accessTo(undefined, { folder, secrets: SECRETS })
})

afterEach(async () => {
  await access[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  server = null
  rmSync(folder, { recursive: true })
})

async function serving(answer: Answering): Promise<void> {
  server = await smallServer(answer)
  access = accessTo(server.url, {
    folder,
    secrets: SECRETS,
    headers: [{ name: 'authorization', value: template('Bearer {{env.TOKEN}}') }],
  })
}

const open = (...actions: Action[]) => runActions(actions, VALUES, { access, key: 'open' })

describe('the actions on a described service', () => {
  it('are requests with the headers of the descriptor, filled in; any 2xx will do', async () => {
    const seen: string[] = []
    await serving(({ method, url, headers, text }, response) => {
      seen.push(`${method} ${url} ${headers.authorization} ${headers['content-type']} ${text}`)
      response.writeHead(204).end()
    })
    await open({ kind: 'request', request: request('PUT', '/sales/{{sku}}', '{"stock":{{stock}},"limit":{{limit}}}') })
    expect(seen).toEqual(['PUT /sales/a Bearer hush-hush application/json {"stock":10,"limit":null}'])
  })

  it('say which of them failed, and what came back, without secrets; those behind it are left', async () => {
    let count = 0
    await serving(({ headers }, response) => {
      count++
      if (count === 1) response.end()
      else json(response, { error: `${headers.authorization} is nobody` }, 403)
    })
    const put: Action = { kind: 'request', request: request('PUT', '/x?key={{env.TOKEN}}') }
    await expect(open(put, put, put)).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: `open[1]: PUT ${server!.url}/x?key=*** was answered with 403: {"error":"Bearer *** is nobody"}`,
    })
    expect(count).toBe(2)
  })

  it('fail where nobody answers, and follow no redirect', async () => {
    const get: Action = { kind: 'request', request: request('GET', '/x') }
    await expect(open(get)).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/^open\[0\]: GET http:\/\/127\.0\.0\.1:1\/x: .*ECONNREFUSED/) as string,
    })
    await serving((_, response) => void response.writeHead(302, { location: 'http://elsewhere.test/' }).end())
    await expect(open(get)).rejects.toThrow('was answered with 302')
  })

  it('are commands with the values in their environment, in the folder of the descriptor', async () => {
    const text = 'echo "$SKU $STOCK [$LIMIT] $RUN_ID $GREETING" >"$0.out" 2>&1; echo "$GREETING" > greeting'
    await open({ kind: 'shell', command: command(text, { env: { GREETING: template('{{env.TOKEN}}!') } }) })
    expect(readFileSync(join(folder, 'greeting'), 'utf8')).toBe('hush-hush!\n')
    expect(readFileSync(join(folder, 'sh.out'), 'utf8')).toBe('a 10 [] r1 hush-hush!\n')
    await open({ kind: 'shell', command: command(['touch', 'a b']) })
    expect(existsSync(join(folder, 'a b'))).toBe(true)
  })

  it.each([
    ['exit 7', {}, /^open\[0\]: `exit 7` ended with exit code 7$/],
    ['echo hush-hush >&2; exit 1', {}, /exit code 1:\n\*\*\*$/],
    ['sleep 60', { deadlineMs: 50 }, /`sleep 60` did not end within 0\.05 s$/],
    [['no-such-program'], {}, /`no-such-program` could not be run: spawn no-such-program ENOENT$/],
    ['true', { cwd: 'nowhere' }, /could not be run/],
  ])('fail with the command %j', async (text, more, message) => {
    await expect(open({ kind: 'shell', command: command(text, more) })).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(message) as string,
    })
  })

  it('end with the run, when it is interrupted', async () => {
    const interruption = new AbortController()
    const context = { access, key: 'open', signal: interruption.signal }
    const sleeping = runActions([{ kind: 'shell', command: command('sleep 60') }], VALUES, context)
    interruption.abort()
    await expect(sleeping).rejects.toMatchObject({ code: 'INTERRUPTED' })
    await serving(() => undefined)
    const asking = new AbortController()
    const get: Action = { kind: 'request', request: request('GET', '/x') }
    const unanswered = runActions([get], VALUES, { access, key: 'open', signal: asking.signal })
    asking.abort()
    await expect(unanswered).rejects.toMatchObject({ code: 'INTERRUPTED' })
    await expect(runActions([get], VALUES, { access, key: 'open', signal: asking.signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
  })

  it('end what a command leaves running, and do not wait for it', async () => {
    await open({ kind: 'shell', command: command('sleep 60 & echo $! > pid') })
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    expect(await untilGone([pid])).toBe(true)
  })
})

describe('settling', () => {
  const every = { everyMs: 10, deadlineMs: 5_000 }
  const until = { status: null, where: [{ at: { in: 'json', pointer: '/pending' }, is: { oneOf: [0] } }] } as const
  const asking = (more: Partial<SettleAction> = {}): SettleAction => ({
    action: { kind: 'request', request: request('GET', '/queue') },
    until,
    ...every,
    ...more,
  })

  it('asks until the answer is the one that is waited for', async () => {
    let pending = 3
    await serving((_, response) => json(response, { pending: pending-- }))
    expect(await settle([asking()], VALUES, { access })).toEqual({ settled: true })
    expect(pending).toBe(-1)
  })

  it('gives up at its deadline, and says what was answered last', async () => {
    await serving((_, response) => json(response, { pending: 1 }))
    expect(await settle([asking({ deadlineMs: 60 })], VALUES, { access })).toEqual({
      settled: false,
      why: 'settle[0]: not settled within 0.06 s: 200: {"pending":1}',
    })
  })

  it('takes a failure for a reason to ask again, not to end', async () => {
    let asked = 0
    await serving((_, response) => void (asked++ < 2 ? response.writeHead(503).end() : response.end()))
    expect(await settle([asking({ until: null })], VALUES, { access })).toEqual({ settled: true })
    const shell: SettleAction = {
      ...asking(),
      action: { kind: 'shell', command: command('test -e done || { touch done; exit 1; }') },
    }
    expect(await settle([shell], VALUES, { access })).toEqual({ settled: true })
  })

  it('is done at once when there is nothing to ask', async () => {
    expect(await settle([], VALUES, { access })).toEqual({ settled: true })
  })
})

describeWithServices(['postgres', 'redis', 'mariadb'], 'the actions on stores', () => {
  let services: StartedServices
  let mariadb: StartedMariaDb

  beforeAll(async () => {
    mariadb = await startMariaDb()
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'off', appendfsync: 'no' },
      runId: `described-target-${process.pid}`,
      env: process.env,
    })
  })

  afterAll(async () => {
    await services?.[Symbol.asyncDispose]()
    await mariadb?.[Symbol.asyncDispose]()
  })

  const sql = (engine: 'postgres' | 'mysql', ...statements: string[]): Action => ({
    kind: 'sql',
    store: { engine, url: [engine === 'postgres' ? services.postgres!.url : mariadb.url] },
    statements: statements.map((text) => template(text)),
  })

  it('are statements of Postgres with bound parameters', async () => {
    const table = `"${services.postgres!.schema}".stock`
    await open(
      sql(
        'postgres',
        `CREATE TABLE ${table} (sku text, stock int)`,
        `INSERT INTO ${table} VALUES ({{sku}}, {{stock}})`,
      ),
    )
    const client = new Client({ connectionString: services.postgres!.url })
    await client.connect()
    const { rows } = await client.query(`SELECT * FROM ${table}`)
    await client.end()
    expect(rows).toEqual([{ sku: 'a', stock: 10 }])
    await expect(open(sql('postgres', 'SELECT 1', 'SELECT nonsense'))).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/^open\[0\]: postgresql:.*column "nonsense" does not exist/) as string,
    })
  })

  it('are statements of MariaDB with bound parameters', async () => {
    await open(
      sql('mysql', 'CREATE TABLE stock (sku varchar(9), stock int)', 'INSERT INTO stock VALUES ({{sku}}, {{stock}})'),
    )
    const connection = await createConnection({ uri: mariadb.url })
    const [rows] = await connection.query('SELECT * FROM stock')
    await connection.end()
    expect(rows).toEqual([{ sku: 'a', stock: 10 }])
    await expect(open(sql('mysql', 'SELECT nonsense'))).rejects.toMatchObject({
      message: expect.stringMatching(
        /^open\[0\]: mysql:\/\/shop:\*\*\*@localhost\/test: Unknown column 'nonsense'/,
      ) as string,
    })
  })

  it('are commands of Redis', async () => {
    const { url, keyPrefix } = services.redis!
    const words = (...texts: string[]) => texts.map((text) => template(text))
    const redis = (...commands: string[][]): Action => ({
      kind: 'redis',
      url: [url],
      commands: commands.map((one) => words(...one)),
    })
    await open(redis(['SET', `${keyPrefix}stock:{{sku}}`, '{{stock}}'], ['RPUSH', `${keyPrefix}queue`, 'x y', 'z']))
    const client = new Redis(url)
    expect(await client.get(`${keyPrefix}stock:a`)).toBe('10')
    expect(await client.lrange(`${keyPrefix}queue`, 0, -1)).toEqual(['x y', 'z'])
    const pending: SettleAction = {
      action: redis(['LLEN', `${keyPrefix}queue`]),
      until: null,
      everyMs: 10,
      deadlineMs: 40,
    }
    expect(await settle([pending], VALUES, { access })).toMatchObject({
      settled: false,
      why: expect.stringContaining('2 still pending') as string,
    })
    await client.del(`${keyPrefix}queue`)
    expect(await settle([pending], VALUES, { access })).toEqual({ settled: true })
    client.disconnect()
    await expect(open(redis(['NOSUCH', 'x']))).rejects.toThrow(/open\[0\]: (redis:)?\/.*unknown command/)
  })

  it.each(['postgres', 'mysql'] as const)('wait until a count in %s is zero', async (engine) => {
    const action = (query: string): SettleAction => ({
      action: sql(engine, query),
      until: null,
      everyMs: 10,
      deadlineMs: 40,
    })
    expect(await settle([action('SELECT 0'), action('SELECT 1 WHERE 1 = 0')], VALUES, { access })).toEqual({
      settled: true,
    })
    expect(
      await settle([action('SELECT 0'), action('SELECT count(*) FROM (SELECT 1) AS x')], VALUES, { access }),
    ).toEqual({
      settled: false,
      why: 'settle[1]: not settled within 0.04 s: 1 still pending',
    })
  })
})

describe('the buyers of a described service', () => {
  let learned: string[] = []
  const secrets = { learn: (texts: Iterable<string>) => void learned.push(...texts) }
  const buyers = (pool: PoolSource | null, protocol: unknown = {}, maxRatePerSec: number | null = null) => {
    learned = []
    const descriptor = { folder, buyers: { userIdPrefix: 'shopper-', pool }, protocol } as unknown as TargetDescriptor
    return readBuyers(descriptor, access, { secrets, maxRatePerSec })
  }
  const csv = (text: string, protocol?: unknown) => {
    writeFileSync(join(folder, 'buyers.csv'), text)
    return buyers({ kind: 'csv', file: 'buyers.csv' }, protocol)
  }
  const uses = (column: string) => ({ buy: { body: [{ value: `buyer.${column}`, as: 'plain' }] } })

  it('have names by a prefix, or the rows of a file', async () => {
    expect(await buyers(null)).toEqual({ userIdPrefix: 'shopper-', pool: null })
    expect(await csv('userId, token\r\n7,"a,b"\r\n8,c\r\n', uses('token'))).toEqual({
      userIdPrefix: 'shopper-',
      pool: [
        { userId: '7', token: 'a,b' },
        { userId: '8', token: 'c' },
      ],
    })
    expect(learned).toEqual(['a,b', 'c'])
  })

  it.each([
    ['', undefined, /buyers\.csv: is empty/],
    ['token\n', undefined, /buyers\.csv: has no buyers/],
    [
      'token\nx\n',
      uses('session'),
      /buyers\.csv:1: has no column "session", which the descriptor uses; it has "token"/,
    ],
    ['a,b\n1,2\n1\n', undefined, /buyers\.csv:3: has 1 fields; the header has 2/],
    ['a,a\n1,2\n', undefined, /buyers\.csv:1: has the column "a" twice/],
    ['userId\n1\n2\n1\n', undefined, /buyers\.csv:4: has the userId "1" of line 2 again/],
    ['a\n"1\n', undefined, /buyers\.csv:2: a quote is not closed/],
  ])('are not read from %j', async (text, protocol, message) => {
    await expect(csv(text, protocol)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message) as string,
    })
  })

  it('are not read from a file that is not there', async () => {
    await expect(buyers({ kind: 'csv', file: 'none.csv' })).rejects.toThrow(/none\.csv: can't be read: ENOENT/)
  })

  const login = (count: number, more: Partial<Extract<PoolSource, { kind: 'login' }>> = {}): PoolSource => ({
    kind: 'login',
    count,
    request: request('POST', '/login', '{"name":{{userId}},"n":{{userNumber}}}'),
    take: { session: { in: 'cookie', name: 'sid' }, userId: { in: 'json', pointer: '/id' } },
    ...more,
  })

  it('log in, each by itself, sixteen at a time at most, and keep what the answers gave', async () => {
    let at = 0
    let most = 0
    await serving(({ text }, response) => {
      most = Math.max(most, ++at)
      const { name, n } = JSON.parse(text) as { name: string; n: number }
      setImmediate(() => {
        at--
        response.setHeader('set-cookie', `sid=s-${name}; Path=/`)
        json(response, { id: 1_000 + n }, 201)
      })
    })
    const { pool } = await buyers(login(100))
    expect(pool).toHaveLength(100)
    expect(pool![99]).toEqual({ session: 's-shopper-99', userId: '1099' })
    expect(most).toBeLessThanOrEqual(16)
  })

  it('log in no faster than the target may be asked', async () => {
    const cameMs: number[] = []
    await serving((_, response) => {
      cameMs.push(performance.now())
      response.setHeader('set-cookie', 'sid=s')
      json(response, { id: cameMs.length }, 201)
    })
    const beganMs = performance.now()
    await buyers(login(6), {}, 20)
    // The last of six is due after five intervals; a timer of whole milliseconds may be one early.
    expect(cameMs.at(-1)! - beganMs).toBeGreaterThan(248)
  })

  it.each([
    [
      (_: unknown, response: Parameters<Answering>[1]) => json(response, { error: 'hush-hush' }, 401),
      /^buyers\.pool\.login: POST .*\/login was answered with 401: {"error":"\*\*\*"}$/,
    ],
    [
      (_: unknown, response: Parameters<Answering>[1]) => json(response, { id: 1 }),
      /"session" is not in the answer 200: {"id":1}$/,
    ],
  ])('end the run when a login fails (%#)', async (answer, message) => {
    await serving(answer)
    await expect(buyers(login(40))).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(message) as string,
    })
  })
})

describe('the resources of a described service', () => {
  const promql = (url: string, query = 'sum(cpu)'): ResourceProbe => ({
    name: 'shop',
    capacityCores: 4,
    by: { kind: 'promql', prometheusUrl: [url], query },
  })
  const vector = (...values: string[]) => ({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
  })

  it('are read from Prometheus and from commands', async () => {
    await serving(({ url }, response) =>
      json(
        response,
        url === '/p/api/v1/query?query=sum(cpu)'
          ? vector('12.5')
          : { data: { resultType: 'scalar', result: [1, '3'] } },
      ),
    )
    const probes: ResourceProbe[] = [
      promql(`${server!.url}/p/`),
      { ...promql(`${server!.url}/p`, 'scalar(x)'), name: 'scalar' },
      { name: 'db', capacityCores: null, by: { kind: 'command', command: command('echo 1.5 2048') } },
    ]
    expect(await readResources(probes, access)).toEqual({
      figures: {
        shop: { cpuSeconds: 12.5, maxRssBytes: 0 },
        scalar: { cpuSeconds: 3, maxRssBytes: 0 },
        db: { cpuSeconds: 1.5, maxRssBytes: 2048 },
      },
      notes: [],
    })
  })

  it.each([
    [vector(), 200, /resources of shop could not be read: the query has 0 results, one is wanted$/],
    [vector('1', '2'), 200, /has 2 results, one is wanted: put sum\(\.\.\.\) around it$/],
    [vector('NaN'), 200, /the result of the query is no number$/],
    [{ error: 'parse error' }, 400, /Prometheus answered 400 {"error":"parse error"}$/],
  ])('cost a note, not the run, where Prometheus says %j', async (document, status, note) => {
    await serving((_, response) => json(response, document, status))
    const { figures, notes } = await readResources([promql(server!.url)], access)
    expect(figures).toEqual({})
    expect(notes).toEqual([expect.stringMatching(note)])
  })

  it.each(['echo idle', 'true', 'exit 1'])('cost a note where `%s` is to print them', async (text) => {
    const probe: ResourceProbe = { name: 'db', capacityCores: null, by: { kind: 'command', command: command(text) } }
    expect(await readResources([probe], access)).toEqual({
      figures: {},
      notes: [expect.stringMatching(/^resources of db could not be read: /)],
    })
  })
})

describe('a described service behind TLS', () => {
  it('is reached with its own authority, or with any where that was asked for; else the reason is told', async () => {
    const certificate = selfSigned('shop.test')
    const secure = createServer(certificate, (_, response) => void response.end('{"n":1}')).listen(0, '127.0.0.1')
    await once(secure, 'listening')
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
    writeFileSync(join(folder, 'ca.pem'), certificate.cert)
    const tls = { caFile: null, certFile: null, keyFile: null, serverName: null, insecure: false }
    const read = async (options: TlsOptions) => {
      const one = accessTo(url, { folder, tls: options })
      try {
        return (await one.send(request('GET', '/'), {})).status
      } finally {
        await one[Symbol.asyncDispose]()
      }
    }
    try {
      expect(await read({ ...tls, caFile: 'ca.pem', serverName: 'shop.test' })).toBe(200)
      expect(await read({ ...tls, insecure: true })).toBe(200)
      await expect(read(tls)).rejects.toMatchObject({
        code: 'TARGET_UNREACHABLE',
        message: expect.stringMatching(/^GET https:\/\/127.*self.signed certificate/) as string,
      })
      await expect(read({ ...tls, caFile: 'none.pem' })).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(/^tls\.ca: .*none\.pem can't be read: ENOENT/) as string,
      })
    } finally {
      secure.closeAllConnections()
      secure.close()
    }
  })
})
