import { describe, expect, it } from 'vitest'
import { FrameFault } from './frame-fault.ts'
import { type Asked, PostgresAnswer, type Skipping } from './postgres-answer.ts'
import { PostgresFrames } from './postgres-frames.ts'
import type { Prepared } from './postgres-prepared.ts'
import {
  bound,
  closed,
  columns,
  completed,
  failed,
  int32,
  message,
  noData,
  notice,
  parameters,
  parsed,
  ready,
  row,
  suspended,
} from './testing/postgres-messages.ts'

const INT4 = 23
const TEXT = 25
const BOOL = 16
const BYTEA = 17

/** The replies after each message; null as long as it isn't complete. */
function heard(asked: readonly Asked[], messages: readonly Buffer[], skipping: Skipping = { untilSync: false }) {
  const answer = new PostgresAnswer(asked, skipping)
  const completeAfter: boolean[] = [answer.isComplete]
  const frames = new PostgresFrames('backend')
  for (const bytes of messages) {
    frames.push(bytes)
    const next = frames.next()
    if (next === null || next instanceof FrameFault) throw new Error('not one message')
    answer.take(next)
    completeAfter.push(answer.isComplete)
  }
  return { reply: answer.reply(), completeAfter: completeAfter.indexOf(true), skipping }
}

const prepared = (): Prepared => ({ statements: [], parameterTypes: [], columnTypes: null })
const QUERY: readonly Asked[] = [{ kind: 'query' }]

describe('an answer of Postgres', () => {
  it.each([
    ['a write', [completed('UPDATE 1'), ready()], 'UPDATE 1'],
    ['rows', [columns(INT4, TEXT), row('10', 'a'), row('11', 'b'), completed('SELECT 2'), ready()], '2 rows: 10, a'],
    ['a row', [columns(INT4), row('10'), completed('SELECT 1'), ready()], '1 row: 10'],
    ['no row', [columns(INT4), completed('SELECT 0'), ready()], 'no row'],
    ['an update that returns nothing', [columns(INT4), completed('UPDATE 0'), ready()], 'no row'],
    ['an insert that returns', [columns(INT4), row('7'), completed('INSERT 0 1'), ready()], '1 row: 7'],
    ['NULL', [columns(INT4), row(null), completed('SELECT 1'), ready()], '1 row: NULL'],
    [
      'binary rows',
      [columns([INT4, 1], [BOOL, 1], [BYTEA, 1]), row(int32(5), '\x01', '\n'), completed('FETCH 1'), ready()],
      '1 row: 5, true, \\x0a',
    ],
    [
      'several statements',
      [completed('BEGIN'), columns(INT4), row('1'), completed('SELECT 1'), completed('COMMIT'), ready()],
      'BEGIN; 1 row: 1; COMMIT',
    ],
    ['an empty query', [message('I'), ready()], 'empty'],
    ['a copy out of the store', [message('H'), message('d'), message('c'), completed('COPY 1'), ready()], 'COPY 1'],
    ['a function call', [message('V', int32(-1)), ready()], 'function result'],
    ['a notice before it', [notice('hm'), completed('DROP TABLE'), ready()], 'DROP TABLE'],
  ])('to a simple query: %s', (_, messages, text) => {
    const { reply, completeAfter } = heard(QUERY, messages)
    expect(reply).toEqual({ text, isError: false })
    expect(completeAfter).toBe(messages.length)
  })

  it('tells an error with its code', () => {
    const { reply, completeAfter, skipping } = heard(QUERY, [
      completed('BEGIN'),
      failed('23505', 'duplicate\nkey'),
      ready('E'),
    ])
    expect(reply).toEqual({ text: 'BEGIN; error 23505: duplicate key', isError: true })
    expect([completeAfter, skipping.untilSync]).toEqual([3, false])
  })

  it('is short', () => {
    const { reply } = heard(QUERY, [columns(TEXT, TEXT), row('x'.repeat(500), 'y'), completed('SELECT 1'), ready()])
    expect(reply.text).toBe(`1 row: ${'x'.repeat(59)}…, y`)
  })

  it('to extended messages ends with the Sync, and keeps what was told of types', () => {
    const of = prepared()
    const asked: readonly Asked[] = [
      { kind: 'parse' },
      { kind: 'describe', prepared: of },
      { kind: 'bind' },
      { kind: 'execute', portal: { prepared: of, resultFormats: [1, 0] } },
      { kind: 'close' },
      { kind: 'sync' },
    ]
    const messages = [
      parsed,
      parameters(INT4),
      columns(INT4, TEXT),
      bound,
      row(int32(3), 'a'),
      completed('SELECT 1'),
      closed,
      ready(),
    ]
    const { reply, completeAfter } = heard(asked, messages)
    expect(reply.text).toBe('1 row: 3, a')
    expect(completeAfter).toBe(messages.length)
    expect([of.parameterTypes, of.columnTypes]).toEqual([[INT4], [INT4, TEXT]])
  })

  it('tells a write without rows from a query that has none', () => {
    const of = prepared()
    const asked: readonly Asked[] = [
      { kind: 'describe', prepared: of },
      { kind: 'execute', portal: { prepared: of, resultFormats: [] } },
      { kind: 'sync' },
    ]
    expect(heard(asked, [noData, completed('UPDATE 0'), ready()]).reply.text).toBe('UPDATE 0')
    expect(heard(asked, [columns(INT4), completed('UPDATE 0'), ready()]).reply.text).toBe('no row')
  })

  it('without a Sync is complete when each message has its answer', () => {
    const portal = { prepared: prepared(), resultFormats: [] }
    const asked: readonly Asked[] = [{ kind: 'parse' }, { kind: 'bind' }, { kind: 'execute', portal }]
    expect(heard(asked, [parsed, bound, row('a'), row('b'), suspended])).toMatchObject({
      reply: { text: '2 rows: a; more to come' },
      completeAfter: 5,
    })
    expect(heard(asked, [parsed, notice('hm'), bound, completed('UPDATE 1')])).toMatchObject({
      reply: { text: 'UPDATE 1' },
      completeAfter: 4,
    })
  })

  it('is over at an error where no Sync follows, and so is what is sent before one', () => {
    const asked: readonly Asked[] = [{ kind: 'parse' }, { kind: 'bind' }, { kind: 'execute', portal: null }]
    const skipping = { untilSync: false }
    expect(heard(asked, [parsed, failed('22P02', 'invalid')], skipping)).toMatchObject({
      reply: { text: 'error 22P02: invalid', isError: true },
      completeAfter: 2,
    })
    expect(skipping.untilSync).toBe(true)
    expect(heard(asked, [], skipping)).toMatchObject({
      reply: { text: 'passed over after an error' },
      completeAfter: 0,
    })
    expect(heard([{ kind: 'bind' }, { kind: 'sync' }], [ready()], skipping)).toMatchObject({ completeAfter: 1 })
    expect(skipping.untilSync).toBe(false)
  })

  it('goes on to the Sync of a call that failed', () => {
    const asked: readonly Asked[] = [{ kind: 'parse' }, { kind: 'bind' }, { kind: 'sync' }]
    expect(heard(asked, [failed('42601', 'syntax'), ready()])).toMatchObject({
      reply: { text: 'error 42601: syntax', isError: true },
      completeAfter: 2,
    })
    const atTheEnd = heard(
      [{ kind: 'bind' }, { kind: 'sync' }],
      [bound, failed('40001', 'could not serialize'), ready()],
    )
    expect(atTheEnd).toMatchObject({ reply: { isError: true }, completeAfter: 3 })
  })

  it('is complete when the store waits for data', () => {
    expect(heard(QUERY, [message('G')])).toMatchObject({ reply: { text: 'waits for data' }, completeAfter: 1 })
  })
})
