import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BuyerProtocol, Locator, OutcomeRule, RuledOutcome, ValueTest } from '../../core/buyer-protocol.ts'
import { fits } from '../../core/locate.ts'
import { REFERENCE_PROTOCOL } from '../../core/reference-protocol.ts'
import { type AnsweredOutcome, classifyResponse } from '../classify-response.ts'
import { createClassifier, type Queued } from './classifier.ts'
import { headersByName, type ReceivedAnswer } from './received-answer.ts'
import { protocolOf, request, rule } from './testing/protocols.ts'

interface Given {
  readonly status?: number
  readonly headers?: Record<string, string | string[]>
  readonly body?: unknown
}

/** A body that is no text is sent as JSON. */
function answer({ status = 200, headers = {}, body = '' }: Given): ReceivedAnswer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { status, headers: headersByName(headers), body: bytes, requestId: 'r-7' }
}

function buy(outcomes: readonly OutcomeRule[], given: Given): AnsweredOutcome | Queued {
  return createClassifier(protocolOf({ outcomes })).buy(answer(given))
}

const json = (pointer: string): Locator => ({ in: 'json', pointer })
const SOLD_OUT: RuledOutcome = { kind: 'soldOut' }
const NO_RULE = { kind: 'unknown', code: 'NO_RULE' }
const NOT_UNDERSTOOD = { kind: 'unknown', code: 'NOT_UNDERSTOOD' }

describe('the rules of a protocol', () => {
  it('count in their order', () => {
    const outcomes = [
      rule(409, { kind: 'limitReached' }, [{ at: json('/why'), is: { oneOf: ['limit'] } }]),
      rule(409, SOLD_OUT),
    ]
    expect(buy(outcomes, { status: 409, body: { why: 'limit' } })).toStrictEqual({ kind: 'limitReached' })
    expect(buy(outcomes, { status: 409, body: { why: 'gone' } })).toStrictEqual({ kind: 'soldOut' })
    expect(buy(outcomes, { status: 410 })).toStrictEqual(NO_RULE)
  })

  const header: Locator = { in: 'header', name: 'x-result' }
  const cookie: Locator = { in: 'cookie', name: 'order' }
  const text: Locator = { in: 'body', pattern: 'order no (\\d+)' }
  it.each<[string, Locator, ValueTest, Given, boolean]>([
    ['a text', json('/a'), { oneOf: ['x', 'y'] }, { body: { a: 'y' } }, true],
    ['a text that is another', json('/a'), { oneOf: ['x', 'y'] }, { body: { a: 'z' } }, false],
    ['a number', json('/a'), { oneOf: [5] }, { body: { a: 5 } }, true],
    ['a number as text, in JSON', json('/a'), { oneOf: [5] }, { body: { a: '5' } }, false],
    ['a number in a header', header, { oneOf: [5] }, { headers: { 'x-result': '5' } }, true],
    ['null', json('/a'), { oneOf: [null] }, { body: { a: null } }, true],
    ['null that is not there', json('/a'), { oneOf: [null] }, { body: {} }, false],
    ['true in a list', json('/a/1/b'), { oneOf: [true] }, { body: { a: [0, { b: true }] } }, true],
    ['behind the end of a list', json('/a/2'), { exists: true }, { body: { a: [0, 1] } }, false],
    ['a list by a name that is no index', json('/a/length'), { exists: true }, { body: { a: [0, 1] } }, false],
    ['a member that objects inherit', json('/constructor'), { exists: true }, { body: {} }, false],
    ['escaped names', json('/a~1b/~0c'), { oneOf: [1] }, { body: { 'a/b': { '~c': 1 } } }, true],
    ['an empty name', json('/'), { oneOf: [1] }, { body: { '': 1 } }, true],
    ['the whole document', json(''), { oneOf: ['ok'] }, { body: '"ok"' }, true],
    ['a value that exists', json('/a'), { exists: true }, { body: { a: null } }, true],
    ['a value that should not', json('/a'), { exists: false }, { body: { a: null } }, false],
    ['a value that is not there, as it should', json('/a'), { exists: false }, { body: 'no JSON' }, true],
    ['a pattern', json('/a'), { matches: '^sold' }, { body: { a: 'sold out' } }, true],
    ['a pattern on a number', json('/a'), { matches: '^42' }, { body: { a: 42_001 } }, true],
    ['a pattern on an object', json('/a'), { matches: 'object' }, { body: { a: {} } }, false],
    ['a pattern that needs Unicode', json('/a'), { matches: '^\\p{Lu}.$' }, { body: { a: 'É😀' } }, true],
    ['a header', header, { matches: 'gone' }, { headers: { 'x-result': ['all gone', 'other'] } }, true],
    ['a second header', header, { matches: 'other' }, { headers: { 'x-result': ['all gone', 'other'] } }, false],
    ['a header that is not there', header, { exists: false }, {}, true],
    ['a cookie', cookie, { oneOf: ['17'] }, { headers: { 'set-cookie': ['a=1', 'order=17; Path=/'] } }, true],
    ['the last of two cookies', cookie, { oneOf: ['1'] }, { headers: { 'set-cookie': ['order=1', 'order=2'] } }, false],
    ['a cookie with a longer name', cookie, { exists: true }, { headers: { 'set-cookie': 'orders=17' } }, false],
    ['a text in the body', text, { oneOf: ['17'] }, { body: '<p>order no 17</p>' }, true],
    ['a text that is not in the body', text, { exists: true }, { body: '<p>order no</p>' }, false],
    [
      'a body that is not UTF-8, by a pattern',
      text,
      { oneOf: ['17'] },
      { body: Buffer.from('\xe9 order no 17', 'latin1') },
      true,
    ],
    [
      'a body that is not UTF-8, as JSON',
      json('/a'),
      { exists: true },
      { body: Buffer.from('{"a":"\xe9"}', 'latin1') },
      false,
    ],
    ['a text behind 64 KiB', text, { exists: true }, { body: `${' '.repeat(65_536)}order no 17` }, false],
  ])('look at %s', (_what, at, is, given, holds) => {
    expect(buy([rule(0, SOLD_OUT, [{ at, is }])], given)).toStrictEqual(holds ? { kind: 'soldOut' } : NO_RULE)
  })

  it('hold only if all that they ask for holds', () => {
    const outcomes = [
      rule(200, SOLD_OUT, [
        { at: json('/a'), is: { oneOf: [1] } },
        { at: json('/b'), is: { oneOf: [2] } },
      ]),
    ]
    expect(buy(outcomes, { body: { a: 1, b: 2 } })).toStrictEqual({ kind: 'soldOut' })
    expect(buy(outcomes, { body: { a: 1, b: 3 } })).toStrictEqual(NO_RULE)
    expect(buy(outcomes, { status: 201, body: { a: 1, b: 2 } })).toStrictEqual(NO_RULE)
  })
})

describe('the rules, prepared for many answers', () => {
  const at = fc.constantFrom<Locator>(
    json(''),
    json('/a'),
    json('/a/0'),
    { in: 'header', name: 'x-a' },
    { in: 'cookie', name: 'a' },
    { in: 'body', pattern: 'a' },
    { in: 'body', pattern: '"a":(\\d+)' },
  )
  const scalar = fc.constantFrom('a', '1', '', 1, 0, true, null)
  const is = fc.oneof(
    fc.array(scalar, { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
    fc.constantFrom('^1', 'a', '^$').map((matches) => ({ matches })),
    fc.boolean().map((exists) => ({ exists })),
  )
  const status = fc.constantFrom(
    null,
    [{ from: 200, to: 200 }],
    [
      { from: 300, to: 399 },
      { from: 200, to: 201 },
    ],
  )
  const body = fc.oneof(
    fc.constantFrom('', 'no JSON', 'a', '1', '{"a":12345678901234567890}'),
    fc
      .record({ a: fc.oneof(scalar, fc.array(scalar), fc.constant({ '0': 1 })) }, { requiredKeys: [] })
      .map((one) => JSON.stringify(one)),
  )
  const headers = fc.record(
    {
      'x-a': fc.constantFrom('a', '1', ['1', 'a']),
      'set-cookie': fc.constantFrom('a=1', ['a=1; Path=/', 'a=a'], ['b=1']),
    },
    { requiredKeys: [] },
  )

  const headersOf = (given: Record<string, string | string[]>, name: string): string | string[] => given[name] ?? []

  it('hold for the answers that they hold for when they are read one by one', () => {
    fc.assert(
      fc.property(
        status,
        fc.array(fc.record({ at, is }), { maxLength: 2 }),
        body,
        headers,
        (ranges, where, text, given) => {
          const header = (name: string): string[] => [headersOf(given, name)].flat()
          const expected = fits({ status: ranges, where }, { status: 201, header, body: text })
          const outcomes: OutcomeRule[] = [{ ...rule(0, SOLD_OUT, where), status: ranges }]
          expect(buy(outcomes, { status: 201, headers: given, body: text })).toStrictEqual(
            expected ? { kind: 'soldOut' } : NO_RULE,
          )
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

describe('an order id', () => {
  const from = (orderId: Locator | null, given: Given): unknown => buy([rule(0, { kind: 'sold', orderId })], given)
  const sold = (orderId: string | null): unknown => ({ kind: 'sold', orderId })

  it.each<[string, Locator, Given, unknown]>([
    ['a text', json('/id'), { body: { id: 'o-1' } }, sold('o-1')],
    ['an integer', json('/id'), { body: { id: 17 } }, sold('17')],
    ['an integer that no double holds', json('/id'), { body: '{"id":9007199254740993}' }, sold('9007199254740993')],
    ['a negative one', json('/id'), { body: '{"id":-9007199254740993}' }, sold('-9007199254740993')],
    ['digits within a text', json('/id'), { body: '{"id":"9007199254740993\\""}' }, sold('9007199254740993"')],
    ['255 bytes', json('/id'), { body: { id: 'é'.repeat(127) + 'a' } }, sold('é'.repeat(127) + 'a')],
    ['256 bytes', json('/id'), { body: { id: 'é'.repeat(128) } }, NOT_UNDERSTOOD],
    ['an empty text', json('/id'), { body: { id: '' } }, NOT_UNDERSTOOD],
    ['nothing', json('/id'), { body: {} }, NOT_UNDERSTOOD],
    ['null', json('/id'), { body: { id: null } }, NOT_UNDERSTOOD],
    ['a truth value', json('/id'), { body: { id: true } }, NOT_UNDERSTOOD],
    ['an object', json('/id'), { body: { id: {} } }, NOT_UNDERSTOOD],
    ['half a number', json('/id'), { body: { id: 1.5 } }, NOT_UNDERSTOOD],
    ['more than a number holds', json('/id'), { body: '{"id":1e300}' }, NOT_UNDERSTOOD],
    ['in a header', { in: 'header', name: 'location' }, { headers: { location: '/o/1' } }, sold('/o/1')],
    ['in a cookie', { in: 'cookie', name: 'o' }, { headers: { 'set-cookie': ['o=a=b; HttpOnly'] } }, sold('a=b')],
    ['in a text', { in: 'body', pattern: '#(\\w+)' }, { body: 'order #A7!' }, sold('A7')],
    ['all that a pattern matches', { in: 'body', pattern: 'A\\d' }, { body: 'order #A7!' }, sold('A7')],
    [
      'bytes that are no text',
      { in: 'body', pattern: '#(.+)' },
      { body: Buffer.from('#\xe9', 'latin1') },
      NOT_UNDERSTOOD,
    ],
    ['the request id', { in: 'requestId' }, {}, sold('r-7')],
  ])('may be %s', (_what, orderId, given, outcome) => {
    expect(from(orderId, given)).toStrictEqual(outcome)
  })

  it('may be left out by the rule', () => {
    expect(from(null, {})).toStrictEqual(sold(null))
  })
})

describe('a code', () => {
  const from = (code: Extract<RuledOutcome, { kind: 'refused' }>['code'], body: unknown): unknown =>
    buy([rule(429, { kind: 'refused', code })], { status: 429, body })

  it('is fixed, the status, or stands in the answer', () => {
    expect(from({ fixed: 'SLOW_DOWN' }, {})).toStrictEqual({ kind: 'refused', code: 'SLOW_DOWN' })
    expect(from('HTTP_STATUS', {})).toStrictEqual({ kind: 'refused', code: 'HTTP_429' })
    expect(from({ at: json('/code') }, { code: 'LIMITED' })).toStrictEqual({ kind: 'refused', code: 'LIMITED' })
    expect(from({ at: json('/code') }, { code: 40_012 })).toStrictEqual({ kind: 'refused', code: '40012' })
    expect(from({ at: json('/code') }, { code: 'try again' })).toStrictEqual({ kind: 'refused', code: 'HTTP_429' })
    expect(from({ at: json('/code') }, 'no JSON')).toStrictEqual({ kind: 'refused', code: 'HTTP_429' })
  })

  it('says the same of what may have sold', () => {
    const outcomes = [rule(500, { kind: 'unknown', code: 'HTTP_STATUS' })]
    expect(buy(outcomes, { status: 500 })).toStrictEqual({ kind: 'unknown', code: 'HTTP_500' })
  })
})

describe('a queued buy', () => {
  const poll = {
    request: request('GET', '/poll'),
    everyMs: 10,
    deadlineMs: 100,
    outcomes: [
      rule(200, { kind: 'sold', orderId: json('/id') }),
      rule(202, { kind: 'queued', ticket: null }),
      rule(303, { kind: 'queued', ticket: { in: 'header', name: 'location' } }),
    ],
  }
  const queue = (ticket: Locator | null, parts: Partial<BuyerProtocol> = { poll }) =>
    createClassifier(protocolOf({ outcomes: [rule(202, { kind: 'queued', ticket })], ...parts }))

  it('has the ticket that the answer names', () => {
    expect(queue(json('/t')).buy(answer({ status: 202, body: { t: 12 } }))).toStrictEqual({
      kind: 'queued',
      ticket: '12',
    })
    expect(queue({ in: 'requestId' }).buy(answer({ status: 202 }))).toStrictEqual({ kind: 'queued', ticket: 'r-7' })
    expect(queue(null).buy(answer({ status: 202 }))).toStrictEqual({ kind: 'queued', ticket: '' })
  })

  it.each([{}, { t: '' }, { t: 'a\r\nx-admin: 1' }, { t: 'a\nb' }, { t: '☃' }, { t: 'a'.repeat(2_049) }])(
    'has none of %j',
    (body) => {
      expect(queue(json('/t')).buy(answer({ status: 202, body }))).toStrictEqual(NOT_UNDERSTOOD)
    },
  )

  it('has no ticket that would lead a poll to another host', () => {
    const byTicket = { ...poll, request: request('GET', '', { path: [{ value: 'ticket', as: 'plain' }] }) }
    const protocol = protocolOf({ outcomes: [rule(202, { kind: 'queued', ticket: json('/t') })], poll: byTicket })
    const samples: string[] = []
    const base = { origin: 'http://shop.test', basePath: '' }
    const classifier = createClassifier(protocol, (sample) => samples.push(sample), base)
    const ask = (t: string): unknown => classifier.buy(answer({ status: 202, body: { t } }))
    expect(ask('/jobs/1')).toStrictEqual({ kind: 'queued', ticket: '/jobs/1' })
    expect(ask('http://shop.test/jobs/1')).toStrictEqual({ kind: 'queued', ticket: 'http://shop.test/jobs/1' })
    expect(samples).toStrictEqual([])
    expect(ask('@evil.test/steal')).toStrictEqual(NOT_UNDERSTOOD)
    expect(ask('http://evil.test/jobs/1')).toStrictEqual(NOT_UNDERSTOOD)
    expect(samples).toHaveLength(2)
  })

  it('is decided by the rules of the poll alone', () => {
    const classifier = queue(json('/t'))
    expect(classifier.poll(answer({ status: 200, body: { id: 'o-1' } }), 't-1')).toStrictEqual({
      kind: 'sold',
      orderId: 'o-1',
    })
    expect(classifier.poll(answer({ status: 202 }), 't-1')).toStrictEqual({ kind: 'queued', ticket: 't-1' })
    expect(classifier.poll(answer({ status: 303, headers: { location: 't-2' } }), 't-1')).toStrictEqual({
      kind: 'queued',
      ticket: 't-2',
    })
    expect(classifier.poll(answer({ status: 404 }), 't-1')).toStrictEqual(NO_RULE)
  })

  it('is unknown where nobody can ask after it', () => {
    expect(queue(null, { poll: null }).buy(answer({ status: 202 }))).toStrictEqual({
      kind: 'unknown',
      code: 'STILL_QUEUED',
    })
  })
})

describe('an answer to a read', () => {
  const read = { request: request('GET', '/stock'), status: [{ from: 200, to: 203 }], stock: json('/units') }
  const classifier = createClassifier(protocolOf({ read }))

  it.each<[string, Given, unknown]>([
    ['a number', { body: { units: 7 } }, { kind: 'shown', stock: 7 }],
    ['a number below zero', { body: { units: -7 } }, { kind: 'shown', stock: -7 }],
    ['a text that is one', { body: { units: ' 7 ' } }, { kind: 'shown', stock: 7 }],
    ['half a unit', { body: { units: 0.5 } }, NOT_UNDERSTOOD],
    ['a text that is none', { body: { units: '7 left' } }, NOT_UNDERSTOOD],
    ['an empty text', { body: { units: '' } }, NOT_UNDERSTOOD],
    ['more than 32 bits', { body: { units: 2 ** 31 } }, NOT_UNDERSTOOD],
    ['nothing', { body: {} }, NO_RULE],
    ['a page that is not there', { status: 404 }, { kind: 'refused', code: 'HTTP_404' }],
    ['a redirect', { status: 302 }, { kind: 'unknown', code: 'HTTP_302' }],
    ['a failure', { status: 503 }, { kind: 'unknown', code: 'HTTP_503' }],
    ['another success', { status: 204 }, NO_RULE],
  ])('shows %s', (_what, given, outcome) => {
    expect(classifier.read(answer(given))).toStrictEqual(outcome)
  })
})

describe('a sample', () => {
  it('is kept of what no rule fits and of what a rule looks for in vain, and of nothing else', () => {
    const samples: string[] = []
    const classifier = createClassifier(protocolOf(), (sample) => samples.push(sample))
    classifier.buy(answer({ status: 201, body: { id: 'o-1' } }))
    expect(samples).toStrictEqual([])
    classifier.buy(answer({ status: 500, body: 'x'.repeat(5_000) }))
    classifier.buy(answer({ status: 201, body: { ID: 'o-1' } }))
    expect(samples).toStrictEqual([
      `no rule fits the answer to a buy: 500 ${'x'.repeat(4_096)}`,
      'what outcomes[201] looks for is not there: 201 {"ID":"o-1"}',
    ])
  })
})

describe('the reference contract by its rules', () => {
  const classifier = createClassifier(REFERENCE_PROTOCOL)
  const code = fc.constantFrom('SOLD_OUT', 'LIMIT_EXCEEDED', 'BUSY', 'NOT_OPEN', 'a b', '', null, true)
  const effect = fc.constantFrom('none', 'unknown', 'other', null)
  // Order ids, codes and stocks that are numbers or texts of numbers are taken of described targets alone.
  const orderId = fc.oneof(
    fc.string(),
    fc.constantFrom(null, true, {}, 'é'.repeat(127), 'é'.repeat(128), 'a'.repeat(255)),
  )
  const stock = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(2 ** 31, null, 'many', true))
  const members = fc.record({ code, effect, orderId, stock, more: fc.jsonValue() }, { requiredKeys: [] })
  const text = fc.oneof(
    { weight: 6, arbitrary: members.map((value) => JSON.stringify(value)) },
    fc.json(),
    fc.string(),
    members.map((value) => ` [${JSON.stringify(value)}]`),
    members.map((value) => JSON.stringify(value, null, 2).slice(0, -1)),
  )
  const bytes = fc.oneof(
    { weight: 4, arbitrary: text.map((one) => Buffer.from(one)) },
    text.map((one) => Buffer.from(one, 'latin1')),
  )
  const status = fc.oneof(
    fc.constantFrom(200, 201, 202, 204, 302, 400, 409, 409, 409, 422, 429, 500, 503, 503),
    fc.integer({ min: 100, max: 699 }),
  )
  /** What the contract doesn't foresee is NOT_UNDERSTOOD to the one and NO_RULE to the other. */
  const alike = (outcome: AnsweredOutcome | Queued): unknown =>
    'code' in outcome && outcome.code === 'NO_RULE' ? NOT_UNDERSTOOD : outcome

  it('means the same to a buyer as to the contract itself', () => {
    fc.assert(
      fc.property(status, bytes, (given, body) => {
        const expected = classifyResponse('buy', given, body, 0, body.length)
        expect(alike(classifier.buy(answer({ status: given, body })))).toStrictEqual(expected)
      }),
      { numRuns: 5_000 },
    )
  })

  it('shows a reader the same stock', () => {
    fc.assert(
      fc.property(status, bytes, (given, body) => {
        const expected = classifyResponse('read', given, body, 0, body.length)
        const shown = (outcome: AnsweredOutcome): unknown => (outcome.kind === 'shown' ? outcome : null)
        expect(shown(classifier.read(answer({ status: given, body })))).toStrictEqual(shown(expected))
      }),
      { numRuns: 5_000 },
    )
  })
})
