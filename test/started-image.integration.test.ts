/**
 * A described service in a container, in a real engine: published on loopback alone, measured, removed with the run and
 * with a harness that is killed. The image holds the Node of this machine, so that nothing is pulled.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compiledModuleUrl } from '../src/core/compiled.ts'
import type { StartedBy } from '../src/core/target-descriptor.ts'
import { resourcesOfTree } from '../src/services/index.ts'
import { type ServiceContext, startService } from '../src/target/index.ts'
import { accessTo, template } from './described.ts'
import { copyProgram } from './docker/images.ts'
import { harness, kill } from './harness-process.ts'
import { freePort } from './small-server.ts'
import { describeWithServices } from './require-service.ts'

const IMAGE = `doorbuster-test/node:${process.pid}`
const SERVICE = `require('node:http').createServer((request, response) => response.end(process.env.GREETING)).listen(80, () => console.log('up'))`
const SECRETS = { values: { TOKEN: 'hush-hush' }, redact: (text: string) => text.replaceAll('hush-hush', '***') }

const docker = (...words: string[]) => execFileSync('docker', words, { encoding: 'utf8' }).trim()

const start = (more: Partial<Extract<StartedBy, { by: 'image' }>> = {}): StartedBy => ({
  by: 'image',
  image: IMAGE,
  port: 80,
  env: { GREETING: template('{{env.TOKEN}}!') },
  command: ['/usr/bin/node', '-e', SERVICE],
  deadlineMs: 30_000,
  ready: { path: '/' },
  ...more,
})

let runs = 0
const context = (): ServiceContext => ({
  runId: `image-${process.pid}-${runs++}`,
  own: () => ({ started() {}, ended() {} }),
  resourcesOf: resourcesOfTree,
})

describeWithServices(['docker'], 'a service in a container', () => {
  beforeAll(() => {
    const root = mkdtempSync(join(tmpdir(), 'db-image-'))
    try {
      for (const folder of ['tmp', 'etc']) mkdirSync(join(root, folder))
      copyProgram(root, process.execPath, '/usr/bin/node')
      execFileSync('sh', ['-c', 'tar -C "$0" -c . | docker import - "$1"', root, IMAGE], { stdio: 'ignore' })
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  afterAll(() => {
    docker('image', 'rm', '--force', IMAGE)
  })

  it('answers on loopback, is measured, and is gone when it is disposed of', async () => {
    const port = await freePort()
    const access = accessTo(`http://127.0.0.1:${port}`, { secrets: SECRETS })
    const where = context()
    const service = await startService({ start: start(), stop: null, folder: '/' }, access, where)
    try {
      const container = `doorbuster-service-${where.runId}`
      expect(docker('port', container)).toBe(`80/tcp -> 127.0.0.1:${port}`)
      expect(await (await fetch(access.baseUrl)).text()).toBe('hush-hush!')
      // The engine may have words of its own before.
      expect(service.lastWords()).toMatch(/^up$/m)
      expect(service.resources()?.cpuSeconds).toBeGreaterThan(0)
    } finally {
      await service[Symbol.asyncDispose]()
      await access[Symbol.asyncDispose]()
    }
    expect(docker('ps', '--all', '--quiet', '--filter', `name=${where.runId}`)).toBe('')
  })

  it('is an error with its last words where it ends at once, and leaves nothing', async () => {
    const access = accessTo(`http://127.0.0.1:${await freePort()}`)
    const where = context()
    const command = ['/usr/bin/node', '-e', 'console.log("no shop today"); process.exit(3)']
    await expect(
      startService({ start: start({ env: {}, command }), stop: null, folder: '/' }, access, where),
    ).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/ended with exit code 3\n[^]*no shop today$/) as string,
    })
    expect(docker('ps', '--all', '--quiet', '--filter', `name=${where.runId}`)).toBe('')
  })

  it('does not outlive a harness that is killed', async () => {
    const module = JSON.stringify(compiledModuleUrl(import.meta.url, '../src/target/index.ts').href)
    const descriptor = { start: start({ env: {} }), stop: null, folder: '/' }
    const { runId } = context()
    const { child } = await harness(`
      const { openAccess, startService } = await import(${module})
      const secrets = { values: {}, redact: (text) => text }
      const access = openAccess({ url: ['http://127.0.0.1:${await freePort()}'], headers: [], tls: null, folder: '/' }, secrets)
      const own = () => ({ started() {}, ended() {} })
      await startService(${JSON.stringify(descriptor)}, access, { runId: '${runId}', own, resourcesOf: () => null })
      console.log('{}')`)
    const left = () => docker('ps', '--all', '--quiet', '--filter', `name=${runId}`)
    expect(left()).not.toBe('')
    await kill(child)
    for (let tries = 0; tries < 300 && left() !== ''; tries++) await sleep(100)
    expect(left()).toBe('')
  })
})

describe('a service in a container', () => {
  it('is refused where its port would be open to a network', async () => {
    const access = accessTo('http://192.0.2.1:8080')
    await expect(startService({ start: start(), stop: null, folder: '/' }, access, context())).rejects.toMatchObject({
      code: 'USAGE',
      message: 'start.image: the container is published on this machine alone, but url names 192.0.2.1',
    })
  })

  it('is an error of its own without an engine', async () => {
    const usual = process.env['DOCKER_HOST']
    process.env['DOCKER_HOST'] = 'unix:///nowhere/docker.sock'
    try {
      const access = accessTo('http://127.0.0.1:1')
      await expect(startService({ start: start(), stop: null, folder: '/' }, access, context())).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        message: expect.stringMatching(/^start\.image needs a Docker engine: /) as string,
      })
    } finally {
      if (usual === undefined) delete process.env['DOCKER_HOST']
      else process.env['DOCKER_HOST'] = usual
    }
  })
})
