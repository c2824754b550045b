/**
 * A described service that the run starts: ready when it says so, measured, ended with all that it started itself, also
 * when the harness is killed; and never mistaken for another one that has its port.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compiledModuleUrl } from '../src/core/compiled.ts'
import type { StartedBy, TargetDescriptor } from '../src/core/target-descriptor.ts'
import { acquireServices, resourcesOfTree, type StartedServices } from '../src/services/index.ts'
import { type OpenedAccess, type ServiceContext, type StartedService, startService } from '../src/target/index.ts'
import { accessTo, command, template } from './described.ts'
import { harness, kill, lives, untilGone } from './harness-process.ts'
import { freePort, smallServer } from './small-server.ts'

/** Listens, after a moment, on PORT; answers 503 until then; writes down its own id and that of a child. */
const SERVICE = `
const { createServer } = require('node:http')
const { spawn } = require('node:child_process')
const { writeFileSync } = require('node:fs')
const child = spawn('sleep', ['600'], { stdio: 'ignore' })
let asked = 0
createServer((request, response) => response.writeHead(++asked < 3 ? 503 : 404).end()).listen(Number(process.env.PORT), '127.0.0.1', () => {
  writeFileSync('pids', process.pid + ' ' + child.pid)
  console.log('listening with ' + process.env.GREETING)
})
`
const SECRETS = { values: { TOKEN: 'hush-hush' }, redact: (text: string) => text.replaceAll('hush-hush', '***') }

let folder = ''
let services: StartedServices
let access: OpenedAccess
let port = 0
const started: StartedService[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'db-service-'))
  writeFileSync(join(folder, 'service.cjs'), SERVICE)
  services = await acquireServices({
    needs: [],
    mode: 'auto',
    settings: { synchronousCommit: 'off', appendfsync: 'no' },
    runId: `started-${process.pid}`,
    env: process.env,
  })
  port = await freePort()
  access = accessTo(`http://127.0.0.1:${port}`, { folder, secrets: SECRETS })
})

afterEach(async () => {
  for (const service of started.splice(0)) await service[Symbol.asyncDispose]()
  await access[Symbol.asyncDispose]()
  await services[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

type Command = Extract<StartedBy, { by: 'command' }>

function starting(text: Command['command'], more: Partial<Command> = {}): Command {
  const env = { PORT: [String(port)], GREETING: template('{{env.TOKEN}}') }
  return { by: 'command', ...command(text, { env }), ready: { path: '/healthz' }, ...more }
}

async function start(by: Command, stop: TargetDescriptor['stop'] = null): Promise<StartedService> {
  const context: ServiceContext = {
    runId: 'r1',
    own: (intent) => services.processes.own(intent),
    resourcesOf: resourcesOfTree,
  }
  const service = await startService({ start: by, stop, folder }, access, context)
  started.push(service)
  return service
}

function pids(): number[] {
  return readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number)
}

describe('a service that a command starts', () => {
  it('is ready when it answers below 500, and is gone with its children when it is disposed of', async () => {
    const service = await start(starting('node service.cjs'))
    expect(pids().every(lives)).toBe(true)
    expect(service.lastWords()).toBe('listening with ***')
    expect(service.hasEnded()).toBe(false)
    await service[Symbol.asyncDispose]()
    expect(pids().some(lives)).toBe(false)
    expect(service.hasEnded()).toBe(true)
    expect(service.resources()).toBeNull()
  })

  it('is ready when it takes a connection, where no path is given; a list is run without a shell', async () => {
    const service = await start(starting([process.execPath, 'service.cjs'], { ready: { path: null } }))
    // A connection is taken before the service hears that it listens, and writes its id down.
    await expect.poll(() => (existsSync(join(folder, 'pids')) ? pids()[0] : null)).toBe(service.pid)
  })

  it.runIf(process.platform === 'linux')('is measured with all of its processes', async () => {
    const service = await start(starting('node service.cjs & wait'))
    const { cpuSeconds, maxRssBytes } = service.resources()!
    expect(cpuSeconds).toBeGreaterThan(0)
    expect(maxRssBytes).toBeGreaterThan(20_000_000)
  })

  it('is ended by its own command, if it has one, and by force where that does not do it', async () => {
    const stop = command('touch stopped; kill $(cut -d" " -f1 pids)')
    const service = await start(starting('node service.cjs'), stop)
    await service[Symbol.asyncDispose]()
    expect(existsSync(join(folder, 'stopped'))).toBe(true)
    // Its child was in the same group.
    expect(await untilGone(pids())).toBe(true)
    const stubborn = await start(starting('node service.cjs'), command('exit 4'))
    started.pop()
    await expect(stubborn[Symbol.asyncDispose]()).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: 'stop: `exit 4` ended with exit code 4',
    })
    expect(await untilGone(pids())).toBe(true)
  })

  it('is killed with its children without being asked, and nothing is left to stop then', async () => {
    const polite = `trap 'touch asked' TERM; node service.cjs & wait`
    const service = await start(starting(polite), command('touch stopped'))
    await service.kill()
    expect(service.hasEnded()).toBe(true)
    expect(pids().some(lives)).toBe(false)
    await service[Symbol.asyncDispose]()
    expect(['asked', 'stopped'].filter((file) => existsSync(join(folder, file)))).toEqual([])
  })

  it('may leave by itself what its stop command ends', async () => {
    const stop = command('touch stopped; kill $(cat pids)')
    const service = await start(starting('node service.cjs > log 2>&1 &'), stop)
    expect([service.hasEnded(), service.resources()]).toEqual([false, null])
    expect(pids().every(lives)).toBe(true)
    await service[Symbol.asyncDispose]()
    expect(existsSync(join(folder, 'stopped'))).toBe(true)
    expect(await untilGone(pids())).toBe(true)
    await expect(start(starting('node service.cjs > log 2>&1 &'))).rejects.toThrow('ended with exit code 0')
  })

  it('has freed its port when it is disposed of, however late the daemon ends that its stop command ends', async () => {
    writeFileSync(join(folder, 'late.cjs'), `${SERVICE}process.on('SIGTERM', () => setTimeout(process.exit, 300))`)
    const stop = command('kill $(cat pids)')
    const service = await start(starting('setsid node late.cjs > log 2>&1 &'), stop)
    await service[Symbol.asyncDispose]()
    await (await start(starting('setsid node late.cjs > log 2>&1 &'), stop))[Symbol.asyncDispose]()
    expect(await untilGone(pids())).toBe(true)
  })

  it.each([
    [
      'echo cannot open hush-hush >&2; exit 3',
      'TARGET_FAILED',
      /^start: `echo .*`: ended with exit code 3\ncannot open \*\*\*$/,
    ],
    [
      ['no-such-program'],
      'TARGET_FAILED',
      /^start: `no-such-program`: could not be started: spawn no-such-program ENOENT$/,
    ],
    ['echo waiting; sleep 600', 'TARGET_TIMEOUT', /: not ready within 3 s: GET http.*ECONNREFUSED.*\nwaiting$/],
    ['kill -9 $$', 'TARGET_FAILED', /ended by SIGKILL$/],
  ])('is an error for %j', async (text, code, message) => {
    const deadlineMs = code === 'TARGET_TIMEOUT' ? 3_000 : 30_000
    await expect(start(starting(text, { deadlineMs }))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    })
  })

  it('is not started where somebody else has its port', async () => {
    const other = await smallServer((_, response) => void response.end())
    try {
      await access[Symbol.asyncDispose]()
      access = accessTo(other.url, { folder })
      await expect(start(starting('touch started'))).rejects.toMatchObject({
        code: 'TARGET_FAILED',
        message: `something listens at ${other.url} already, before the service was started`,
      })
      expect(existsSync(join(folder, 'started'))).toBe(false)
    } finally {
      await other[Symbol.asyncDispose]()
    }
  })

  it.each([null, command('touch stopped; kill $(cat pids)')])(
    'does not outlive a harness that is killed (stop: %j)',
    async (stop) => {
      const module = (path: string) => JSON.stringify(compiledModuleUrl(import.meta.url, `../src/${path}`).href)
      const by = starting(stop === null ? 'node service.cjs & wait' : 'setsid node service.cjs > log 2>&1 &')
      const descriptor = { start: by, stop, folder }
      const { child } = await harness(`
      const { openAccess, startService } = await import(${module('target/index.ts')})
      const secrets = { values: { TOKEN: 'x' }, redact: (text) => text }
      const access = openAccess({ url: ['http://127.0.0.1:${port}'], headers: [], tls: null, folder: '/' }, secrets)
      const own = () => ({ started() {}, ended() {} })
      const service = await startService(${JSON.stringify(descriptor)}, access, { runId: 'killed', own, resourcesOf: () => null })
      console.log(JSON.stringify({ pid: service.pid }))`)
      expect(pids().every(lives)).toBe(true)
      await kill(child)
      expect(await untilGone(pids())).toBe(true)
    },
  )
})

describe('a service that runs already', () => {
  it('is left as it is, but for its stop command', async () => {
    const context: ServiceContext = { runId: 'r1', own: () => ({ started() {}, ended() {} }), resourcesOf: () => null }
    const service = await startService({ start: null, stop: command('touch stopped'), folder }, access, context)
    expect(service.pid).toBeNull()
    expect(existsSync(join(folder, 'stopped'))).toBe(false)
    await service[Symbol.asyncDispose]()
    expect(existsSync(join(folder, 'stopped'))).toBe(true)
  })
})
