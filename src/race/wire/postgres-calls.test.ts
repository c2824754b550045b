import { describe, expect, it } from 'vitest'
import { FrameFault } from './frame-fault.ts'
import { type PostgresCall, PostgresCalls } from './postgres-calls.ts'
import { PostgresFrames } from './postgres-frames.ts'
import {
  bind,
  closeIt,
  describeIt,
  execute,
  flush,
  int32,
  message,
  parse,
  query,
  startup,
  sync,
} from './testing/postgres-messages.ts'
import { TransactionIsolation } from './transaction-isolation.ts'

const INT4 = 23
const INT8 = 20

/** Each of `pieces` is what came at once. */
function callsOf(...pieces: readonly (readonly Buffer[])[]): PostgresCall[] {
  const calls = new PostgresCalls(new TransactionIsolation(startup()))
  const frames = new PostgresFrames('frontend')
  frames.push(startup())
  frames.next()
  const found: (PostgresCall | null)[] = []
  for (const piece of pieces) {
    frames.push(Buffer.concat(piece))
    for (let next = frames.next(); next !== null; next = frames.next()) {
      if (next instanceof FrameFault) throw new Error(next.sentence)
      const call = calls.take(next)
      if (call instanceof FrameFault) throw new Error(call.sentence)
      found.push(call)
    }
    found.push(calls.endOfPiece())
  }
  return found.filter((call) => call !== null)
}

const UPDATE = 'UPDATE stock SET remaining = remaining - $1 WHERE sku = $2'
const bytesOf = (values: readonly (readonly Buffer[])[]): string[] =>
  values.map((parts) => Buffer.concat(parts).toString('hex'))

describe('calls of Postgres', () => {
  it('are simple queries, each by itself', () => {
    const calls = callsOf([query('BEGIN'), query('SELECT remaining\nFROM stock')])
    expect(calls.map(({ traits }) => traits)).toEqual([
      { statement: 'BEGIN', text: 'BEGIN', values: [], access: 'nothing', isSetUp: false, mayBlock: false },
      {
        statement: 'SELECT remaining FROM stock',
        text: 'SELECT remaining FROM stock',
        values: [],
        access: 'read',
        isSetUp: false,
        mayBlock: false,
      },
    ])
    expect(calls.map(({ bytes }) => bytes.toString('hex'))).toEqual(
      bytesOf([[query('BEGIN')], [query('SELECT remaining\nFROM stock')]]),
    )
  })

  it('have a line for each statement, and do what the strongest of them does', () => {
    const [call] = callsOf([query(`BEGIN; SET LOCAL lock_timeout = '1s'; SELECT a FROM b WHERE c = 'x'; COMMIT`)])
    expect(call!.traits).toMatchObject({
      text: `BEGIN\nSET LOCAL lock_timeout = '1s'\nSELECT a FROM b WHERE c = 'x'\nCOMMIT`,
      statement: 'BEGIN; SET LOCAL lock_timeout = ?; SELECT a FROM b WHERE c = ?; COMMIT',
      access: 'write',
      isSetUp: false,
    })
  })

  it('are set-up only where all of it is', () => {
    const isSetUp = (text: string): boolean => callsOf([query(text)])[0]!.traits.isSetUp
    expect(isSetUp('SET a = 1; SHOW b')).toBe(true)
    expect(isSetUp('SET a = 1; SELECT c FROM d')).toBe(false)
    expect(isSetUp('')).toBe(false)
  })

  it('end with their Sync, with the text of what was prepared', () => {
    const first = [
      parse('sell', UPDATE),
      bind({ statement: 'sell', values: ['1', 'a'] }),
      describeIt('P'),
      execute(),
      sync,
    ]
    const second = [bind({ statement: 'sell', values: [null, ''] }), describeIt('P'), execute(), sync]
    const calls = callsOf([...first, ...second.slice(0, 2)], second.slice(2))
    expect(calls.map(({ traits: { text, statement, values, access } }) => [text, statement, values, access])).toEqual([
      [UPDATE, UPDATE, ['1', 'a'], 'write'],
      [UPDATE, UPDATE, ['NULL', ''], 'write'],
    ])
    expect(calls.map(({ bytes }) => bytes.toString('hex'))).toEqual(bytesOf([first, second]))
    expect(calls[1]!.asked.map(({ kind }) => kind)).toEqual(['bind', 'describe', 'execute', 'sync'])
  })

  it('show binary values by their type where it was given, else in hexadecimal', () => {
    const int8 = Buffer.from('fffffffffffffffe', 'hex')
    const binding = bind({ formats: [1], values: [int32(-7), int8, Buffer.from('0aff', 'hex')] })
    expect(callsOf([parse('', 'x', [INT4, INT8]), binding, execute(), sync])[0]!.traits.values).toEqual([
      '-7',
      '-2',
      '\\x0aff',
    ])
    const mixed = bind({ formats: [0, 1], values: ['a', int32(1)] })
    expect(callsOf([parse('', 'x'), mixed, execute(), sync])[0]!.traits.values).toEqual(['a', '\\x00000001'])
  })

  it('of several statements before one Sync are one', () => {
    const calls = callsOf([
      parse('', 'SELECT a FROM b'),
      bind({}),
      execute(),
      parse('', UPDATE),
      bind({ values: ['1', 'x'] }),
      execute(),
      sync,
    ])
    expect(calls).toHaveLength(1)
    expect(calls[0]!.traits).toMatchObject({ text: `SELECT a FROM b\n${UPDATE}`, values: ['1', 'x'], access: 'write' })
  })

  it('that only prepare or close are set-up', () => {
    const calls = callsOf([parse('sell', UPDATE), describeIt('S', 'sell'), sync], [closeIt('S', 'sell'), sync], [sync])
    expect(calls.map(({ traits: { text, statement, access, isSetUp } }) => [text, statement, access, isSetUp])).toEqual(
      [
        [`prepare ${UPDATE}`, `PREPARE ${UPDATE}`, 'nothing', true],
        ['close a statement', 'CLOSE', 'nothing', true],
        ['sync', 'SYNC', 'nothing', true],
      ],
    )
  })

  it('end at a Flush behind which nothing has come', () => {
    const calls = callsOf(
      [parse('', UPDATE), describeIt('S'), flush],
      [bind({ values: ['1', 'x'] }), execute(), flush],
      [sync],
    )
    expect(calls.map(({ traits: { text, access, isSetUp } }) => [text, access, isSetUp])).toEqual([
      [`prepare ${UPDATE}`, 'nothing', true],
      [UPDATE, 'write', false],
      // It ends the transaction of what was done before it.
      ['sync', 'write', false],
    ])
    expect(calls.map(({ asked }) => asked.map(({ kind }) => kind))).toEqual([
      ['parse', 'describe'],
      ['bind', 'execute'],
      ['sync'],
    ])
  })

  it('go on over a Flush behind which more has come', () => {
    const calls = callsOf([parse('', UPDATE), flush, bind({ values: ['1', 'x'] }), execute(), sync])
    expect(calls.map(({ traits }) => traits.text)).toEqual([UPDATE])
  })

  it('wait for what follows a Flush that was not the last', () => {
    const parts = [parse('', UPDATE), flush, bind({ values: ['1', 'x'] })]
    expect(callsOf(parts)).toEqual([])
    expect(callsOf(parts, [execute(), sync]).map(({ asked }) => asked.map(({ kind }) => kind))).toEqual([
      ['parse', 'bind', 'execute', 'sync'],
    ])
  })

  it('fetch on from a portal under the text that it was bound to', () => {
    const calls = callsOf(
      [parse('', 'SELECT a FROM b'), bind({ portal: 'p' }), execute('p', 1), flush],
      [execute('p', 1), sync],
    )
    expect(calls.map(({ traits: { text, access } }) => [text, access])).toEqual([
      ['SELECT a FROM b', 'read'],
      ['SELECT a FROM b', 'read'],
    ])
  })

  it('of a statement that is not known are writes', () => {
    const [call] = callsOf([bind({ statement: 'sell' }), execute(), sync])
    expect(call!.traits).toMatchObject({ text: 'EXECUTE sell', access: 'write' })
    const closed = callsOf(
      [parse('sell', 'SELECT a FROM b'), sync],
      [query('DEALLOCATE sell')],
      [bind({ statement: 'sell' }), execute(), sync],
    )
    expect(closed[2]!.traits.text).toBe('EXECUTE sell')
  })

  it('read more strongly in a transaction that keeps its snapshot', () => {
    const read = query('SELECT a FROM b')
    const calls = callsOf([query('BEGIN ISOLATION LEVEL SERIALIZABLE'), read, query('COMMIT'), read])
    expect(calls.map(({ traits }) => traits.access)).toEqual(['nothing', 'write', 'write', 'read'])
    // Each of these may be the first, and takes the snapshot.
    for (const text of ['SELECT 1', `SELECT set_config('a', 'b', true)`, 'SELECT version()', 'SELECT * FROM pg_type']) {
      const [, first, , later] = callsOf(
        [query('BEGIN ISOLATION LEVEL REPEATABLE READ')],
        [query(text)],
        [query('COMMIT')],
        [query(text)],
      )
      expect(first!.traits).toMatchObject({ access: 'write', isSetUp: false })
      expect(later!.traits.access).not.toBe('write')
    }
  })

  it('are function calls, and copies with their data', () => {
    const calls = callsOf(
      [message('F', int32(1234))],
      [query('COPY stock FROM STDIN')],
      [message('d', Buffer.from('a')), message('d', Buffer.from('b'))],
      [message('c')],
      [parse('', 'COPY stock FROM STDIN'), bind({}), execute(), sync],
      [message('d', Buffer.from('a')), message('c')],
      [sync],
    )
    expect(calls.map(({ traits, asked }) => [traits.text, traits.access, asked.at(-1)!.kind])).toEqual([
      ['FUNCTION CALL 1234', 'write', 'query'],
      ['COPY stock FROM STDIN', 'write', 'query'],
      ['COPY data', 'write', 'query'],
      ['COPY stock FROM STDIN', 'write', 'sync'],
      ['COPY data', 'write', 'sync'],
    ])
  })

  it('are refused where nobody knows what they are', () => {
    expect(() => callsOf([message('y')])).toThrow('a message of type "y" is not known')
  })
})
