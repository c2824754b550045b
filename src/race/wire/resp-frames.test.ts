import { describe, expect, it } from 'vitest'
import { FrameFault, MAX_FRAME_BYTES } from './frame-fault.ts'
import { commandFrames, replyFrames, type RespFrames } from './resp-frames.ts'
import type { RespValue } from './resp-values.ts'
import { splits } from './testing/split.ts'

function framesOf<Frame, Value>(frames: RespFrames<Frame, Value>, pieces: readonly Buffer[]): (Frame | FrameFault)[] {
  const found: (Frame | FrameFault)[] = []
  for (const piece of pieces) {
    frames.push(piece)
    for (let next = frames.next(); next !== null; next = frames.next()) {
      found.push(next)
      if (next instanceof FrameFault) return found
    }
  }
  return found
}

function plain(value: RespValue): unknown {
  if (value.kind === 'null') return null
  if ('items' in value) return [value.kind, ...value.items.map(plain)]
  return `${value.kind} ${value.bytes.toString()}`
}

const REPLIES: readonly (readonly [bytes: string, value: unknown])[] = [
  ['+OK\r\n', 'simple OK'],
  ['-ERR no\r\n', 'error ERR no'],
  [':-42\r\n', 'scalar -42'],
  ['$5\r\na\r\nbc\r\n', 'bulk a\r\nbc'],
  ['$0\r\n\r\n', 'bulk '],
  ['$-1\r\n', null],
  ['*-1\r\n', null],
  ['*0\r\n', ['list']],
  ['*2\r\n$1\r\na\r\n*1\r\n:1\r\n', ['list', 'bulk a', ['list', 'scalar 1']]],
  ['_\r\n', null],
  [',1.5\r\n', 'scalar 1.5'],
  ['#t\r\n', 'scalar t'],
  ['(12345678901234567890\r\n', 'scalar 12345678901234567890'],
  ['!5\r\nERR x\r\n', 'error ERR x'],
  ['=7\r\ntxt:abc\r\n', 'bulk abc'],
  ['%1\r\n+proto\r\n:3\r\n', ['list', 'simple proto', 'scalar 3']],
  ['~1\r\n+a\r\n', ['list', 'simple a']],
  ['>2\r\n+invalidate\r\n*1\r\n+k\r\n', ['push', 'simple invalidate', ['list', 'simple k']]],
  ['|1\r\n+ttl\r\n:3600\r\n*1\r\n+a\r\n', ['list', 'simple a']],
]

describe('replies of Redis', () => {
  it('are values of each type, cut anywhere', () => {
    const all = Buffer.from(REPLIES.map(([bytes]) => bytes).join(''))
    for (const pieces of splits(all)) {
      const found = framesOf(replyFrames(), pieces)
      expect(found.map((one) => (one instanceof FrameFault ? one.sentence : one.bytes.toString()))).toEqual(
        REPLIES.map(([bytes]) => bytes),
      )
      expect(found.map((one) => (one instanceof FrameFault ? one : plain(one.value)))).toEqual(
        REPLIES.map(([, value]) => value),
      )
    }
  })

  it.each([
    ['a type that is none', '@1\r\n'],
    ['a length that is no number', '$x\r\n'],
    ['a length below nothing', '$-2\r\n'],
    ['a length with a fraction', '*1.5\r\n'],
    ['a text above the bound', `$${MAX_FRAME_BYTES + 1}\r\n`],
    ['a list above the bound', `*${MAX_FRAME_BYTES}\r\n`],
    ['a text that is longer than it says', '$1\r\nab\r\n'],
    ['a line without an end', `+${'a'.repeat(70_000)}`],
    ['a tower of lists', '*1\r\n'.repeat(200)],
  ])('end at %s', (_, bytes) => {
    expect(framesOf(replyFrames(), [Buffer.from(bytes)]).at(-1)).toBeInstanceOf(FrameFault)
  })

  it.each([
    ['a text as long as the bound', `$${MAX_FRAME_BYTES}\r\n`],
    ['lists within lists', '*1\r\n'.repeat(90)],
  ])('wait for the rest of %s', (_, bytes) => {
    expect(framesOf(replyFrames(), [Buffer.from(bytes)])).toEqual([])
  })
})

describe('commands to Redis', () => {
  const COMMANDS: readonly (readonly [bytes: string, words: readonly string[]])[] = [
    ['*1\r\n$4\r\nPING\r\n', ['PING']],
    ['*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n', ['SET', 'k', 'a\r\nb']],
    ['*2\r\n$3\r\nGET\r\n$0\r\n\r\n', ['GET', '']],
    ['get  k\r\n', ['get', 'k']],
    ['PING\n', ['PING']],
    ['\r\n', []],
    ['*0\r\n', []],
    ['*-1\r\n', []],
  ]

  it('are arrays or typed lines, cut anywhere', () => {
    for (const pieces of splits(Buffer.from(COMMANDS.map(([bytes]) => bytes).join('')))) {
      const found = framesOf(commandFrames(), pieces)
      expect(found.map((one) => (one instanceof FrameFault ? one : one.words.map(String)))).toEqual(
        COMMANDS.map(([, words]) => words),
      )
    }
  })

  it.each([
    ['a number among its words', '*2\r\n$3\r\nGET\r\n:1\r\n'],
    ['a typed line without an end', 'a'.repeat(70_000)],
  ])('end at %s', (_, bytes) => {
    expect(framesOf(commandFrames(), [Buffer.from(bytes)]).at(-1)).toBeInstanceOf(FrameFault)
  })

  it('give out what was not read yet', () => {
    const frames = commandFrames()
    frames.push(Buffer.from('PING\r\n*1\r\n$4\r\nQU'))
    expect(frames.next()).not.toBeNull()
    expect([String(frames.takeRest()), frames.next()]).toEqual(['*1\r\n$4\r\nQU', null])
  })
})
