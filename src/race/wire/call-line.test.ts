import { describe, expect, it } from 'vitest'
import type { StoreCall } from '../store-call.ts'
import { type Answer, CallLine, type Framed } from './call-line.ts'

/** Each of its messages is a letter; an answer is as many as the call asks for. */
function lineOfCalls() {
  const toStore: string[] = []
  const toServer: string[] = []
  const line = new CallLine<Framed>({
    toStore: (bytes) => toStore.push(String(bytes)),
    toServer: (bytes) => toServer.push(String(bytes)),
  })
  let last = 0
  const answer = (replies: number): Answer<Framed> => {
    let came = ''
    return {
      get isComplete() {
        return came.length >= replies
      },
      take: ({ bytes }) => {
        came += String(bytes)
      },
      reply: () => ({ text: came, isError: false }),
    }
  }
  const stand = (bytes: string, replies = 1): StoreCall => {
    const call: StoreCall = {
      id: ++last,
      store: 'redis',
      connection: 1,
      statement: bytes,
      text: bytes,
      values: [],
      access: 'write',
      isSetUp: false,
      mayBlock: false,
    }
    line.stand({ call, bytes: Buffer.from(bytes), startAnswer: () => answer(replies) })
    return call
  }
  const pass = (bytes: string, replies = 1): void =>
    line.stand({ call: null, bytes: Buffer.from(bytes), startAnswer: () => answer(replies) })
  const hear = (text: string): boolean[] => Array.from(text, (letter) => line.take({ bytes: Buffer.from(letter) }))
  return { line, toStore, toServer, stand, pass, hear }
}

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  )

describe('the calls of a connection', () => {
  it('reach the store when they are let through, and the server when they are handed on', async () => {
    const { line, toStore, toServer, stand, hear } = lineOfCalls()
    const call = stand('GET', 2)
    expect(toStore).toEqual([])
    const reply = line.execute(call)
    expect(toStore).toEqual(['GET'])
    expect(hear('ab')).toEqual([true, true])
    expect(await reply).toEqual({ text: 'ab', isError: false })
    expect(toServer).toEqual([])
    line.deliver(call)
    expect(toServer).toEqual(['ab'])
  })

  it('leave to others what nobody asked for', () => {
    const { stand, hear } = lineOfCalls()
    stand('GET')
    expect(hear('x')).toEqual([false])
  })

  it('go in the order in which they were sent', async () => {
    const { line, toStore, stand, hear } = lineOfCalls()
    const [first, second] = [stand('A'), stand('B')]
    expect(await failureOf(line.execute(second))).toMatch(/not the first/)
    const reply = line.execute(first)
    expect(await failureOf(line.execute(second))).toMatch(/not the first/)
    hear('a')
    await reply
    const other = line.execute(second)
    expect(toStore).toEqual(['A', 'B'])
    hear('b')
    expect((await other).text).toBe('b')
  })

  it('are handed on in that order, though the store may have heard of both', async () => {
    const { line, toServer, stand, hear } = lineOfCalls()
    const [first, second] = [stand('A'), stand('B')]
    const replies = [line.execute(first)]
    hear('a')
    replies.push(line.execute(second))
    hear('b')
    await Promise.all(replies)
    expect(() => line.deliver(second)).toThrow(/no reply of call 2 is next/)
    line.deliver(first)
    line.deliver(second)
    expect(toServer).toEqual(['a', 'b'])
  })

  it('are let through once', async () => {
    const { line, stand, hear } = lineOfCalls()
    const call = stand('A')
    const reply = line.execute(call)
    expect(await failureOf(line.execute(call))).toMatch(/already/)
    hear('a')
    await reply
    expect(await failureOf(line.execute(call))).toMatch(/already/)
    line.deliver(call)
    expect(await failureOf(line.execute(call))).toMatch(/does not stand/)
    expect(() => line.deliver(call)).toThrow(/no reply/)
  })

  it('are not handed on before there is a reply', async () => {
    const { line, stand, hear } = lineOfCalls()
    const call = stand('A')
    expect(() => line.deliver(call)).toThrow(/not here/)
    const reply = line.execute(call)
    expect(() => line.deliver(call)).toThrow(/not here/)
    hear('a')
    await reply
    expect(() => line.deliver(call)).not.toThrow()
  })

  it('pass by themselves where they do nothing yet, but not before their turn', async () => {
    const { line, toStore, toServer, stand, pass, hear } = lineOfCalls()
    const first = stand('A')
    pass('MULTI')
    pass('SET')
    const last = stand('EXEC')
    expect(toStore).toEqual([])
    const reply = line.execute(first)
    hear('a')
    await reply
    expect([toStore, toServer]).toEqual([['A', 'MULTI'], []])
    hear('qq')
    expect([toStore, toServer]).toEqual([['A', 'MULTI', 'SET'], []])
    line.deliver(first)
    expect(toServer).toEqual(['a', 'q', 'q'])
    const end = line.execute(last)
    hear('e')
    expect((await end).text).toBe('e')
  })

  it('may be answered by nothing', async () => {
    const { line, toServer, stand } = lineOfCalls()
    const call = stand('A', 0)
    expect(await line.execute(call)).toEqual({ text: '', isError: false })
    line.deliver(call)
    expect(toServer).toEqual([''])
  })

  it('tell when none stands there', async () => {
    const { line, stand, hear } = lineOfCalls()
    const told: string[] = []
    line.whenEmpty(() => told.push('at once'))
    const call = stand('A')
    line.whenEmpty(() => told.push('later'))
    const reply = line.execute(call)
    hear('a')
    await reply
    expect(told).toEqual(['at once'])
    line.deliver(call)
    stand('B')
    expect(told).toEqual(['at once', 'later'])
  })

  it('are gone with the server, but for the one that the store works on', async () => {
    const { line, toServer, stand, pass, hear } = lineOfCalls()
    const [first, second] = [stand('A'), stand('B')]
    pass('C')
    const reply = line.execute(first)
    line.abandon()
    expect(line.underWay?.call).toBe(first)
    hear('a')
    expect((await reply).text).toBe('a')
    expect(line.underWay).toBeNull()
    expect(await failureOf(line.execute(second))).toMatch(/does not stand/)
    expect(toServer).toEqual([])
  })

  it('are lost with the store, but for replies that are here', async () => {
    const { line, toServer, stand, hear } = lineOfCalls()
    const [first, second, third] = [stand('A'), stand('B', 2), stand('C')]
    const reply = line.execute(first)
    hear('a')
    await reply
    const broken = line.execute(second)
    hear('b')
    line.lose(new Error('gone'))
    expect(await failureOf(broken)).toBe('gone')
    expect(await failureOf(line.execute(third))).toMatch(/does not stand/)
    line.deliver(first)
    expect(toServer).toEqual(['a'])
  })

  it('leave what had come of a reply to the server, where nothing stands before it', async () => {
    const { line, toServer, stand, hear } = lineOfCalls()
    const broken = line.execute(stand('A', 2))
    hear('a')
    line.lose(new Error('gone'))
    expect(await failureOf(broken)).toBe('gone')
    expect(toServer).toEqual(['a'])
  })
})
