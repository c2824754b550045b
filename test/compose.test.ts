/** docker-compose.yml repeats what the code sets: the two are compared, and what nobody may loosen is asserted. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { IMAGE_VARIABLE, PINNED_IMAGE } from '../src/services/docker/images.ts'
import { INITDB_SETTINGS, postgresArgs, redisArgs } from '../src/services/server/benchmark-settings.ts'

interface ComposeService {
  image: string
  command: string[]
  environment: Record<string, string>
  ports: string[]
  healthcheck: { test: string[] }
}

const root = new URL('..', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const { services } = parse(read('docker-compose.yml')) as { services: Record<'postgres' | 'redis', ComposeService> }
const SETTINGS = { synchronousCommit: 'on', appendfsync: 'everysec' } as const

/** `name` to value, of arguments that come in pairs. */
function pairs(
  args: readonly string[],
  nameOf: (flag: string, value: string) => [string, string],
): Map<string, string> {
  return new Map(args.flatMap((flag, i) => (i % 2 === 0 ? [nameOf(flag, args[i + 1] ?? '')] : [])))
}

describe('docker-compose.yml', () => {
  it('starts Postgres as the code does', () => {
    const settingsOf = (args: readonly string[]) => pairs(args, (_c, text) => text.split('=') as [string, string])
    const [program, ...args] = services.postgres.command
    expect(program).toBe('postgres')
    expect(settingsOf(args)).toEqual(settingsOf(postgresArgs(SETTINGS, {})))
    expect(services.postgres.environment['POSTGRES_INITDB_ARGS']).toBe(INITDB_SETTINGS.join(' '))
  })

  it('starts Redis as the code does', () => {
    const settingsOf = (args: readonly string[]) => pairs(args, (flag, value) => [flag, value])
    const [program, ...args] = services.redis.command
    expect(program).toBe('redis-server')
    const password = args[args.indexOf('--requirepass') + 1] ?? ''
    expect(settingsOf(args)).toEqual(settingsOf(redisArgs(SETTINGS, { requirepass: password })))
  })

  it.each(['postgres', 'redis'] as const)('runs the pinned image of %s, unless another is named', (store) => {
    expect(services[store].image).toBe(`\${${IMAGE_VARIABLE[store]}:-${PINNED_IMAGE[store]}}`)
  })

  it.each(['postgres', 'redis'] as const)('publishes %s on loopback alone, and asks after its health', (store) => {
    expect(services[store].ports).toHaveLength(1)
    expect(services[store].ports[0]).toMatch(/^127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+$/)
    expect(services[store].healthcheck.test.length).toBeGreaterThan(1)
  })

  it('has no password of its own, and does not start without one', () => {
    const { POSTGRES_PASSWORD } = services.postgres.environment
    const requirepass = services.redis.command[services.redis.command.indexOf('--requirepass') + 1]
    expect(POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/)
    expect(requirepass).toMatch(/^\$\{REDIS_PASSWORD:\?/)
  })
})

describe('.env', async () => {
  const { writeComposeEnv } = (await import(new URL('bin/set-up/compose-env.js', root).href)) as {
    writeComposeEnv: (folder: string) => boolean
  }

  function clone(): string {
    const folder = mkdtempSync(join(tmpdir(), 'doorbuster-env-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'docker-compose.yml'), read('docker-compose.yml'))
    return folder
  }

  const valuesOf = (folder: string): Record<string, string> =>
    Object.fromEntries(
      [...readFileSync(join(folder, '.env'), 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
        name!,
        value!,
      ]),
    )

  it('is made once, with passwords of its own, for this user alone', () => {
    const [one, other] = [clone(), clone()]
    expect(writeComposeEnv(one)).toBe(true)
    expect(writeComposeEnv(other)).toBe(true)
    expect(statSync(join(one, '.env')).mode & 0o777).toBe(0o600)
    const [first, second] = [valuesOf(one), valuesOf(other)]
    const passwords = [first, second].flatMap((values) => [values['POSTGRES_PASSWORD'], values['REDIS_PASSWORD']])
    expect(new Set(passwords).size).toBe(4)
    for (const password of passwords) expect(password).toMatch(/^[0-9a-f]{48}$/)
    expect(writeComposeEnv(one)).toBe(false)
    expect(valuesOf(one)).toEqual(first)
  })

  it('names the servers that compose starts', () => {
    const folder = clone()
    writeComposeEnv(folder)
    const values = valuesOf(folder)
    const postgres = new URL(values['DATABASE_URL'] ?? '')
    const redis = new URL(values['REDIS_URL'] ?? '')
    expect([postgres.password, postgres.port]).toEqual([values['POSTGRES_PASSWORD'], values['POSTGRES_PORT']])
    expect([redis.password, redis.port]).toEqual([values['REDIS_PASSWORD'], values['REDIS_PORT']])
    expect(services.postgres.ports[0]).toContain(`:-${values['POSTGRES_PORT']}}`)
    expect(services.redis.ports[0]).toContain(`:-${values['REDIS_PORT']}}`)
  })

  it('is made in a clone only, and never over another', () => {
    const folder = clone()
    writeFileSync(join(folder, '.env'), 'MINE=1\n')
    expect(writeComposeEnv(folder)).toBe(false)
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('MINE=1\n')
    rmSync(join(folder, '.env'))
    rmSync(join(folder, 'docker-compose.yml'))
    expect(writeComposeEnv(folder)).toBe(false)
  })

  it('is ignored by git', () => {
    expect(read('.gitignore').split('\n')).toContain('.env')
  })
})
