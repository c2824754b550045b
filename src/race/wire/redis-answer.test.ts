import { describe, expect, it } from 'vitest'
import { FrameFault } from './frame-fault.ts'
import { RedisAnswer } from './redis-answer.ts'
import type { Role } from './redis-calls.ts'
import { replyFrames } from './resp-frames.ts'

function heard(bytes: string, roles: readonly Role[] = ['answered']) {
  const answer = new RedisAnswer(roles)
  const frames = replyFrames()
  frames.push(Buffer.from(bytes))
  for (let next = frames.next(); next !== null; next = frames.next()) {
    if (next instanceof FrameFault) throw new Error(next.sentence)
    answer.take(next)
  }
  return { ...answer.reply(), isComplete: answer.isComplete }
}

describe('an answer of Redis', () => {
  it.each([
    ['+OK\r\n', 'OK', false],
    ['$-1\r\n', 'nil', false],
    [':3\r\n', '3', false],
    ['$3\r\na b\r\n', '"a b"', false],
    ['*2\r\n$1\r\na\r\n_\r\n', '[a, nil]', false],
    [`*9\r\n${':1\r\n'.repeat(9)}`, '[1, 1, 1, 1, 1, 1, 1, 1, …]', false],
    ['-NOSCRIPT No matching script\r\n', 'error NOSCRIPT No matching script', true],
    ['*2\r\n:1\r\n-WRONGTYPE no\r\n', '[1, error WRONGTYPE no]', true],
  ])('%j', (bytes, text, isError) => {
    expect(heard(bytes)).toEqual({ text, isError, isComplete: true })
  })

  it('has a value for each command', () => {
    expect(heard('+OK\r\n', ['answered', 'answered'])).toMatchObject({ text: 'OK', isComplete: false })
    expect(heard('+OK\r\n:1\r\n', ['answered', 'answered'])).toMatchObject({ text: 'OK; 1', isComplete: true })
  })

  it('says of a transaction what its end says, unless a command was refused', () => {
    const roles: readonly Role[] = ['queued', 'queued', 'answered']
    expect(heard('+OK\r\n+QUEUED\r\n*1\r\n:1\r\n', roles)).toMatchObject({ text: '[1]', isError: false })
    expect(heard('+OK\r\n-ERR unknown\r\n-EXECABORT\r\n', roles)).toMatchObject({
      text: 'error ERR unknown; error EXECABORT',
      isError: true,
    })
  })
})
