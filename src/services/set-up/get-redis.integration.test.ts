/** The set-up's Redis, with the real apt and, where something must go wrong, with an apt that does. */
import { existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { embeddedRedis } from '../embedded/redis.ts'
import type { Environment } from '../service.ts'
import { missingDebianTools } from './debian-redis.ts'
import { getRedis } from './get-redis.ts'

const begin = () => () => undefined
const required = (process.env['DOORBUSTER_REQUIRE'] ?? '').split(',')

let scratch = ''
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'doorbuster-get-'))
})
afterEach(() => rmSync(scratch, { recursive: true }))

/** The machine as it is, but for a Redis, and with a cache folder of the test's own. */
function environment(more: Environment = {}): Environment {
  const path = (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !existsSync(join(folder, 'redis-server')) && !existsSync(join(folder, 'valkey-server')))
  return {
    ...process.env,
    REDIS_URL: '',
    DOORBUSTER_CACHE_DIR: undefined,
    PATH: path.join(':'),
    XDG_CACHE_HOME: join(scratch, 'cache'),
    ...more,
  }
}

/** A folder for the PATH in which one of the system's tools is another program. */
function replacing(tool: string, script: string): string {
  const folder = join(scratch, 'bin')
  mkdirSync(folder)
  writeFileSync(join(folder, tool), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return `${folder}:${environment()['PATH']}`
}

describe('getRedis', () => {
  it('does nothing where a server is named', async () => {
    const env = environment({ REDIS_URL: 'redis://127.0.0.1:6379' })
    expect(await getRedis({ env, insist: true, begin })).toEqual({ kind: 'there' })
    expect(existsSync(join(scratch, 'cache'))).toBe(false)
  })

  it('prints the three ways where this is no Debian, and does not try again at once', async () => {
    const env = environment({ PATH: '/nonexistent' })
    const first = await getRedis({ env, insist: false, begin })
    expect(first).toMatchObject({ kind: 'none', knownBefore: false })
    expect(first).toHaveProperty('ways', expect.stringMatching(/REDIS_URL[^]*apt-get install[^]*docker run/))
    expect(await getRedis({ env, insist: false, begin })).toMatchObject({ kind: 'none', knownBefore: true })
    expect(await getRedis({ env, insist: true, begin })).toMatchObject({ kind: 'none', knownBefore: false })
  })
})

describe.skipIf(missingDebianTools(environment()) !== null)('getRedis on Debian and Ubuntu', () => {
  it('takes nothing half-made for a Redis, and leaves nothing of it', async () => {
    const env = environment({ PATH: replacing('apt-get', 'echo "E: no route to host" >&2; exit 100') })
    const result = await getRedis({ env, insist: true, begin })
    expect(result).toMatchObject({ kind: 'none', why: 'apt-get: E: no route to host' })
    expect((await embeddedRedis.find(env)).found).toBe(false)
    expect(readdirSync(join(scratch, 'cache/doorbuster'))).toEqual(['redis.failed'])
  })

  it('unpacks one that runs, once for two that ask at the same time', async (context) => {
    const env = environment()
    const results = await Promise.all([getRedis({ env, insist: true, begin }), getRedis({ env, insist: true, begin })])
    if (results[0]?.kind === 'none' && !required.includes('embedded')) {
      process.stderr.write(`\nSKIPPED the download of Redis: ${results[0].why}\n`)
      context.skip()
    }
    expect(results.map((result) => result.kind).sort()).toEqual(['there', 'unpacked'])
    expect(await embeddedRedis.find(env)).toMatchObject({ found: true })
    expect(readdirSync(join(scratch, 'cache/doorbuster'))).toEqual(['redis'])
    expect(readdirSync(join(scratch, 'cache/doorbuster/redis')).sort()).toEqual(['redis.json', 'root'])
  })
})
