import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { BuyerProtocol, OutcomeRule } from '../../../core/buyer-protocol.ts'
import { REFERENCE_PROTOCOL } from '../../../core/reference-protocol.ts'
import { classifyResponse } from '../../classify-response.ts'
import { requestBaseOf, requestTarget } from '../../../core/request-target.ts'
import { evaluateScript } from '../testing/script-in-node.ts'
import type { ScriptParts } from './script-parts.ts'
import { k6Script } from './script.ts'

function partsOf(buyers: BuyerProtocol, isReference: boolean): ScriptParts {
  return {
    heading: [],
    targetUrl: 'http://127.0.0.1:1',
    steps: [],
    protocol: {
      buyers,
      isReference,
      headers: [],
      identities: { userIdPrefix: 'u' },
      hasPool: false,
      hasClientCertificate: false,
      takesAnyCertificate: false,
    },
    maxInFlight: 1,
    timeoutMs: 1_000,
    rows: { from: 'file' },
    outcomes: { to: 'history', requestIdPrefix: 'r-', warmUp: null },
  }
}

/** What k6 hands its script of an answer: text whose broken bytes are U+FFFD. */
function answer(status: number, body: Buffer | string, headers: Record<string, string> = {}): object {
  return { status, body: typeof body === 'string' ? body : body.toString('utf8'), headers, cookies: {}, error_code: 0 }
}

const reference = evaluateScript(k6Script(partsOf(REFERENCE_PROTOCOL, true)), [
  'outcomeOfBuy',
  'outcomeOfRead',
  'OUTCOMES',
])

function byScript(kind: 'buy' | 'read', status: number, body: Buffer): unknown {
  const res = answer(status, body)
  return kind === 'buy' ? reference.outcomeOfBuy(reference.OUTCOMES, res, 'r-1') : reference.outcomeOfRead(res)
}

const STATUSES = fc.oneof(
  fc.constantFrom(200, 201, 202, 204, 301, 303, 400, 404, 408, 409, 410, 422, 429, 500, 502, 503, 599, 600),
  fc.integer({ min: 200, max: 699 }),
)
const VALUES = fc.oneof(
  fc.constantFrom<unknown>(
    'SOLD_OUT',
    'LIMIT_EXCEEDED',
    'BUSY',
    'TIMEOUT',
    'a b',
    '',
    'none',
    'unknown',
    null,
    7,
    1.5,
    -3,
  ),
  fc.constantFrom<unknown>(
    2 ** 31,
    -(2 ** 31),
    true,
    [],
    {},
    'x'.repeat(64),
    'x'.repeat(65),
    'ö'.repeat(127),
    'ö'.repeat(128),
  ),
  fc.string(),
  fc.integer(),
)
const DOCUMENTS = fc.dictionary(fc.constantFrom('orderId', 'code', 'effect', 'stock', '__proto__', 'status'), VALUES)
const BODIES = fc.oneof(
  { weight: 6, arbitrary: DOCUMENTS.map((document) => Buffer.from(JSON.stringify(document))) },
  DOCUMENTS.map((document) => Buffer.from(JSON.stringify([document]))),
  DOCUMENTS.map((document) => Buffer.from(JSON.stringify(document).slice(0, -1))),
  DOCUMENTS.map((document) => Buffer.from(`\u{feff}${JSON.stringify(document)}`)),
  DOCUMENTS.map((document) =>
    Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff]), Buffer.from(`",${JSON.stringify(document).slice(1)}`)]),
  ),
  fc.constantFrom('', '<html>', '7', 'null', '"SOLD_OUT"').map((text) => Buffer.from(text)),
)

describe('the outcomes of a script', () => {
  it('are those of the reference contract, for the same bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom('buy' as const, 'read' as const), STATUSES, BODIES, (kind, status, body) => {
        expect(byScript(kind, status, body)).toEqual(classifyResponse(kind, status, body, 0, body.length))
      }),
      { seed: 20_261_121, numRuns: 20_000 },
    )
  })

  it.each([
    [
      { error_code: 1050, status: 0 },
      { kind: 'unknown', code: 'TIMEOUT' },
    ],
    [
      { error_code: 1212, status: 0 },
      { kind: 'refused', code: 'CONNECT_REFUSED' },
    ],
    [
      { error_code: 1211, status: 0 },
      { kind: 'refused', code: 'CONNECT_TIMEOUT' },
    ],
    [
      { error_code: 1101, status: 0 },
      { kind: 'refused', code: 'CONNECT_FAILED' },
    ],
    [
      { error_code: 1220, status: 0 },
      { kind: 'unknown', code: 'RESET' },
    ],
    [
      { error_code: 1000, status: 0 },
      { kind: 'unknown', code: 'RESET' },
    ],
    [
      { error_code: 1000, status: 201 },
      { kind: 'unknown', code: 'CUT_SHORT' },
    ],
    [
      { error_code: 1503, status: 503 },
      { kind: 'unknown', code: 'HTTP_503' },
    ],
  ])('of %j are %j', (failure, outcome) => {
    expect(reference.outcomeOfBuy(reference.OUTCOMES, { ...answer(0, ''), ...failure }, 'r-1')).toEqual(outcome)
  })
})

describe('rules of a protocol of one’s own', () => {
  const rule = (
    where: OutcomeRule['where'],
    then: OutcomeRule['then'],
    status: OutcomeRule['status'] = null,
  ): OutcomeRule => ({
    status,
    where,
    then,
    label: 'a rule',
  })
  const protocol: BuyerProtocol = {
    buy: REFERENCE_PROTOCOL.buy,
    outcomes: [
      rule([{ at: { in: 'header', name: 'x-sale' }, is: { oneOf: ['over'] } }], { kind: 'soldOut' }),
      rule([{ at: { in: 'cookie', name: 'seen' }, is: { exists: true } }], { kind: 'limitReached' }),
      rule([{ at: { in: 'json', pointer: '/data/a~1b/1' }, is: { matches: '^\\d+$' } }], {
        kind: 'sold',
        orderId: { in: 'json', pointer: '/data/a~1b/1' },
      }),
      rule([{ at: { in: 'body', pattern: 'order=(\\w+)' }, is: { exists: true } }], {
        kind: 'sold',
        orderId: { in: 'body', pattern: 'order=(\\w+)' },
      }),
      rule([], { kind: 'sold', orderId: { in: 'requestId' } }, [{ from: 204, to: 204 }]),
      rule([], { kind: 'refused', code: { fixed: 'LATER' } }, [{ from: 425, to: 429 }]),
    ],
    read: null,
    poll: null,
  }
  const { outcomeOfBuy, OUTCOMES } = evaluateScript(k6Script(partsOf(protocol, false)), ['outcomeOfBuy', 'OUTCOMES'])

  it.each([
    ['a header', answer(200, '', { 'X-Sale': 'over' }), { kind: 'soldOut' }],
    ['a cookie', { ...answer(200, ''), cookies: { seen: [{ value: '1' }] } }, { kind: 'limitReached' }],
    ['a JSON pointer', answer(200, '{"data":{"a/b":[0,77]}}'), { kind: 'sold', orderId: '77' }],
    ['a pattern', answer(200, 'ok order=a7 '), { kind: 'sold', orderId: 'a7' }],
    ['the request id', answer(204, ''), { kind: 'sold', orderId: 'r-1' }],
    ['a range of statuses', answer(427, ''), { kind: 'refused', code: 'LATER' }],
    ['nothing at all', answer(200, '{"data":{"a/b":[0]}}'), { kind: 'unknown', code: 'NO_RULE' }],
  ])('are told by %s', (_what, res, outcome) => {
    expect(outcomeOfBuy(OUTCOMES, res, 'r-1')).toEqual(outcome)
  })
})

describe('an answer that nobody can make sense of', () => {
  it('is shown once by each VU, and no other answer is', () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {})
    const { record } = evaluateScript(k6Script(partsOf(REFERENCE_PROTOCOL, false)), ['record'])
    const records = (body: string, code: string): void =>
      record(0, {}, 1, 2, answer(418, body), { kind: 'unknown', code })
    records('busy', 'BUSY')
    records('a teapot', 'NO_RULE')
    records('a kettle', 'NO_RULE')
    const samples = said.mock.calls.flat().filter((line) => String(line).startsWith('? '))
    said.mockRestore()
    expect(samples).toEqual(['? "no rule fits the answer: 418 a teapot"'])
  })
})

describe('a ticket that is itself a path', () => {
  const queued: OutcomeRule = {
    status: null,
    where: [],
    // oxlint-disable-next-line unicorn/no-thenable -- a rule is never awaited
    then: { kind: 'queued', ticket: { in: 'json', pointer: '/t' } },
    label: 'a rule',
  }
  const path = [{ value: 'ticket', as: 'plain' as const }]
  const poll = {
    request: { method: 'GET', path, headers: [], body: null },
    everyMs: 10,
    deadlineMs: 100,
    outcomes: [queued],
  }
  const parts = partsOf({ buy: REFERENCE_PROTOCOL.buy, outcomes: [queued], read: null, poll }, false)
  const bases = ['http://127.0.0.1:18081/api', 'https://shop.test', 'http://Shop.test:80/a/b/', 'http://u:p@h.test/api']
  const scripts = bases.map((targetUrl) =>
    evaluateScript(k6Script({ ...parts, targetUrl }), ['requestTarget', 'targetUrl', 'outcomeOfBuy', 'OUTCOMES']),
  )

  it('leads a poll of the script where it leads one of ours', () => {
    const hosts = ['127.0.0.1:18081', 'shop.test', 'Shop.test:443', 'shop.test:80', 'h.test', 'u:p@h.test', 'evil.test']
    const piece = fc.constantFrom('/', '\\', '@', '?', '#', 'http://', 'HTTPS://', '/api', '/a/b', ' ', ...hosts)
    const text = fc.oneof(
      fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')),
      fc.string(),
    )
    fc.assert(
      fc.property(text, fc.nat(bases.length - 1), (given, which) => {
        const base = requestBaseOf(bases[which]!)
        const expected = requestTarget(given, base)
        expect(scripts[which]!.requestTarget(given)).toBe(expected)
        return expected === null || new URL(scripts[which]!.targetUrl(given)).origin === base.origin
      }),
      { seed: 20_261_121, numRuns: 5_000 },
    )
  })

  it('is not understood where it leads elsewhere', () => {
    const { outcomeOfBuy, OUTCOMES } = scripts[0]!
    const ask = (t: string): unknown => outcomeOfBuy(OUTCOMES, answer(202, JSON.stringify({ t })), 'r-1')
    expect(ask('/jobs/1')).toEqual({ kind: 'queued', ticket: '/jobs/1' })
    expect(ask('@127.0.0.1:18090/steal')).toEqual({ kind: 'unknown', code: 'NOT_UNDERSTOOD' })
  })
})
