/** Real containers in a real engine: what they are when they run, and what is left when they don't. */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestImages, testImages } from '../../../test/docker/images.ts'
import { harness, kill } from '../../../test/harness-process.ts'
import { describeWithServices } from '../../../test/require-service.ts'
import { compiledModuleUrl } from '../../core/compiled.ts'
import { cacheFolder, runsFolder } from '../folders.ts'
import {
  acquireServices,
  diagnoseServices,
  type ServicesRequest,
  type StartedServices,
  sweepDeadRuns,
} from '../index.ts'
import { withRedis } from '../server/redis-connection.ts'
import { resourcesFromEngine } from './container-resources.ts'
import { connectEngine, type Engine } from './engine.ts'

const INDEX = compiledModuleUrl(import.meta.url, '../index.ts').href
const SETTINGS = { synchronousCommit: 'off', appendfsync: 'always' } as const

type Port = Awaited<ReturnType<Engine['client']['container']['list']>>[number]['Ports'][number]

let runNumber = 0

function request(env: ServicesRequest['env'], more: Partial<ServicesRequest> = {}): ServicesRequest {
  const runId = `test-${process.pid}-${runNumber++}`
  return { needs: ['postgres', 'redis'], mode: 'docker', settings: SETTINGS, runId, env, ...more }
}

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

describeWithServices(['docker'], 'Postgres and Redis in Docker', () => {
  let images: TestImages
  let engine: Engine
  let env: ServicesRequest['env']
  let scratch = ''
  const usual = process.env['TMPDIR']
  /** Of somebody else's, who may use the same engine. */
  let others = new Set<string>()

  /** Running or not. */
  async function containers(): Promise<{ readonly id: string; readonly name: string; readonly ports: Port[] }[]> {
    const all = await engine.client.container.dockerode.listContainers({ all: true })
    return all
      .map(({ Id, Names, Ports }) => ({ id: Id, name: Names[0] ?? '', ports: Ports }))
      .filter(({ id }) => !others.has(id))
  }

  beforeAll(async () => {
    engine = await connectEngine(process.env)
    others = new Set((await containers()).map(({ id }) => id))
    images = await testImages()
    scratch = mkdtempSync(join(tmpdir(), 'db-'))
    chmodSync(scratch, 0o711)
    env = {
      ...process.env,
      DATABASE_URL: undefined,
      REDIS_URL: undefined,
      DOORBUSTER_CACHE_DIR: cacheFolder(process.env),
      ...images.env,
    }
    // A temporary folder of the test's own, so that no other run is seen.
    process.env['TMPDIR'] = scratch
  }, 600_000)

  afterAll(async () => {
    if (usual === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = usual
    rmSync(scratch, { recursive: true, force: true })
    await images[Symbol.asyncDispose]()
  })

  const runs = () => readdirSync(runsFolder())

  describe('that run', () => {
    let services: StartedServices
    beforeAll(async () => {
      services = await acquireServices(request(env))
    })
    afterAll(() => services[Symbol.asyncDispose]())

    it('are set as was asked, and the record says where they ran', async () => {
      expect(services.postgres?.record).toMatchObject({
        provider: 'docker',
        version: expect.stringMatching(/^\d+\.\d+/),
        settings: {
          synchronous_commit: 'off',
          fsync: 'on',
          wal_level: 'minimal',
          shared_buffers: '256MB',
          jit: 'off',
          data: 'tmpfs',
          image: expect.any(String),
        },
      })
      expect(services.redis?.record).toMatchObject({
        provider: 'docker',
        settings: {
          appendonly: 'yes',
          appendfsync: 'always',
          save: '',
          'maxmemory-policy': 'noeviction',
          data: 'tmpfs',
        },
      })
      const { url = '', schema = '' } = services.postgres ?? {}
      await query(url, `CREATE TABLE ${schema}.stock (sku text)`)
      const locale = `SELECT datcollate FROM pg_database WHERE datname = 'postgres'`
      expect(await query(url, locale)).toEqual([['C']])
      expect(await withRedis(services.redis?.url ?? '', (client) => client.dbsize())).toBe(0)
    })

    it('are reached through loopback and by password alone', async () => {
      const published = (await containers()).flatMap(({ ports }) => ports).filter((port) => port.PublicPort > 0)
      const addresses = published.map(({ IP, PrivatePort }) => `${IP}:${PrivatePort}`)
      expect(addresses.toSorted()).toEqual(['127.0.0.1:5432', '127.0.0.1:6379'])
      const postgres = new URL(services.postgres?.url ?? '')
      const redis = new URL(services.redis?.url ?? '')
      expect(postgres.password).toMatch(/^[0-9a-f]{48}$/)
      postgres.password = 'wrong'
      await expect(query(postgres.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
      redis.password = ''
      await expect(withRedis(redis.href, (client) => client.ping())).rejects.toThrow(/NOAUTH/)
    })

    it('keep their data in memory, on no volume', async () => {
      const { url = '' } = services.postgres ?? {}
      expect(await query(url, 'SHOW data_directory')).toEqual([['/doorbuster/data']])
      const folder = await withRedis(services.redis?.url ?? '', (client) => client.config('GET', 'dir'))
      expect(folder).toEqual(['dir', '/data'])
      const mounts = (await containers()).map(async ({ id }) => {
        const { HostConfig } = await engine.client.container.getById(id).inspect()
        return Object.keys(HostConfig.Tmpfs as Record<string, string>)
      })
      expect((await Promise.all(mounts)).flat().sort()).toEqual(['/data', '/doorbuster'])
    })

    it('tell what they used, as seen from here and as the engine says', async () => {
      const { url = '' } = services.postgres ?? {}
      const before = await services.postgres?.resources()
      await query(url, 'SELECT sum(i) FROM generate_series(1, 2000000) i')
      const after = await services.postgres?.resources()
      expect(after?.cpuSeconds).toBeGreaterThan(before?.cpuSeconds ?? Number.POSITIVE_INFINITY)
      expect(after?.maxRssBytes).toBeGreaterThan(10_000_000)
      const container = (await containers()).find(({ name }) => name.endsWith('-postgres'))
      const fromEngine = resourcesFromEngine(engine.client.container.getById(container?.id ?? ''))
      const first = await fromEngine()
      expect(first?.cpuSeconds).toBeGreaterThan((after?.cpuSeconds ?? Number.POSITIVE_INFINITY) / 2)
      expect(first?.maxRssBytes).toBeGreaterThan(1_000_000)
    })
  })

  it('are gone after their run, with what they told', async () => {
    const services = await acquireServices(request(env))
    expect(await containers()).toHaveLength(2)
    await services[Symbol.asyncDispose]()
    expect(await containers()).toEqual([])
    expect(runs()).toEqual([])
    expect(await services.postgres?.resources()).toBeNull()
  })

  it('are removed by the next start where their harness was killed', async () => {
    const { child } = await harness(`
      const { acquireServices } = await import(${JSON.stringify(INDEX)})
      await acquireServices({ needs: ['postgres', 'redis'], mode: 'docker', runId: 'killed',
        settings: ${JSON.stringify(SETTINGS)}, env: ${JSON.stringify(env)} })
      console.log('{}')`)
    await kill(child)
    expect(await containers()).toHaveLength(2)
    // Without a way to the engine, the note of them stays.
    expect(await sweepDeadRuns({ ...env, DOCKER_HOST: 'unix:///nonexistent/docker.sock' })).toMatchObject({ runs: 0 })
    expect(await containers()).toHaveLength(2)
    expect(runs()).toHaveLength(1)
    expect(await sweepDeadRuns(env)).toEqual({ runs: 1, processes: 0, problems: [] })
    expect(await containers()).toEqual([])
    expect(runs()).toEqual([])
  })

  it('leave nothing where one of them can not be started', async () => {
    const missing = { ...env, DOORBUSTER_REDIS_IMAGE: '127.0.0.1:1/doorbuster/none:1' }
    await expect(acquireServices(request(missing))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      exitCode: 5,
      message: expect.stringContaining("the image 127.0.0.1:1/doorbuster/none:1 can't be pulled: "),
      hint: expect.stringContaining('DOORBUSTER_REDIS_IMAGE'),
    })
    expect(await containers()).toEqual([])
    expect(runs()).toEqual([])
  })

  it('show the log of one that ends at its start', async () => {
    const settings = { ...SETTINGS, synchronousCommit: 'sideways' as 'on' }
    await expect(acquireServices(request(env, { needs: ['postgres'], settings }))).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: expect.stringContaining('sideways'),
    })
    expect(await containers()).toEqual([])
  })

  it('are shown by doctor with image and engine', async () => {
    const shown = (await diagnoseServices(env)).filter(({ provider }) => provider === 'docker')
    expect(shown).toMatchObject([
      { store: 'postgres', found: true, version: expect.stringMatching(/^\S+:\S+ in engine \d+\./) },
      { store: 'redis', found: true, where: engine.address },
    ])
  })
})
