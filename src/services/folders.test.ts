import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cacheFolder, LONGEST_SOCKET_PATH, runsFolder, temporaryFolder, userId } from './folders.ts'

const OWN = `doorbuster-${userId()}`
let scratch = ''
let usualTmpdir: string | undefined

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'db-'))
  chmodSync(scratch, 0o711)
  usualTmpdir = process.env['TMPDIR']
  process.env['TMPDIR'] = scratch
})
afterEach(() => {
  if (usualTmpdir === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = usualTmpdir
  rmSync(scratch, { recursive: true })
})

describe('the cache folder', () => {
  it('is the one that is named, or the user’s own by XDG_CACHE_HOME or else by HOME', () => {
    const named = join(scratch, 'named')
    expect(cacheFolder({ DOORBUSTER_CACHE_DIR: named, XDG_CACHE_HOME: scratch, HOME: scratch })).toBe(named)
    expect(cacheFolder({ XDG_CACHE_HOME: join(scratch, 'xdg'), HOME: scratch })).toBe(join(scratch, 'xdg/doorbuster'))
    expect(cacheFolder({ HOME: scratch })).toBe(join(scratch, '.cache/doorbuster'))
    expect(statSync(join(scratch, '.cache/doorbuster')).mode & 0o777).toBe(0o700)
  })

  it('is a temporary one where there is no such home', () => {
    expect(cacheFolder({ HOME: '/dev/null' })).toBe(join(scratch, OWN, 'cache'))
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: scratch })).toBe(join(scratch, OWN, 'cache'))
  })
})

describe('the temporary folder', () => {
  it('lets others pass, and neither list nor write', () => {
    expect(temporaryFolder()).toBe(join(scratch, OWN))
    expect(statSync(runsFolder()).mode & 0o777).toBe(0o711)
  })

  it('leaves room for the path of a socket', () => {
    const deep = join(scratch, 'x'.repeat(60))
    mkdirSync(deep)
    process.env['TMPDIR'] = deep
    expect(temporaryFolder()).toBe(join('/tmp', OWN))
    expect(`/tmp/${OWN}/runs/00000000/postgres/socket/.s.PGSQL.5432`.length).toBeLessThanOrEqual(LONGEST_SOCKET_PATH)
  })

  it.runIf(userId() === 0)('is another where the server’s user could not enter', () => {
    chmodSync(scratch, 0o700)
    expect(temporaryFolder()).toBe(join('/tmp', OWN))
  })

  it('is refused where others may write to it, or it is a link', () => {
    mkdirSync(join(scratch, OWN))
    chmodSync(join(scratch, OWN), 0o777)
    expect(() => temporaryFolder()).toThrow('belongs to somebody else, or others may write to it')
    rmSync(join(scratch, OWN), { recursive: true })
    symlinkSync('/tmp', join(scratch, OWN))
    expect(() => temporaryFolder()).toThrow('belongs to somebody else, or others may write to it')
  })
})
