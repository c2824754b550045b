/** docker-compose.yml repeats what the code sets: the two are compared, and what nobody may loosen is asserted. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { IMAGE_VARIABLE, PINNED_IMAGE } from '../src/services/docker/images.ts'
import { INITDB_SETTINGS, postgresArgs, redisArgs } from '../src/services/server/benchmark-settings.ts'

interface ComposeService {
  profiles: string[]
  image: string
  command: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
  healthcheck: { test?: string[]; disable?: boolean }
  mem_limit: string
  pids_limit: number
}

type Store = 'postgres' | 'redis'

const root = new URL('..', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const compose = read('docker-compose.yml')
const { services } = parse(compose, { merge: true }) as {
  services: Record<Store | 'target' | 'harness' | 'prometheus' | 'alertmanager' | 'grafana', ComposeService>
}
const everyService = Object.entries(services)
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
    expect(services.postgres.environment?.['POSTGRES_INITDB_ARGS']).toBe(INITDB_SETTINGS.join(' '))
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

  it.each(everyService)('keeps %s on loopback and within limits', (_, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+$/)
    expect(service.mem_limit).toMatch(/^\d+g$/)
    expect(service.pids_limit).toBeGreaterThan(0)
  })

  it('asks after the health of each but the harness, which ends by itself', () => {
    const { harness, ...lasting } = services
    expect([harness.healthcheck, harness.ports]).toEqual([{ disable: true }, undefined])
    for (const { healthcheck } of Object.values(lasting)) expect(healthcheck.test?.length).toBeGreaterThan(1)
  })

  it('publishes each on a port of its own', () => {
    const ports = everyService.flatMap(([, service]) => service.ports ?? []).map((port) => /:-(\d+)/.exec(port)![1])
    expect(ports).toHaveLength(6)
    expect(new Set(ports).size).toBe(6)
  })

  it('starts nothing without a profile, and with each all that it needs', () => {
    const of = (profile: string) =>
      everyService.filter(([, { profiles }]) => profiles.includes(profile)).map(([name]) => name)
    expect(of('stores')).toEqual(['postgres', 'redis'])
    expect(of('target')).toEqual(['postgres', 'redis', 'target'])
    expect(of('harness')).toEqual(['postgres', 'redis', 'target', 'harness'])
    expect(of('observe')).toEqual(['prometheus', 'alertmanager', 'grafana'])
    for (const [, { profiles, depends_on: needs = {} }] of everyService) {
      expect(profiles.length).toBeGreaterThan(0)
      for (const name of Object.keys(needs)) {
        expect(services[name as Store].profiles).toEqual(expect.arrayContaining(profiles))
      }
    }
  })

  it('pins every image that is not made here', () => {
    const { target, harness, ...others } = services
    for (const { image } of [target, harness]) expect(image).toBe('${DOORBUSTER_IMAGE:-doorbuster:local}')
    for (const { image } of Object.values(others)) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?\}?$/)
    expect(read('Dockerfile')).toMatch(/^ARG BASE_IMAGE=node:\d+\.\d+\.\d+-[a-z]+-slim$/m)
  })

  it('mounts files of this folder to be read only', () => {
    const binds = everyService.flatMap(([, { volumes = [] }]) => volumes).filter((volume) => volume.startsWith('.'))
    expect(binds.length).toBeGreaterThan(0)
    for (const bind of binds) expect(bind).toMatch(/^\.\/grafana\/[a-z]+:\/etc\/[a-z/]+:ro$/)
  })

  it('has a Prometheus that differs from the one without containers in where it looks alone', () => {
    const [own, stack] = ['prometheus.yml', 'prometheus.stack.yml'].map(
      (file) => parse(read(`grafana/prometheus/${file}`)) as Record<'global' | 'rule_files', unknown>,
    )
    expect(stack?.global).toEqual(own?.global)
    expect(stack?.rule_files).toEqual(own?.rule_files)
  })

  it('has no password of its own, and does not start without one', () => {
    const redisPassword = services.redis.command[services.redis.command.indexOf('--requirepass') + 1]
    for (const [name, value] of [
      ['POSTGRES_PASSWORD', services.postgres.environment?.['POSTGRES_PASSWORD']],
      ['REDIS_PASSWORD', redisPassword],
      ['DOORBUSTER_ADMIN_TOKEN', services.target.environment?.['DOORBUSTER_ADMIN_TOKEN']],
      ['GRAFANA_ADMIN_PASSWORD', services.grafana.environment?.['GF_SECURITY_ADMIN_PASSWORD']],
    ] as const) {
      expect(value).toBe(`\${${name}:?is made by the set-up, run node bin/set-up.js}`)
    }
  })
})

describe('.env', async () => {
  const { writeComposeEnv } = (await import(new URL('bin/set-up/compose-env.js', root).href)) as {
    writeComposeEnv: (folder: string) => string[]
  }

  function clone(): string {
    const folder = mkdtempSync(join(tmpdir(), 'doorbuster-env-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'docker-compose.yml'), compose)
    return folder
  }

  const valuesOf = (folder: string): Record<string, string> =>
    Object.fromEntries(
      [...readFileSync(join(folder, '.env'), 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
        name!,
        value!,
      ]),
    )

  const PASSWORDS = ['POSTGRES_PASSWORD', 'REDIS_PASSWORD', 'DOORBUSTER_ADMIN_TOKEN', 'GRAFANA_ADMIN_PASSWORD']

  it('is made once, with passwords of its own, for this user alone', () => {
    const [one, other] = [clone(), clone()]
    expect(writeComposeEnv(one)).toEqual(expect.arrayContaining(PASSWORDS))
    writeComposeEnv(other)
    expect(statSync(join(one, '.env')).mode & 0o777).toBe(0o600)
    const [first, second] = [valuesOf(one), valuesOf(other)]
    const passwords = [first, second].flatMap((values) => PASSWORDS.map((name) => values[name]))
    expect(new Set(passwords).size).toBe(2 * PASSWORDS.length)
    for (const password of passwords) expect(password).toMatch(/^[0-9a-f]{48}$/)
    expect(writeComposeEnv(one)).toEqual([])
    expect(valuesOf(one)).toEqual(first)
  })

  it('has every variable that compose does not start without', () => {
    const folder = clone()
    writeComposeEnv(folder)
    const needed = [...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!)
    expect(Object.keys(valuesOf(folder))).toEqual(expect.arrayContaining(needed))
  })

  it('names the servers that compose starts', () => {
    const folder = clone()
    writeComposeEnv(folder)
    const values = valuesOf(folder)
    const postgres = new URL(values['DATABASE_URL'] ?? '')
    const redis = new URL(values['REDIS_URL'] ?? '')
    expect([postgres.password, postgres.port]).toEqual([values['POSTGRES_PASSWORD'], values['POSTGRES_PORT']])
    expect([redis.password, redis.port]).toEqual([values['REDIS_PASSWORD'], values['REDIS_PORT']])
    expect(services.postgres.ports?.[0]).toContain(`:-${values['POSTGRES_PORT']}}`)
    expect(services.redis.ports?.[0]).toContain(`:-${values['REDIS_PORT']}}`)
  })

  it('is given what it lacks, and keeps what it has', () => {
    const folder = clone()
    const mine = "MINE=1\nexport POSTGRES_PASSWORD='my/own'\nREDIS_URL=redis://elsewhere"
    writeFileSync(join(folder, '.env'), mine, { mode: 0o640 })
    const added = writeComposeEnv(folder)
    expect(added).toEqual(expect.arrayContaining(['DATABASE_URL', 'REDIS_PASSWORD', 'GRAFANA_ADMIN_PASSWORD']))
    for (const name of ['MINE', 'POSTGRES_PASSWORD', 'REDIS_URL']) expect(added).not.toContain(name)
    const text = readFileSync(join(folder, '.env'), 'utf8')
    expect(text.startsWith(`${mine}\n`)).toBe(true)
    expect(text).toContain('DATABASE_URL=postgresql://postgres:my%2Fown@127.0.0.1:54329/postgres\n')
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o640)
    expect(writeComposeEnv(folder)).toEqual([])
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(text)
  })

  it('is made in a clone only', () => {
    const folder = clone()
    rmSync(join(folder, 'docker-compose.yml'))
    expect(writeComposeEnv(folder)).toEqual([])
    expect(existsSync(join(folder, '.env'))).toBe(false)
  })

  it('is ignored by git, and no part of the image', () => {
    expect(read('.gitignore').split('\n')).toContain('.env')
    expect(read('.dockerignore').split('\n')[1]).toBe('*')
  })
})
