import { describe, expect, it } from 'vitest'
import { compareVersions, parseVersion, versionNumber, versionProblem } from './version.ts'

describe('parseVersion', () => {
  it.each([
    ['postgres (PostgreSQL) 18.4', [18, 4]],
    ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', [15, 18]],
    ['postgres (PostgreSQL) 19beta1', [19, 0]],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=9', [7, 0]],
    ['Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', [8, 1]],
    ['valkey 8.1.1', [8, 1]],
    ['6.2.14', [6, 2]],
  ])('reads %j', (text, version) => {
    expect(parseVersion(text)).toEqual(version)
  })

  it('finds none where there is none', () => {
    expect(parseVersion('command not found')).toBeNull()
  })
})

describe('versionNumber', () => {
  it('keeps what the text has, and no more', () => {
    expect(versionNumber('Redis server v=7.0.15 sha=00000000:0')).toBe('7.0.15')
    expect(versionNumber('postgres (PostgreSQL) 18.4')).toBe('18.4')
    expect(versionNumber('nothing')).toBe('unknown')
  })
})

describe('compareVersions', () => {
  it('compares numbers, not texts', () => {
    expect(compareVersions([9, 6], [15, 0])).toBeLessThan(0)
    expect(compareVersions([6, 10], [6, 2])).toBeGreaterThan(0)
    expect(compareVersions([14, 0], [14, 0])).toBe(0)
  })
})

describe('versionProblem', () => {
  it('takes the oldest version that will do, and refuses the one before', () => {
    expect(versionProblem('postgres', '14.0')).toBeNull()
    expect(versionProblem('postgres', '13.22')).toBe('version 13.22 is too old: 14.0 or newer is needed')
    expect(versionProblem('redis', '6.2.0')).toBeNull()
    expect(versionProblem('redis', '6.0.16')).toBe('version 6.0 is too old: 6.2 or newer is needed')
  })

  it('refuses what tells no version', () => {
    expect(versionProblem('redis', 'hello')).toBe('its version is not known ("hello")')
  })
})
