/** Over real sockets, before a store that answers what the test says and when. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPostgresGate } from './postgres-gate.ts'
import { ByteEnd, MadeStore } from './testing/byte-end.ts'
import { Gatekeeper } from './testing/gatekeeper.ts'
import {
  authenticated,
  backendKey,
  bind,
  bound,
  CANCEL_REQUEST,
  completed,
  execute,
  failed,
  flush,
  GSS_REQUEST,
  int32,
  message,
  notice,
  opening,
  parse,
  parsed,
  query,
  ready,
  row,
  SSL_REQUEST,
  startup,
  sync,
  terminate,
} from './testing/postgres-messages.ts'

let store: MadeStore
let keeper: Gatekeeper
const ends: ByteEnd[] = []

beforeEach(async () => {
  store = await MadeStore.start()
  keeper = await Gatekeeper.before(openPostgresGate, store.address)
})

afterEach(async () => {
  for (const end of ends.splice(0)) end[Symbol.dispose]()
  await keeper[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
})

interface Connected {
  readonly near: ByteEnd
  readonly far: ByteEnd
}

async function connected(): Promise<Connected> {
  const near = await ByteEnd.to(keeper.gate.port)
  ends.push(near)
  return { near, far: await store.meet() }
}

const GREETING = Buffer.concat([authenticated, backendKey(4711), ready()])

/** Ready for queries. */
async function greeted(): Promise<Connected> {
  const pair = await connected()
  pair.near.send(startup())
  await pair.far.take(startup().length)
  pair.far.send(GREETING)
  await pair.near.take(GREETING.length)
  return pair
}

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  )

const latin1 = (...bytes: readonly Buffer[]): string => Buffer.concat(bytes).toString('latin1')
const UPDATE = query('UPDATE stock SET remaining = 1')
const UPDATED = Buffer.concat([completed('UPDATE 1'), ready()])

describe('a gate before Postgres', () => {
  it('has no encryption, and leaves server and store to themselves until that is ready', async () => {
    const { near, far } = await connected()
    near.send(opening(GSS_REQUEST))
    expect(await near.take(1)).toBe('N')
    near.send(opening(SSL_REQUEST))
    expect(await near.take(1)).toBe('N')
    near.send(startup())
    expect(await far.take(startup().length)).toBe(latin1(startup()))
    const challenge = message('R', int32(5), int32(1))
    far.send(challenge)
    expect(await near.take(challenge.length)).toBe(latin1(challenge))
    const password = message('p', Buffer.from('hush\0'))
    near.send(password)
    expect(await far.take(password.length)).toBe(latin1(password))
    far.send(GREETING)
    expect(await near.take(GREETING.length)).toBe(latin1(GREETING))
    expect(keeper.untaken).toBe(0)
  })

  it('holds a call, its reply, and then hands it on', async () => {
    const { near, far } = await greeted()
    near.send(UPDATE)
    const call = await keeper.next()
    expect(call).toMatchObject({ store: 'postgres', text: 'UPDATE stock SET remaining = 1', access: 'write' })
    expect(keeper.gate.backendOf(call.connection)).toBe(4711)
    expect(far.untaken).toBe('')
    const reply = keeper.gate.execute(call)
    expect(await far.take(UPDATE.length)).toBe(latin1(UPDATE))
    far.send(completed('UPDATE 1'))
    far.send(ready())
    expect(await reply).toEqual({ text: 'UPDATE 1', isError: false })
    expect(near.untaken).toBe('')
    keeper.gate.deliver(call)
    expect(await near.take(UPDATED.length)).toBe(latin1(UPDATED))
  })

  it('holds what a server sent before its store was ready', async () => {
    const { near, far } = await connected()
    near.send(Buffer.concat([startup(), UPDATE, parse('', 'x'), flush]))
    expect(await far.take(startup().length)).toBe(latin1(startup()))
    far.send(GREETING)
    expect([(await keeper.next()).text, (await keeper.next()).text]).toEqual([
      'UPDATE stock SET remaining = 1',
      'prepare x',
    ])
    expect(far.untaken).toBe('')
  })

  it('takes calls that were sent ahead one by one', async () => {
    const { near, far } = await greeted()
    near.send(Buffer.concat([UPDATE, UPDATE]))
    const [first, second] = [await keeper.next(), await keeper.next()]
    expect(await failureOf(keeper.gate.execute(second))).toMatch(/not the first/)
    const reply = keeper.letThrough(first)
    expect(await far.take(UPDATE.length)).toBe(latin1(UPDATE))
    far.send(UPDATED)
    await reply
    const other = keeper.letThrough(second)
    await far.take(UPDATE.length)
    far.send(UPDATED)
    await other
    expect(await near.take(2 * UPDATED.length)).toBe(latin1(UPDATED, UPDATED))
  })

  it('takes a call up to a Flush for which the server waits', async () => {
    const { near, far } = await greeted()
    const call = [parse('', 'UPDATE stock SET remaining = 1'), bind({}), execute(), flush]
    near.send(Buffer.concat(call))
    const held = await keeper.next()
    const reply = keeper.letThrough(held)
    expect(await far.take(Buffer.concat(call).length)).toBe(latin1(...call))
    far.send(Buffer.concat([parsed, bound, row('a'), completed('UPDATE 1')]))
    expect(await reply).toMatchObject({ text: '1 row: a' })
    near.send(sync)
    const end = await keeper.next()
    expect([end.text, end.access]).toEqual(['sync', 'write'])
    const ended = keeper.letThrough(end)
    await far.take(sync.length)
    far.send(ready())
    await ended
  })

  it('waits for the rest of what has begun behind a Flush', async () => {
    const { near, far } = await greeted()
    near.send(Buffer.concat([UPDATE, parse('', 'x'), flush, sync.subarray(0, 2)]))
    const first = keeper.letNext()
    await far.take(UPDATE.length)
    far.send(UPDATED)
    await first
    near.send(sync.subarray(2))
    const second = keeper.letNext()
    const whole = Buffer.concat([parse('', 'x'), flush, sync])
    expect(await far.take(whole.length)).toBe(latin1(whole))
    far.send(Buffer.concat([parsed, ready()]))
    expect((await second).call.text).toBe('prepare x')
  })

  it('does not wait for answers that an error took away', async () => {
    const { near, far } = await greeted()
    const sent = Buffer.concat([parse('', 'x'), flush])
    near.send(sent)
    const first = keeper.letNext()
    await far.take(sent.length)
    far.send(failed('42601', 'syntax error'))
    expect((await first).reply).toEqual({ text: 'error 42601: syntax error', isError: true })
    const behind = Buffer.concat([bind({}), execute(), flush])
    near.send(behind)
    expect((await keeper.letNext()).reply.text).toBe('passed over after an error')
    await far.take(behind.length)
    near.send(sync)
    const last = keeper.letNext()
    await far.take(sync.length)
    far.send(ready())
    expect((await last).reply.isError).toBe(false)
  })

  it('passes at once what nobody asked for', async () => {
    const { near, far } = await greeted()
    near.send(UPDATE)
    await keeper.next()
    const told = message('A', int32(1), Buffer.from('sold\0x\0'))
    far.send(told)
    expect(await near.take(told.length)).toBe(latin1(told))
    far.send(notice('hm'))
    expect(await near.take(notice('hm').length)).toBe(latin1(notice('hm')))
  })

  it('passes a request to cancel at once', async () => {
    const { near, far } = await connected()
    const request = opening(CANCEL_REQUEST, int32(4711), int32(7))
    near.send(request)
    expect(await far.take(request.length)).toBe(latin1(request))
    far.close()
    await near.closed()
    expect(keeper.untaken).toBe(0)
  })

  it('passes the end of a session', async () => {
    const { near, far } = await greeted()
    near.send(terminate)
    expect(await far.take(terminate.length)).toBe(latin1(terminate))
    near.close()
    await far.closed()
    expect(keeper.closed).toHaveLength(1)
  })

  it('copies into the store in two calls', async () => {
    const { near, far } = await greeted()
    const copy = query('COPY stock FROM STDIN')
    near.send(copy)
    const begun = keeper.letNext()
    await far.take(copy.length)
    const waits = message('G', Buffer.from([0, 0, 0]))
    far.send(waits)
    expect((await begun).reply.text).toBe('waits for data')
    expect(await near.take(waits.length)).toBe(latin1(waits))
    const data = [message('d', Buffer.from('a\t1\n')), message('c')]
    near.send(data[0]!)
    near.send(data[1]!)
    const copied = keeper.letNext()
    expect(await far.take(Buffer.concat(data).length)).toBe(latin1(...data))
    far.send(Buffer.concat([completed('COPY 1'), ready()]))
    expect(await copied).toMatchObject({ call: { text: 'COPY data', access: 'write' }, reply: { text: 'COPY 1' } })
  })

  it.each([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /a message says that it has/],
    ['a version that it does not speak', opening(131_072), /protocol 2.0 is not spoken here/],
  ])('refuses %s', async (_, bytes, why) => {
    const { near, far } = await connected()
    near.send(bytes)
    await near.closed()
    expect(near.untaken).toMatch(/^E.*08P01/s)
    expect(near.untaken).toMatch(why)
    await far.closed()
  })

  it('refuses messages that it does not know', async () => {
    const { near, far } = await greeted()
    near.send(message('y'))
    await near.closed()
    expect(near.untaken).toMatch(/a message of type "y" is not known/)
    await far.closed()
    expect(keeper.closed).toHaveLength(1)
  })

  it('gives up a store that sends nonsense, or replicates', async () => {
    for (const [bytes, why] of [
      [Buffer.concat([Buffer.from('D'), int32(-1)]), `the store sent what can't be read: a message says`],
      [message('W'), 'replication is not supported under a race'],
    ] as const) {
      const { near, far } = await greeted()
      near.send(UPDATE)
      const reply = failureOf(keeper.gate.execute(await keeper.next()))
      await far.take(UPDATE.length)
      far.send(bytes)
      expect(await reply).toContain(why)
      await near.closed()
      expect(near.untaken).toContain(why)
      await far.closed()
    }
  })

  it('leaves to the server what a store said before it broke off', async () => {
    const { near, far } = await greeted()
    near.send(UPDATE)
    const call = await keeper.next()
    const reply = failureOf(keeper.gate.execute(call))
    await far.take(UPDATE.length)
    const last = failed('57P01', 'terminating connection', 'FATAL')
    far.send(last)
    far.close()
    expect(await reply).toBe('the store closed the connection')
    await near.closed()
    expect(near.untaken).toBe(latin1(last))
    expect(keeper.gate.backendOf(call.connection)).toBeNull()
  })

  it('knows no backend where a reply is all that is left of the store', async () => {
    const { near, far } = await greeted()
    near.send(UPDATE)
    const call = await keeper.next()
    const reply = keeper.gate.execute(call)
    await far.take(UPDATE.length)
    far.send(UPDATED)
    far.close()
    await Promise.all([reply, far.closed()])
    await expect.poll(() => keeper.gate.backendOf(call.connection)).toBeNull()
    keeper.gate.deliver(call)
    await near.closed()
    expect(near.untaken).toBe(latin1(UPDATED))
  })

  it('knows the backend of a connection that was cut as long as that works', async () => {
    const { near, far } = await greeted()
    near.send(UPDATE)
    const call = await keeper.next()
    const reply = keeper.gate.execute(call)
    await far.take(UPDATE.length)
    keeper.gate.cut(call)
    await near.closed()
    expect([far.isClosed, keeper.gate.backendOf(call.connection)]).toEqual([false, 4711])
    far.send(UPDATED)
    await reply
    await far.closed()
    await expect.poll(() => keeper.gate.backendOf(call.connection)).toBeNull()
  })
})
