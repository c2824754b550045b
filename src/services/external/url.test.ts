import { describe, expect, it } from 'vitest'
import type { HarnessError } from '../../core/errors.ts'
import { externalUrl } from './url.ts'

const postgres = (url: string) => externalUrl('postgres', { DATABASE_URL: url })
const redis = (url: string) => externalUrl('redis', { REDIS_URL: url })

function problemOf(read: () => unknown): HarnessError {
  try {
    read()
  } catch (error) {
    return error as HarnessError
  }
  throw new Error('it was accepted')
}

describe('externalUrl', () => {
  it('shows host and port, never user or password', () => {
    expect(postgres('postgresql://me:secret@db.example:6000/shop')?.where).toBe('db.example:6000')
    expect(redis('rediss://:secret@cache.example:6380/3')?.where).toBe('cache.example:6380')
  })

  it('takes a Unix socket in the form of each store', () => {
    expect(postgres('postgresql:///shop?host=/run/postgresql')?.where).toBe('/run/postgresql')
    expect(postgres('postgresql://me@/shop?host=/run/postgresql')?.where).toBe('/run/postgresql')
    expect(redis('/run/redis.sock?password=secret')?.where).toBe('/run/redis.sock')
    expect(redis('unix:///run/redis.sock')?.url).toBe('/run/redis.sock')
  })

  it('is null when the variable is empty or not set', () => {
    expect(externalUrl('redis', {})).toBeNull()
    expect(redis('  ')).toBeNull()
  })

  it('refuses another protocol and what is no URL, without repeating it', () => {
    const wrong = problemOf(() => postgres('mysql://me:secret@db/shop'))
    expect(wrong.code).toBe('SERVICE_UNAVAILABLE')
    expect(wrong.message).toBe("DATABASE_URL can't be used: it begins with mysql://")
    const broken = problemOf(() => redis('me:secret@@:://'))
    expect(broken.message).not.toContain('secret')
    expect(broken.hint).toContain('redis://:password@host:6379/0')
  })

  it.each([
    [() => redis('redis://:r:p@ss/%w@127.0.0.1:56399/3'), /password holds an @ or a \//],
    [() => postgres('postgresql://me:pa/ss@db/shop'), /it is no URL/],
    [() => postgres('postgresql://me@db/shop?port=abc'), /port=abc is no port/],
    [() => redis('redis://cache:6379/abc'), /\/abc is no number of a database/],
    [() => redis('redis://cache:6379/-1'), /\/-1 is no number of a database/],
    [() => redis('redis://cache:6379/3?keyPrefix=zz:'), /keyPrefix is set/],
  ])('refuses what would go somewhere else: case %#', (read, message) => {
    const problem = problemOf(read)
    expect(problem.code).toBe('SERVICE_UNAVAILABLE')
    expect(problem.message).toMatch(message)
    expect(problem.message).not.toMatch(/p@ss|pa\/ss/)
  })

  it('digests differ where URLs differ, and hold nothing of them', () => {
    const one = postgres('postgresql://me:secret@db/shop')?.digest
    expect(one).toMatch(/^[0-9a-f]{16}$/)
    expect(postgres('postgresql://me:secret@db/shop')?.digest).toBe(one)
    expect(postgres('postgresql://me:other@db/shop')?.digest).not.toBe(one)
  })
})
