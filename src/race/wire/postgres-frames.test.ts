import { describe, expect, it } from 'vitest'
import { FrameFault, MAX_FRAME_BYTES } from './frame-fault.ts'
import { openingKindOf, PostgresFrames, type PostgresMessage } from './postgres-frames.ts'
import {
  bind,
  CANCEL_REQUEST,
  completed,
  execute,
  GSS_REQUEST,
  int32,
  message,
  opening,
  parse,
  query,
  ready,
  row,
  SSL_REQUEST,
  startup,
  sync,
} from './testing/postgres-messages.ts'
import { splits } from './testing/split.ts'

function framesOf(side: 'frontend' | 'backend', pieces: readonly Buffer[]): (PostgresMessage | FrameFault)[] {
  const frames = new PostgresFrames(side)
  const found: (PostgresMessage | FrameFault)[] = []
  for (const piece of pieces) {
    frames.push(piece)
    for (let next = frames.next(); next !== null; next = frames.next()) {
      found.push(next)
      if (next instanceof FrameFault) return found
    }
  }
  return found
}

const shown = (found: readonly (PostgresMessage | FrameFault)[]): string[] =>
  found.map((one) => (one instanceof FrameFault ? one.sentence : `${one.type}:${one.bytes.toString('hex')}`))

describe('frames of Postgres', () => {
  it('are the messages of a frontend, cut anywhere', () => {
    const sent = [
      opening(SSL_REQUEST),
      opening(GSS_REQUEST),
      startup(),
      message('p', Buffer.from('secret\0')),
      query('SELECT 1'),
      parse('a', 'SELECT $1', [23]),
      bind({ statement: 'a', values: ['7', null, ''] }),
      execute(),
      sync,
    ]
    const types = ['', '', '', 'p', 'Q', 'P', 'B', 'E', 'S']
    const expected = sent.map((bytes, index) => `${types[index]}:${bytes.toString('hex')}`)
    for (const pieces of splits(Buffer.concat(sent))) expect(shown(framesOf('frontend', pieces))).toEqual(expected)
  })

  it('are the messages of a backend, cut anywhere', () => {
    const sent = [message('R', int32(0)), ready(), row('a', null), completed('SELECT 1'), ready('T')]
    const expected = ['R', 'Z', 'D', 'C', 'Z'].map((type, index) => `${type}:${sent[index]!.toString('hex')}`)
    for (const pieces of splits(Buffer.concat(sent))) expect(shown(framesOf('backend', pieces))).toEqual(expected)
  })

  it('know whether a message has begun that is not whole', () => {
    const frames = new PostgresFrames('backend')
    expect(frames.isEmpty).toBe(true)
    frames.push(ready().subarray(0, 3))
    expect([frames.next(), frames.isEmpty]).toEqual([null, false])
    frames.push(ready().subarray(3))
    expect([frames.next() === null, frames.isEmpty]).toEqual([false, true])
  })

  it.each([
    ['a startup', startup(), 'startup'],
    ['protocol 3.2', opening(196_610), 'startup'],
    ['a request to cancel', opening(CANCEL_REQUEST, int32(1), int32(2)), 'cancel'],
    ['a request for TLS', opening(SSL_REQUEST), 'encryption'],
    ['a request for GSSAPI', opening(GSS_REQUEST), 'encryption'],
  ])('tell %s', (_, bytes, kind) => {
    const [found] = framesOf('frontend', [bytes])
    expect(openingKindOf(found as PostgresMessage)).toBe(kind)
  })

  it.each([
    ['a length below its own', 'backend', Buffer.from('Z\0\0\0\x03')],
    ['a negative length', 'backend', Buffer.concat([Buffer.from('Z'), int32(-1)])],
    ['a length above the bound', 'backend', Buffer.concat([Buffer.from('D'), int32(MAX_FRAME_BYTES + 1)])],
    ['a TLS hello', 'frontend', Buffer.from('160301020001', 'hex')],
    ['an HTTP request', 'frontend', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an opening without a code', 'frontend', int32(4)],
    ['protocol 2', 'frontend', opening(131_072)],
  ] as const)('end at %s', (_, side, bytes) => {
    expect(framesOf(side, [bytes]).at(-1)).toBeInstanceOf(FrameFault)
  })

  it('take a message as long as the bound', () => {
    const frames = new PostgresFrames('backend')
    frames.push(Buffer.concat([Buffer.from('D'), int32(MAX_FRAME_BYTES)]))
    expect(frames.next()).toBeNull()
  })
})
