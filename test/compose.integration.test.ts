/**
 * docker-compose.yml in a real engine, with the compose that this machine has, and a sale on it as its comment says.
 * Version 1 of compose is as good as 2 here: only the wait for the health checks is done by the test then.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { connectEngine } from '../src/services/docker/engine.ts'
import { type TestImages, testImages } from './docker/images.ts'
import { temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PROJECT = `doorbuster-test-${process.pid}`
const COMPOSES = [['docker', 'compose'], ['docker-compose']]
const compose = COMPOSES.find(([file = '', ...args]) => spawnSync(file, [...args, 'version']).status === 0)
const isRequired = (process.env['DOORBUSTER_REQUIRE'] ?? '').split(',').includes('compose')
if (!compose && !isRequired) process.stderr.write('\nSKIPPED docker-compose.yml: no docker compose on this machine\n')

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describeWithServices(['docker'], 'docker-compose.yml', () => {
  let images: TestImages
  beforeAll(async () => {
    images = await testImages()
  }, 600_000)
  afterAll(() => images[Symbol.asyncDispose]())

  function run(folder: string, args: readonly string[]): string {
    const [file = '', ...before] = compose ?? ['docker-compose']
    const env = { ...process.env, ...images.env }
    return execFileSync(file, [...before, '--project-name', PROJECT, '--profile', 'stores', ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    })
  }

  /** As the set-up makes it, but on ports that are free here. */
  async function folderWithEnv(): Promise<string> {
    const folder = temporaryFolder()
    copyFileSync(join(ROOT, 'docker-compose.yml'), join(folder, 'docker-compose.yml'))
    const { writeComposeEnv } = (await import(new URL('../bin/set-up/compose-env.js', import.meta.url).href)) as {
      writeComposeEnv: (root: string) => string[]
    }
    writeComposeEnv(folder)
    const text = readFileSync(join(folder, '.env'), 'utf8')
    const [postgres, redis] = [await freePort(), await freePort()]
    writeFileSync(join(folder, '.env'), text.replaceAll('54329', String(postgres)).replaceAll('63799', String(redis)))
    return folder
  }

  async function untilHealthy(): Promise<void> {
    const { client } = await connectEngine(process.env)
    const filters = { label: [`com.docker.compose.project=${PROJECT}`], health: ['healthy'] }
    await vi.waitUntil(async () => (await client.container.dockerode.listContainers({ filters })).length === 2, {
      timeout: 120_000,
      interval: 200,
    })
  }

  it.skipIf(!compose && !isRequired)('brings up what a run with external services is judged on', async () => {
    const folder = await folderWithEnv()
    try {
      run(folder, ['config', '--quiet'])
      run(folder, ['up', '--detach'])
      await untilHealthy()
      const doorbuster = join(ROOT, 'bin/doorbuster.js')
      const args = ['run', 'smoke', '--strategy', 'redis-lua', '--services', 'external', '--duration', '2s', '--json']
      mkdirSync(join(folder, 'runs'))
      const finished = spawnSync(process.execPath, ['--env-file=../.env', doorbuster, ...args], {
        cwd: join(folder, 'runs'),
        encoding: 'utf8',
        timeout: 120_000,
      })
      const record = JSON.parse(finished.stdout) as RunRecord
      expect(record.environment.services).toMatchObject({
        postgres: {
          provider: 'external',
          settings: { wal_level: 'minimal', max_wal_size: '4GB', fsync: 'on', jit: 'off', shared_buffers: '256MB' },
        },
        redis: { provider: 'external', settings: { appendonly: 'yes', appendfsync: 'everysec', save: '' } },
      })
      expect(record.steps[0]?.outcomes.sold).toBeGreaterThan(0)
      expect(record.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
      expect(readdirSync(join(folder, 'runs/results'))).toHaveLength(1)
      expect(
        readFileSync(join(folder, 'runs/results', readdirSync(join(folder, 'runs/results'))[0]!, 'run.json'), 'utf8'),
      ).not.toMatch(/[0-9a-f]{48}/)
    } finally {
      run(folder, ['down', '--volumes', '--timeout', '5'])
    }
  })

  it.skipIf(!compose && !isRequired)('does not start without its passwords', () => {
    const folder = temporaryFolder()
    copyFileSync(join(ROOT, 'docker-compose.yml'), join(folder, 'docker-compose.yml'))
    expect(() => run(folder, ['config', '--quiet'])).toThrow(/run node bin\/set-up\.js/)
  })
})
