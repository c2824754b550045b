/** A gate before a real Redis, and `ioredis` as the server's driver. */
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openRedisGate } from '../src/race/wire/redis-gate.ts'
import { ByteEnd } from '../src/race/wire/testing/byte-end.ts'
import { Gatekeeper } from '../src/race/wire/testing/gatekeeper.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { describeWithServices } from './require-service.ts'
import { redisPlace, type StorePlace } from './store-address.ts'

const WAIT = { timeout: 20_000, interval: 5 }

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  )

describeWithServices(['redis'], 'a gate before Redis', () => {
  let services: StartedServices
  let place: StorePlace
  let admin: Redis
  let keeper: Gatekeeper
  let prefix: string
  let tests = 0
  const clients: Redis[] = []
  const ends: ByteEnd[] = []

  /** A connection of the server under test. */
  async function connect(): Promise<Redis> {
    const client = new Redis(place.urlOver(keeper.gate.port), {
      lazyConnect: true,
      retryStrategy: null,
      maxRetriesPerRequest: 0,
    })
    clients.push(client)
    // A connection that is cut is an event as well as the failure of a command.
    client.on('error', () => {})
    await keeper.unheld(() => client.connect())
    return client
  }

  const key = (name: string): string => prefix + name

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `redis-gate-${process.pid}`,
      env: process.env,
    })
    place = redisPlace(services.redis!.url)
    admin = new Redis(services.redis!.url, { lazyConnect: true })
    await admin.connect()
  })

  beforeEach(async () => {
    prefix = `${services.redis!.keyPrefix}${tests++}:`
    keeper = await Gatekeeper.before(openRedisGate, place.address)
  })

  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect()
    for (const end of ends.splice(0)) end[Symbol.dispose]()
    await keeper[Symbol.asyncDispose]()
  })

  afterAll(async () => {
    admin?.disconnect()
    await services?.[Symbol.asyncDispose]()
  })

  it('holds a command, and its reply', async () => {
    const client = await connect()
    let isAnswered = false
    const answered = client.set(key('a'), 'two words').then((reply) => {
      isAnswered = true
      return reply
    })
    const call = await keeper.next()
    expect(call).toMatchObject({ statement: 'SET', values: [], access: 'write', isSetUp: false, mayBlock: false })
    expect(call.text).toBe(`SET ${key('a')} "two words"`)
    expect(await admin.get(key('a'))).toBeNull()
    expect(await keeper.gate.execute(call)).toEqual({ text: 'OK', isError: false })
    expect([await admin.get(key('a')), isAnswered]).toEqual(['two words', false])
    keeper.gate.deliver(call)
    expect(await answered).toBe('OK')
  })

  it('holds a pipeline as one call', async () => {
    const client = await connect()
    const done = client.pipeline().incr(key('n')).get(key('n')).hget(key('n'), 'f').exec()
    const { call, reply } = await keeper.letNext()
    expect([call.statement, call.access]).toEqual(['INCR; GET; HGET', 'write'])
    expect(reply).toMatchObject({ text: expect.stringMatching(/^1; 1; error WRONGTYPE/), isError: true })
    expect((await done)!.map(([, value]) => value).slice(0, 2)).toEqual([1, '1'])
    expect(keeper.untaken).toBe(0)
  })

  it('holds a transaction as one call', async () => {
    const client = await connect()
    const done = client.multi().incr(key('n')).get(key('n')).exec()
    const { call, reply } = await keeper.letNext()
    expect(call.text).toBe(`MULTI\nINCR ${key('n')}\nGET ${key('n')}\nEXEC`)
    expect([call.statement, call.access, reply.text]).toEqual(['MULTI; INCR; GET; EXEC', 'write', '[1, 1]'])
    expect((await done)!.map(([, value]) => value)).toEqual([1, '1'])
  })

  it('holds the EXEC of a transaction that is made by hand', async () => {
    const client = await connect()
    const watched = client.watch(key('n'))
    const { call } = await keeper.letNext()
    expect([call.text, call.access]).toEqual([`WATCH ${key('n')}`, 'read'])
    await watched
    await client.multi({ pipeline: false })
    expect(await client.incr(key('n'))).toBe('QUEUED')
    const done = client.exec()
    const end = await keeper.next()
    expect([end.text, end.access]).toEqual([`MULTI\nINCR ${key('n')}\nEXEC`, 'write'])
    await admin.set(key('n'), '5')
    expect((await keeper.letThrough(end)).text).toBe('nil')
    expect(await done).toBeNull()
    expect(await admin.get(key('n'))).toBe('5')
  })

  it('shows a script by what it says of itself, however it is called', async () => {
    const client = await connect()
    const script = `-- takes one unit of ${process.pid}\nreturn redis.call('DECR', KEYS[1])`
    client.defineCommand('take', { lua: script, numberOfKeys: 1 })
    const take = (client as unknown as { take(key: string): Promise<number> }).take.bind(client)
    const first = take(key('stock'))
    const seen = [await keeper.letNext()]
    expect(await first).toBe(-1)
    const second = take(key('stock'))
    seen.push(await keeper.letNext())
    expect(await second).toBe(-2)
    expect(seen.map(({ call, reply }) => [call.text, reply.text])).toEqual([
      [`EVAL "-- takes one unit of ${process.pid}" ${key('stock')}`, '-1'],
      [`EVALSHA "-- takes one unit of ${process.pid}" ${key('stock')}`, '-2'],
    ])
    expect(seen[0]!.call.statement).toMatch(/^EVAL [\da-f]{8}$/)
    expect(seen[1]!.call.statement).toBe(seen[0]!.call.statement)
  })

  it('lets a driver fall back to the text of a script', async () => {
    const client = await connect()
    const script = `return ${process.pid} + ${Date.now()}`
    const unknown = failureOf(client.evalsha('0'.repeat(40), 0))
    const { call, reply } = await keeper.letNext()
    expect([call.text, call.access, reply.isError]).toEqual(['EVALSHA 00000000', 'write', true])
    expect(reply.text).toMatch(/^error NOSCRIPT/)
    expect(await unknown).toMatch(/^NOSCRIPT/)
    const run = client.eval(script, 0)
    expect((await keeper.letNext()).call.text).toBe(`EVAL "${script}"`)
    expect(await run).toBeGreaterThan(0)
  })

  it('lets one command wait for another', async () => {
    const [one, other] = [await connect(), await connect()]
    const popped = one.blpop(key('list'), 0)
    const pop = await keeper.next()
    expect([pop.mayBlock, pop.access]).toEqual([true, 'write'])
    const reply = keeper.gate.execute(pop)
    const pushed = other.rpush(key('list'), 'x')
    await keeper.letNext()
    await pushed
    expect((await reply).text).toBe(`[${key('list')}, x]`)
    keeper.gate.deliver(pop)
    expect(await popped).toEqual([key('list'), 'x'])
  })

  it('takes nothing for a command that waited when its server went', async () => {
    const client = await connect()
    const popped = failureOf(client.blpop(key('list'), 0))
    const pop = await keeper.next()
    const reply = failureOf(keeper.gate.execute(pop))
    const waiting = async (): Promise<boolean> => /cmd=blpop/.test(String(await admin.client('LIST')))
    await expect.poll(waiting, WAIT).toBe(true)
    keeper.gate.cut(pop)
    expect(await reply).toBe('the store closed the connection')
    expect(await popped).not.toBe('none')
    await expect.poll(waiting, WAIT).toBe(false)
    await admin.rpush(key('list'), 'x')
    expect(await admin.lrange(key('list'), 0, -1)).toEqual(['x'])
  })

  it('lets two buyers look before either of them takes, each on a connection of their own', async () => {
    const [one, other] = [await connect(), await connect()]
    await admin.set(key('stock'), '1')
    const buy = async (client: Redis): Promise<boolean> => {
      if (Number(await client.get(key('stock'))) < 1) return false
      await client.decr(key('stock'))
      return true
    }
    const first = buy(one)
    const look = await keeper.next()
    const second = buy(other)
    await keeper.letThrough(await keeper.next())
    const otherTake = await keeper.next()
    await keeper.letThrough(look)
    await keeper.letNext()
    await keeper.letThrough(otherTake)
    expect(await Promise.all([first, second])).toEqual([true, true])
    expect(await admin.get(key('stock'))).toBe('-1')
  })

  it('lets two buyers look before either of them takes, on one connection', async () => {
    const client = await connect()
    await admin.set(key('stock'), '1')
    const buy = async (): Promise<boolean> => {
      if (Number(await client.get(key('stock'))) < 1) return false
      await client.decr(key('stock'))
      return true
    }
    const first = buy()
    const look = await keeper.next()
    await keeper.gate.execute(look)
    // Its reply is kept back until the other one has looked.
    const second = buy()
    const otherLook = await keeper.next()
    await keeper.gate.execute(otherLook)
    keeper.gate.deliver(look)
    keeper.gate.deliver(otherLook)
    keeper.letsAll = true
    expect(await Promise.all([first, second])).toEqual([true, true])
    expect(await admin.get(key('stock'))).toBe('-1')
  })

  it('speaks RESP3, and passes what is pushed', async () => {
    const end = await ByteEnd.to(keeper.gate.port)
    ends.push(end)
    end.send('HELLO 3\r\n')
    const hello = await keeper.letNext()
    expect([hello.call.statement, hello.call.isSetUp]).toEqual(['HELLO', true])
    expect(await end.take(2)).toMatch(/^%\d/)
    end.send('CLIENT TRACKING ON\r\n')
    const tracking = await keeper.letNext()
    expect([tracking.call.statement, tracking.call.isSetUp, tracking.reply.text]).toEqual([
      'CLIENT TRACKING',
      true,
      'OK',
    ])
    expect(await end.take(5)).toBe('+OK\r\n')
    end.send(`GET ${key('a')}\r\n`)
    expect((await keeper.letNext()).reply.text).toBe('nil')
    expect(await end.take(3)).toBe('_\r\n')
    await admin.set(key('a'), '1')
    expect(await end.take(20)).toMatch(/^>2\r\n\$10\r\ninvalidate\r\n/)
    expect(keeper.untaken).toBe(0)
  })

  it('steps aside for a connection that listens', async () => {
    const client = await connect()
    const heard = new Promise<string>((resolve) => {
      client.on('message', (_, message) => resolve(message))
    })
    await client.subscribe(key('sold'))
    await admin.publish(key('sold'), 'a')
    expect(await heard).toBe('a')
    expect(keeper.untaken).toBe(0)
  })

  it('tells of a driver that leaves', async () => {
    const client = await connect()
    const asked = client.get(key('a'))
    const { call } = await keeper.letNext()
    await asked
    client.disconnect()
    await keeper.closing(call.connection)
    expect(await failureOf(keeper.gate.execute(call))).toMatch(/is closed/)
  })
})
