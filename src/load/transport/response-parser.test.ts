import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_HEAD_BYTES } from './response-head.ts'
import { MAX_BODY_BYTES, type ParseResult, ResponseParser } from './response-parser.ts'

interface Parsed {
  readonly result: ParseResult
  readonly status?: number
  readonly body?: string
  readonly keepAlive?: boolean
}

/** Feeds the pieces in turn, each in a buffer that is overwritten afterwards, as the shared read buffer is. */
function parse(pieces: readonly Buffer[], options: { readonly thenEnd?: boolean } = {}): Parsed {
  const parser = new ResponseParser()
  const shared = Buffer.alloc(Math.max(...pieces.map((piece) => piece.length)) + 3)
  let result: ParseResult = 'incomplete'
  for (const piece of pieces) {
    shared.fill(0x7e)
    piece.copy(shared, 3)
    result = parser.push(shared, 3, 3 + piece.length)
    if (result !== 'incomplete') break
  }
  if (result === 'incomplete' && options.thenEnd) result = parser.end()
  if (result !== 'complete') return { result }
  const body = parser.body.toString('latin1', parser.bodyStart, parser.bodyEnd)
  return { result, status: parser.status, body, keepAlive: parser.keepAlive }
}

const whole = (text: string, options = {}): Parsed => parse([Buffer.from(text, 'latin1')], options)

function cutAt(text: string, ...positions: number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const bounds = [0, ...positions.sort((a, b) => a - b), bytes.length]
  return bounds.slice(1).map((end, i) => bytes.subarray(bounds[i], end))
}

const LENGTH = 'HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello'
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n002;a=b\r\nlo\r\n0\r\nX-Trailer: y\r\n\r\n'
const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\n\r\nhello'
const INTERIM = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${LENGTH}`

describe('the response parser', () => {
  it.each([
    ['content-length', LENGTH, { status: 201, body: 'hello', keepAlive: true }],
    ['chunks and a trailer', CHUNKED, { status: 200, body: 'hello', keepAlive: true }],
    ['the end of the connection', UNTIL_CLOSE, { status: 200, body: 'hello', keepAlive: false }],
    ['interim answers before', INTERIM, { status: 201, body: 'hello', keepAlive: true }],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '', keepAlive: true }],
    [
      '304 with a length',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
      { status: 304, body: '', keepAlive: true },
    ],
    [
      'connection: close',
      LENGTH.replace('Content-Type', 'Connection: x, Close\r\nA'),
      { status: 201, body: 'hello', keepAlive: false },
    ],
    ['HTTP/1.0', LENGTH.replace('HTTP/1.1', 'HTTP/1.0'), { status: 201, body: 'hello', keepAlive: false }],
    ['no reason phrase', 'HTTP/1.1 200\r\ncontent-length:0\r\n\r\n', { status: 200, body: '', keepAlive: true }],
    [
      'blanks about a value',
      'HTTP/1.1 200 OK\r\nContent-Length: \t 1 \t\r\n\r\nx',
      { status: 200, body: 'x', keepAlive: true },
    ],
  ])('reads %s, whole and cut at every two positions', (_what, text, expected) => {
    expect(whole(text, { thenEnd: true })).toStrictEqual({ result: 'complete', ...expected })
    for (let first = 1; first < text.length; first++) {
      for (let second = first; second < text.length; second += 7) {
        const parsed = parse(cutAt(text, first, second), { thenEnd: true })
        expect(parsed, `cut at ${first} and ${second}`).toStrictEqual({ result: 'complete', ...expected })
      }
    }
  })

  it('is incomplete before the last byte, and stays so when the connection ends', () => {
    for (const text of [LENGTH, CHUNKED, INTERIM]) {
      for (let end = 1; end < text.length; end++) {
        expect({ end, ...whole(text.slice(0, end), { thenEnd: true }) }).toStrictEqual({ end, result: 'incomplete' })
      }
    }
  })

  it('does not trust a connection on which more came than was asked for', () => {
    expect(whole(LENGTH).keepAlive).toBe(true)
    expect(whole(`${LENGTH}H`).keepAlive).toBe(false)
    expect(whole(`${CHUNKED}H`).keepAlive).toBe(false)
  })

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
    ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status beyond 599', 'HTTP/1.1 600 OK\r\n\r\n'],
    ['a leap to another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['a bare CR', 'HTTP/1.1 200 OK\rX\r\n\r\n'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
    ['a field without a name', 'HTTP/1.1 200 OK\r\n: 0\r\n\r\n'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello'],
    ['a length of nothing', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'],
    ['two lengths in one', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a coding beside chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['chunks twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n'],
    ['a chunk that is too long', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n'],
    [
      'a trailer that changes the length',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 4\r\n\r\n',
    ],
    ['a head without end', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(MAX_HEAD_BYTES)}`],
    ['a body beyond the bound', `HTTP/1.1 200 OK\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`],
    ['chunks beyond the bound', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n'],
  ])('does not understand %s, however it is cut', (_what, text) => {
    expect(whole(text, { thenEnd: true })).toStrictEqual({ result: 'not-understood' })
    for (let at = 1; at < Math.min(text.length, 200); at++) {
      expect(parse(cutAt(text, at), { thenEnd: true }), `cut at ${at}`).toStrictEqual({ result: 'not-understood' })
    }
  })

  it('reads one response after another on one connection', () => {
    const parser = new ResponseParser()
    const read = (text: string): string => {
      const bytes = Buffer.from(text)
      parser.reset()
      expect(parser.push(bytes, 0, 9)).toBe('incomplete')
      expect(parser.push(bytes, 9, bytes.length)).toBe('complete')
      return parser.body.toString('latin1', parser.bodyStart, parser.bodyEnd)
    }
    expect([read(LENGTH), read(CHUNKED), read(LENGTH.replace('hello', 'again')), read(CHUNKED)]).toStrictEqual([
      'hello',
      'hello',
      'again',
      'hello',
    ])
  })

  it('takes the hint for how long an idle connection is kept', () => {
    const parser = new ResponseParser()
    const hint = (field: string): number => {
      const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${field}Content-Length: 0\r\n\r\n`)
      parser.reset()
      parser.push(bytes, 0, bytes.length)
      return parser.keepAliveTimeoutSeconds
    }
    expect(hint('Keep-Alive: timeout=72, max=100\r\n')).toBe(72)
    expect(hint('Keep-Alive: max=100\r\n')).toBe(-1)
    expect(hint('')).toBe(-1)
  })

  it('means the same however the bytes are cut, whatever they are', () => {
    const piece = fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.0 409 X',
      'HTTP/1.1 100 C',
      '\r\n',
      '\r',
      '\n',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      'Connection: close',
      'A: b',
      ' ',
      'abc',
      '3',
      '0',
      ';x',
      ':',
      '\x00',
      '\xe9',
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.constant('\r\n')), { minLength: 1, maxLength: 16 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        (pieces, cuts) => {
          const text = pieces.join('')
          const positions = cuts.map((cut) => cut % (text.length + 1))
          const once = whole(text, { thenEnd: true })
          // Where more came than was asked for, the answer is the same, but the surplus is seen only if it came along.
          const cut = parse(cutAt(text, ...positions), { thenEnd: true })
          expect({ ...cut, keepAlive: 0 }).toStrictEqual({ ...once, keepAlive: 0 })
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
