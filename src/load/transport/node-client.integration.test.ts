/**
 * The parser against Node's own HTTP client on the same bytes from the same server: what both read must be the same,
 * and what Node refuses must be refused.
 */
import * as fc from 'fast-check'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ResponseParser } from './response-parser.ts'
import { ByteServer } from './testing/byte-server.ts'

type Read = { readonly status: number; readonly body: string } | 'refused'

let pieces: readonly Buffer[] = []
/** Whether the parser last found more bytes than the answer has. */
let hasSurplus = false
let server: ByteServer
beforeAll(async () => {
  server = await ByteServer.start(() => ({ pieces, afterwards: 'end' }))
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

function readByNode(): Promise<Read> {
  return new Promise((resolve) => {
    const sent = request({ port: server.port, host: '127.0.0.1', agent: false, timeout: 5_000 }, (response) => {
      let body = ''
      response.setEncoding('latin1')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve(response.complete ? { status: response.statusCode!, body } : 'refused'))
      response.on('error', () => resolve('refused'))
    })
    sent.on('upgrade', (_response, socket) => {
      socket.destroy()
      resolve('refused')
    })
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => resolve('refused'))
    sent.end()
  })
}

function readByParser(): Read {
  const parser = new ResponseParser()
  hasSurplus = false
  for (const piece of pieces) {
    const result = parser.push(Buffer.from(piece), 0, piece.length)
    if (result === 'not-understood') return 'refused'
    if (result === 'complete') return readOf(parser)
  }
  return parser.end() === 'complete' ? readOf(parser) : 'refused'
}

function readOf(parser: ResponseParser): Read {
  hasSurplus = parser.surplus
  return { status: parser.status, body: parser.body.toString('latin1', parser.bodyStart, parser.bodyEnd) }
}

const body = fc.string({ unit: 'binary-ascii', maxLength: 40 })
const token = fc
  .string({ unit: fc.constantFrom('a', 'b', 'X', 'Z', '0', '9', '-', '_'), minLength: 1, maxLength: 8 })
  .map((name) => `X-${name}`)
const field = fc.record({
  name: token,
  value: fc.string({ unit: fc.constantFrom('a', 'b', ' ', '0', ',', ';', '=', '"', '\t', '\xe9'), maxLength: 12 }),
})
const chunks = fc.array(
  body.filter((text) => text.length > 0),
  { maxLength: 4 },
)

/** Responses as servers write them, in every framing. */
const response = fc
  .record({
    interim: fc.array(
      fc.constantFrom('HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
      {
        maxLength: 2,
      },
    ),
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
    status: fc.constantFrom(200, 201, 400, 409, 429, 500, 503),
    fields: fc.array(field, { maxLength: 3 }),
    framing: fc.oneof(
      fc.record({ kind: fc.constant('length' as const), body }),
      fc.record({ kind: fc.constant('chunks' as const), chunks }),
      fc.record({ kind: fc.constant('close' as const), body }),
      fc.record({ kind: fc.constant('none' as const) }),
    ),
  })
  .map(({ interim, version, status, fields, framing }) => {
    const head = fields.map(({ name, value }) => `${name}: ${value}\r\n`).join('')
    const start = `${interim.join('')}HTTP/${version} ${status} Reason\r\n${head}`
    switch (framing.kind) {
      case 'length':
        return `${start}Content-Length: ${framing.body.length}\r\n\r\n${framing.body}`
      case 'chunks': {
        const all = framing.chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')
        return `${start}Transfer-Encoding: chunked\r\n\r\n${all}0\r\n\r\n`
      }
      case 'none':
        return `${start.replace(/ \d+ Reason/, ' 204 No Content')}\r\n`
      case 'close':
        return `${start}Connection: close\r\n\r\n${framing.body}`
    }
  })

function cut(text: string, at: number): readonly Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  return [bytes.subarray(0, at), bytes.subarray(at)]
}

const SAMPLES = [
  'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"orderId":"o-1"}',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nT: z\r\n\r\n',
  'HTTP/1.0 200 OK\r\n\r\nuntil the end',
]

describe("the parser and Node's client", () => {
  it.each(SAMPLES)('read the same, cut at every position: %j', async (text) => {
    const expected = await readCut(text, 0)
    expect(expected.node).not.toBe('refused')
    for (let at = 0; at <= text.length; at++) {
      expect(await readCut(text, at)).toStrictEqual({ node: expected.node, parser: expected.node })
    }
  })

  async function readCut(text: string, at: number): Promise<{ node: Read; parser: Read }> {
    pieces = cut(text, at)
    return { node: await readByNode(), parser: readByParser() }
  }

  it('read the same of whatever a server may write', async () => {
    let understood = 0
    await fc.assert(
      fc.asyncProperty(response, fc.nat(), async (text, at) => {
        const read = await readCut(text, at % (text.length + 1))
        if (read.parser !== 'refused') understood++
        // HTTP/1.0 knows no chunks: Node reads them, we rather don't.
        const isDubious = text.includes('HTTP/1.0') && text.includes('chunked')
        expect(read.parser).toStrictEqual(isDubious ? 'refused' : read.node)
      }),
      { numRuns: 600 },
    )
    expect(understood).toBeGreaterThan(300)
  })

  it('agree that damaged bytes are damaged, or read the same of them', async () => {
    const damage = fc.record({
      at: fc.nat(),
      removed: fc.nat(2),
      inserted: fc.constantFrom('', '\r', '\n', ' ', ':', '\0', '5', 'a'),
    })
    await fc.assert(
      fc.asyncProperty(response, damage, async (text, { at, removed, inserted }) => {
        const from = at % text.length
        const damaged = text.slice(0, from) + inserted + text.slice(from + removed)
        const read = await readCut(damaged, 0)
        // More came than the answer has: Node takes offence if it comes early enough, we give up the connection.
        const allowed = hasSurplus ? [read.node, read.parser] : [read.node, 'refused']
        expect(allowed).toContainEqual(read.parser)
      }),
      { numRuns: 1_000 },
    )
  })
})
