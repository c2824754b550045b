import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type RedisCall, RedisCalls } from './redis-calls.ts'
import { RedisScripts } from './redis-scripts.ts'

/** Each of `pieces` is what came at once: commands, their words between spaces. */
function callsOf(...pieces: readonly (readonly string[])[]): RedisCall[] {
  return callsOfWords(pieces.map((commands) => commands.map((command) => command.split(' '))))
}

function callsOfWords(pieces: readonly (readonly (readonly string[])[])[]): RedisCall[] {
  const calls = new RedisCalls(new RedisScripts())
  return pieces.flatMap((commands) => {
    for (const words of commands) {
      const command = { bytes: Buffer.from(`<${words.join(' ')}>`), words: words.map((word) => Buffer.from(word)) }
      calls.take(
        command,
        words.map((word) => word.toUpperCase()),
      )
    }
    return calls.endPiece()
  })
}

const shown = (calls: readonly RedisCall[]): unknown[] =>
  calls.map(({ traits, bytes }) => [traits?.text ?? 'passes', bytes.toString()])

describe('calls of Redis', () => {
  it('are what came in one piece', () => {
    const calls = callsOf(['get a', 'INCR b'], ['DEL c'])
    expect(shown(calls)).toEqual([
      ['GET a\nINCR b', '<get a><INCR b>'],
      ['DEL c', '<DEL c>'],
    ])
    expect(calls[0]).toMatchObject({
      traits: { statement: 'GET; INCR', values: [], access: 'write', isSetUp: false, mayBlock: false },
      roles: ['answered', 'answered'],
    })
  })

  it.each([
    ['GET a', 'read'],
    ['XINFO STREAM s', 'read'],
    ['WATCH a', 'read'],
    ['EVALSHA_RO 0123456789 1 k', 'read'],
    ['PING', 'nothing'],
    ['SET a 1', 'write'],
    ['EVALSHA 0123456789 1 k', 'write'],
    ['CLIENT KILL x', 'write'],
    ['CONFIG SET maxmemory 1', 'write'],
    ['NEWCOMMAND a', 'write'],
  ])('%s: %s', (command, access) => {
    expect(callsOf([command])[0]!.traits).toMatchObject({ access, isSetUp: false })
  })

  it.each([
    ['HELLO 3', 'nothing'],
    ['SELECT 1', 'nothing'],
    ['CLIENT SETINFO LIB-NAME x', 'nothing'],
    ['INFO', 'nothing'],
    ['COMMAND DOCS', 'nothing'],
    ['CONFIG GET maxmemory', 'nothing'],
    ['SCRIPT EXISTS abc', 'read'],
    ['SCRIPT LOAD x', 'write'],
  ])('%s is set-up: %s', (command, access) => {
    expect(callsOf([command])[0]!.traits).toMatchObject({ access, isSetUp: true })
  })

  it('are set-up only where all of it is', () => {
    expect(callsOf(['SELECT 1', 'GET a'])[0]!.traits).toMatchObject({ access: 'read', isSetUp: false })
  })

  it.each([
    ['BLPOP a 0', true],
    ['BZPOPMIN a 0', true],
    ['WAIT 1 0', true],
    ['XREAD BLOCK 0 STREAMS s $', true],
    ['xreadgroup group g c block 100 streams s >', true],
    ['XREAD STREAMS BLOCK 0', false],
    ['LPOP a', false],
  ])('%s may block: %s', (command, expected) => {
    expect(callsOf([command])[0]!.traits!.mayBlock).toBe(expected)
  })

  it('hold a transaction as one, however it came', () => {
    const whole = callsOf(['MULTI', 'GET a', 'INCR b', 'EXEC'])
    expect(shown(whole)).toEqual([['MULTI\nGET a\nINCR b\nEXEC', '<MULTI><GET a><INCR b><EXEC>']])
    expect(whole[0]!.roles).toEqual(['queued', 'queued', 'queued', 'answered'])
    const apart = callsOf(['MULTI'], ['GET a', 'INCR b'], ['EXEC'])
    expect(shown(apart)).toEqual([
      ['passes', '<MULTI>'],
      ['passes', '<GET a><INCR b>'],
      ['MULTI\nGET a\nINCR b\nEXEC', '<EXEC>'],
    ])
    expect(apart[2]!.traits).toEqual(whole[0]!.traits)
    expect(apart.map(({ roles }) => roles)).toEqual([['queued'], ['queued', 'queued'], ['answered']])
  })

  it('do by a transaction what is done at its end', () => {
    const accessOf = (...commands: readonly string[]): unknown => callsOf(commands)[0]!.traits!.access
    expect(accessOf('MULTI', 'GET a', 'EXEC')).toBe('read')
    expect(accessOf('MULTI', 'SET a 1', 'EXEC')).toBe('write')
    expect(accessOf('MULTI', 'SET a 1', 'DISCARD')).toBe('nothing')
    expect(callsOf(['WATCH a'], ['MULTI', 'EXEC'])[1]!.traits!.access).toBe('read')
    expect(callsOf(['WATCH a'], ['UNWATCH'], ['MULTI', 'EXEC'])[2]!.traits!.access).toBe('nothing')
    expect(callsOf(['WATCH a'], ['MULTI', 'EXEC'], ['MULTI', 'EXEC'])[2]!.traits!.access).toBe('nothing')
    expect(callsOf(['MULTI', 'BLPOP a 0', 'EXEC'])[0]!.traits!.mayBlock).toBe(false)
  })

  it('keep what came around a transaction that is not over', () => {
    expect(shown(callsOf(['SET a 1', 'MULTI', 'GET a'], ['EXEC', 'GET b']))).toEqual([
      ['SET a 1', '<SET a 1>'],
      ['passes', '<MULTI><GET a>'],
      ['MULTI\nGET a\nEXEC\nGET b', '<EXEC><GET b>'],
    ])
  })

  it('name a script by its comment or its beginning, once it was seen', () => {
    const commented = '#!lua\n-- take one unit\nreturn 1'
    const bare = `return redis.call('decr', KEYS[1]) -- at the very end`
    const digestOf = (script: string): string => createHash('sha1').update(script).digest('hex')
    const [digest, other] = [digestOf(commented), digestOf(bare)]
    const calls = callsOfWords([
      [['EVALSHA', digest, '1', 'stock', '2']],
      [['EVAL', commented, '1', 'stock', '2']],
      [['EVALSHA', digest.toUpperCase(), '1', 'stock', '2']],
      [['SCRIPT', 'LOAD', bare]],
      [['EVALSHA', other, '0']],
    ])
    expect(calls.map(({ traits }) => [traits!.text, traits!.statement])).toEqual([
      [`EVALSHA ${digest.slice(0, 8)} stock 2`, `EVAL ${digest.slice(0, 8)}`],
      ['EVAL "-- take one unit" stock 2', `EVAL ${digest.slice(0, 8)}`],
      ['EVALSHA "-- take one unit" stock 2', `EVAL ${digest.slice(0, 8)}`],
      [`SCRIPT LOAD ${JSON.stringify(`${bare.slice(0, 39)}…`)}`, `SCRIPT LOAD ${other.slice(0, 8)}`],
      [`EVALSHA ${JSON.stringify(`${bare.slice(0, 39)}…`)}`, `EVAL ${other.slice(0, 8)}`],
    ])
  })

  it('name a function, and subcommands where a command has them', () => {
    const statements = callsOf(['FCALL sell 1 stock 2'], ['xinfo groups s'], ['SET GROUPS x']).map(
      ({ traits }) => traits!.statement,
    )
    expect(statements).toEqual(['FCALL sell', 'XINFO GROUPS', 'SET'])
  })

  it('keep secrets, and show what can be printed', () => {
    const [auth, hello, set] = callsOfWords([
      [['AUTH', 'shop', 'hush']],
      [['HELLO', '3', 'AUTH', 'shop', 'hush']],
      [['SET', 'a b', '', '\u0001', '"', 'x'.repeat(200)]],
    ])
    expect(auth!.traits!.text).toBe('AUTH ***')
    expect(hello!.traits!.text).toBe('HELLO 3 AUTH ***')
    expect(set!.traits!.text).toBe(`SET "a b" "" \\x01 "\\"" ${'x'.repeat(79)}…`)
  })
})
