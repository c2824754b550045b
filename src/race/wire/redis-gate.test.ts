/** Over real sockets, before a store that answers what the test says and when. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRedisGate } from './redis-gate.ts'
import { ByteEnd, MadeStore } from './testing/byte-end.ts'
import { Gatekeeper } from './testing/gatekeeper.ts'

let store: MadeStore
let keeper: Gatekeeper
const ends: ByteEnd[] = []

beforeEach(async () => {
  store = await MadeStore.start()
  keeper = await Gatekeeper.before(openRedisGate, store.address)
})

afterEach(async () => {
  for (const end of ends.splice(0)) end[Symbol.dispose]()
  await keeper[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
})

/** A connection of the server, and the store's end of it. */
async function connected(): Promise<{ readonly near: ByteEnd; readonly far: ByteEnd }> {
  const near = await ByteEnd.to(keeper.gate.port)
  ends.push(near)
  return { near, far: await store.meet() }
}

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  )

const GET = 'GET a\r\n'
const BLPOP = 'BLPOP a 0\r\n'

describe('a gate before Redis', () => {
  it('holds a command, its reply, and then hands it on', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const call = await keeper.next()
    expect(call).toMatchObject({ store: 'redis', statement: 'GET', text: 'GET a', access: 'read' })
    expect(far.untaken).toBe('')
    const reply = keeper.gate.execute(call)
    expect(await far.take(GET.length)).toBe(GET)
    far.send('$1\r\n')
    far.send('7\r\n')
    expect(await reply).toEqual({ text: '7', isError: false })
    expect(near.untaken).toBe('')
    keeper.gate.deliver(call)
    expect(await near.take(7)).toBe('$1\r\n7\r\n')
  })

  it('numbers calls and connections in one rising row', async () => {
    const [one, other] = [await connected(), await connected()]
    one.near.send(GET)
    const first = await keeper.next()
    other.near.send(GET)
    const second = await keeper.next()
    expect(new Set([first.connection, second.connection, first.id, second.id]).size).toBe(4)
    expect(second.id).toBeGreaterThan(first.id)
  })

  it('lets one connection go ahead of another', async () => {
    const [one, other] = [await connected(), await connected()]
    one.near.send(GET)
    const first = await keeper.next()
    other.near.send('INCR b\r\n')
    const second = await keeper.next()
    const reply = keeper.letThrough(second)
    await other.far.take(8)
    other.far.send(':1\r\n')
    expect(await reply).toMatchObject({ text: '1' })
    expect([one.far.untaken, await other.near.take(4)]).toEqual(['', ':1\r\n'])
    const late = keeper.letThrough(first)
    await one.far.take(GET.length)
    one.far.send('$-1\r\n')
    expect(await late).toMatchObject({ text: 'nil' })
  })

  it('lets a second command of a connection reach the store before the first one is heard of', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const first = await keeper.next()
    near.send('GET b\r\n')
    const second = await keeper.next()
    expect(await failureOf(keeper.gate.execute(second))).toMatch(/not the first/)
    const replies = [keeper.gate.execute(first)]
    await far.take(GET.length)
    far.send(':1\r\n')
    await replies[0]
    replies.push(keeper.gate.execute(second))
    await far.take(GET.length)
    far.send(':2\r\n')
    expect((await Promise.all(replies)).map(({ text }) => text)).toEqual(['1', '2'])
    expect(() => keeper.gate.deliver(second)).toThrow(/next on its connection/)
    keeper.gate.deliver(first)
    keeper.gate.deliver(second)
    expect(await near.take(8)).toBe(':1\r\n:2\r\n')
  })

  it('passes at once what nobody asked for', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const call = await keeper.next()
    far.send('>1\r\n+early\r\n')
    expect(await near.take(12)).toBe('>1\r\n+early\r\n')
    const reply = keeper.gate.execute(call)
    await far.take(GET.length)
    far.send('>1\r\n+push\r\n+OK\r\n')
    expect(await reply).toMatchObject({ text: 'OK' })
    expect(await near.take(11)).toBe('>1\r\n+push\r\n')
  })

  it('passes a transaction by itself up to its EXEC, where the server waits for it', async () => {
    const { near, far } = await connected()
    near.send('MULTI\r\n')
    expect(await far.take(7)).toBe('MULTI\r\n')
    far.send('+OK\r\n')
    expect(await near.take(5)).toBe('+OK\r\n')
    near.send('INCR a\r\n')
    await far.take(8)
    far.send('+QUEUED\r\n')
    expect(await near.take(9)).toBe('+QUEUED\r\n')
    near.send('EXEC\r\n')
    const call = await keeper.next()
    expect([call.text, call.statement, call.access]).toEqual(['MULTI\nINCR a\nEXEC', 'MULTI; INCR; EXEC', 'write'])
    const reply = keeper.letThrough(call)
    expect(await far.take(6)).toBe('EXEC\r\n')
    far.send('*1\r\n:1\r\n')
    expect(await reply).toMatchObject({ text: '[1]' })
    expect(await near.take(8)).toBe('*1\r\n:1\r\n')
  })

  it.each(['SUBSCRIBE sold\r\n', 'MONITOR\r\n', 'psubscribe s*\r\n'])(
    'steps aside for %j, behind what was sent before',
    async (listen) => {
      const { near, far } = await connected()
      near.send(`${GET}${listen}PING\r\n`)
      near.send('QU')
      const call = await keeper.next()
      expect(call.text).toBe('GET a')
      const reply = keeper.letThrough(call)
      expect(await far.take(GET.length)).toBe(GET)
      far.send(':1\r\n')
      await reply
      expect(await far.take(listen.length + 8)).toBe(`${listen}PING\r\nQU`)
      far.send('*3\r\n anything')
      expect(await near.take(17)).toBe(':1\r\n*3\r\n anything')
      near.send('IT\r\n')
      expect(await far.take(4)).toBe('IT\r\n')
      expect(keeper.untaken).toBe(0)
    },
  )

  it('closes a connection that speaks no RESP, and says why', async () => {
    const { near, far } = await connected()
    near.send('*1\r\n:1\r\n')
    await near.closed()
    expect(near.untaken).toBe('-ERR Protocol error: a command has a part that is no text\r\n')
    await far.closed()
    expect(keeper.closed).toHaveLength(1)
  })

  it('refuses to be left without replies', async () => {
    const { near } = await connected()
    near.send('CLIENT REPLY OFF\r\n')
    await near.closed()
    expect(near.untaken).toMatch(/^-ERR CLIENT REPLY is not supported/)
  })

  it('gives up a connection whose store speaks no RESP', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const reply = failureOf(keeper.gate.execute(await keeper.next()))
    await far.take(GET.length)
    far.send('@\r\n')
    expect(await reply).toMatch(/^the store sent what can't be read: a value begins with "@"/)
    await near.closed()
    expect(near.untaken).toMatch(/^-ERR the store sent/)
    await far.closed()
  })

  it('tells of a server that leaves, and forgets what it sent', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const call = await keeper.next()
    near.close()
    await keeper.closing(call.connection)
    await far.closed()
    expect(far.untaken).toBe('')
    expect(await failureOf(keeper.gate.execute(call))).toMatch(/is closed/)
    expect(() => keeper.gate.deliver(call)).not.toThrow()
    expect(keeper.closed).toEqual([call.connection])
  })

  it('leaves the store to finish what the server does not wait for any more', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const call = await keeper.next()
    const reply = keeper.gate.execute(call)
    await far.take(GET.length)
    near.close()
    await keeper.closing(call.connection)
    expect(far.isClosed).toBe(false)
    far.send(':1\r\n')
    expect(await reply).toMatchObject({ text: '1' })
    await far.closed()
  })

  it('cuts a connection before its reply, and the store only when that is here', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const call = await keeper.next()
    const reply = keeper.gate.execute(call)
    await far.take(GET.length)
    keeper.gate.cut(call)
    await near.closed()
    expect(far.isClosed).toBe(false)
    far.send(':1\r\n')
    expect(await reply).toMatchObject({ text: '1' })
    await far.closed()
    expect([near.untaken, keeper.closed]).toEqual(['', []])
  })

  it('cuts a connection whose reply was kept back', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const call = await keeper.next()
    const reply = keeper.gate.execute(call)
    await far.take(GET.length)
    far.send(':1\r\n')
    await reply
    keeper.gate.cut(call)
    await Promise.all([near.closed(), far.closed()])
    expect(near.untaken).toBe('')
  })

  it('takes a command that waits for others along with its server', async () => {
    const { near, far } = await connected()
    near.send(BLPOP)
    const call = await keeper.next()
    expect(call.mayBlock).toBe(true)
    const reply = failureOf(keeper.gate.execute(call))
    await far.take(BLPOP.length)
    keeper.gate.cut(call)
    await far.closed()
    expect(await reply).toBe('the store closed the connection')
  })

  it('cuts all of them at once', async () => {
    const [one, other] = [await connected(), await connected()]
    one.near.send(GET)
    const call = await keeper.next()
    keeper.gate.cutAll()
    await Promise.all([one.near.closed(), other.near.closed(), one.far.closed(), other.far.closed()])
    expect(await failureOf(keeper.gate.execute(call))).toMatch(/is closed/)
    expect(keeper.closed).toEqual([])
    expect(await connected()).toBeDefined()
  })

  it('fails a call whose store goes, and the server hears of it', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const call = await keeper.next()
    const reply = failureOf(keeper.gate.execute(call))
    await far.take(GET.length)
    far.close()
    expect(await reply).toBe('the store closed the connection')
    await near.closed()
    await keeper.closing(call.connection)
  })

  it('hands a reply on though the store has gone since', async () => {
    const { near, far } = await connected()
    near.send('QUIT\r\n')
    const call = await keeper.next()
    const reply = keeper.gate.execute(call)
    await far.take(6)
    far.send('+OK\r\n')
    far.close()
    await reply
    await far.closed()
    expect(near.isClosed).toBe(false)
    keeper.gate.deliver(call)
    await near.closed()
    expect(near.untaken).toBe('+OK\r\n')
  })

  it('closes a server whose store is not there', async () => {
    const gone = await MadeStore.start()
    const { address } = gone
    await gone[Symbol.asyncDispose]()
    const lonely = await Gatekeeper.before(openRedisGate, address)
    try {
      const near = await ByteEnd.to(lonely.gate.port)
      ends.push(near)
      await near.closed()
      expect(near.untaken).toBe('')
    } finally {
      await lonely[Symbol.asyncDispose]()
    }
  })

  it('takes everything with it at its end', async () => {
    const { near, far } = await connected()
    near.send(GET)
    const reply = failureOf(keeper.gate.execute(await keeper.next()))
    await far.take(GET.length)
    await keeper[Symbol.asyncDispose]()
    expect(await reply).toBe('the store closed the connection')
    await Promise.all([near.closed(), far.closed()])
    expect(keeper.closed).toEqual([])
    await keeper[Symbol.asyncDispose]()
  })
})
