/** A killed harness: the next start leaves nothing of it, and touches nothing else. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { harness, kill } from '../../test/harness-process.ts'
import { describeWithServices } from '../../test/require-service.ts'
import { compiledModuleUrl } from '../core/compiled.ts'
import { cacheFolder } from './folders.ts'
import { acquireServices, sweepDeadRuns } from './index.ts'
import { isLeftOver, parsePostmasterSegment } from './owned/shared-memory.ts'
import { identityOf } from './owned/process-identity.ts'

const INDEX = compiledModuleUrl(import.meta.url, './index.ts').href
const RUN_FOLDER = compiledModuleUrl(import.meta.url, './owned/run-folder.ts').href
const NODE = basename(realpathSync(process.execPath))

/** A temporary folder of the test's own, so that no other run is seen. */
let scratch = ''
const usual = { TMPDIR: process.env['TMPDIR'], DOORBUSTER_CACHE_DIR: process.env['DOORBUSTER_CACHE_DIR'] }
const children: ChildProcess[] = []

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'db-'))
  // A Postgres that root starts runs as another user, who has to pass.
  chmodSync(scratch, 0o711)
  // But the usual cache, which may stand in the usual temporary folder.
  process.env['DOORBUSTER_CACHE_DIR'] = cacheFolder(process.env)
  process.env['TMPDIR'] = scratch
})

afterEach(() => {
  for (const [name, value] of Object.entries(usual)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(scratch, { recursive: true })
})

const uid = process.getuid?.() ?? 0
const runs = () => readdirSync(join(scratch, `doorbuster-${uid}`, 'runs'))

describeWithServices(['postgres', 'redis'], 'a killed run with servers', () => {
  it('is removed by the next start, servers and folders', async () => {
    const { child, line } = await harness(`
      const { acquireServices } = await import(${JSON.stringify(INDEX)})
      const services = await acquireServices({
        needs: ['postgres', 'redis'], mode: 'auto', runId: 'killed',
        settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
        env: { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined },
      })
      console.log(JSON.stringify({ postgres: services.postgres.url, redis: services.redis.url }))`)
    await kill(child)
    const left = runs()
    expect(left).toHaveLength(1)
    const owner = readOwner(left[0] ?? '')
    const pids = Object.values(owner.processes).map(({ identity }) => identity.pid)
    expect(pids).toHaveLength(2)
    expect(pids.map((pid) => identityOf(pid)).every((identity) => identity !== null)).toBe(true)
    expect(existsSync(String(line['redis']))).toBe(true)

    const services = await acquireServices({
      needs: [],
      mode: 'auto',
      runId: 'next',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      env: process.env,
    })
    await services[Symbol.asyncDispose]()
    expect(pids.map((pid) => identityOf(pid))).toEqual([null, null])
    expect(runs()).toEqual([])
  })

  it.runIf(process.platform === 'linux')(
    'leaves no shared memory either where its Postgres was killed too',
    async () => {
      const { child } = await harness(`
      const { acquireServices } = await import(${JSON.stringify(INDEX)})
      await acquireServices({
        needs: ['postgres'], mode: 'auto', runId: 'killed',
        settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
        env: { ...process.env, DATABASE_URL: undefined },
      })
      console.log('{}')`)
      const [run = ''] = runs()
      const pidFile = readFileSync(join(ownerPath(run), '..', 'postgres/data/postmaster.pid'), 'utf8')
      const segment = parsePostmasterSegment(pidFile) ?? { key: 0, id: 0 }
      const table = () => readFileSync('/proc/sysvipc/shm', 'utf8')
      await kill(child)
      process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL')
      await vi.waitUntil(() => isLeftOver(segment, table()), { timeout: 10_000, interval: 10 })
      expect(await sweepDeadRuns({})).toMatchObject({ runs: 1, problems: [] })
      expect(isLeftOver(segment, table())).toBe(false)
    },
  )

  it('takes its schema and its keys with it where the servers are somebody else’s', async () => {
    const theirs = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      runId: 'theirs',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      env: { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined },
    })
    try {
      const named = { DATABASE_URL: theirs.postgres?.url, REDIS_URL: theirs.redis?.url }
      const { child } = await harness(`
        const { acquireServices } = await import(${JSON.stringify(INDEX)})
        await acquireServices({
          needs: ['postgres', 'redis'], mode: 'external', runId: 'killed',
          settings: { synchronousCommit: 'on', appendfsync: 'everysec' }, env: ${JSON.stringify(named)},
        })
        console.log('{}')`)
      await kill(child)
      // Without the URLs there is no way to those servers: the note stays.
      expect(await sweepDeadRuns({})).toMatchObject({ runs: 0, problems: [] })
      expect(runs()).toHaveLength(2)
      expect(await sweepDeadRuns(named)).toMatchObject({ runs: 1, problems: [] })
      expect(runs()).toHaveLength(1)
      // Free again: it would be refused if it were still there.
      const again = await acquireServices({
        needs: ['postgres', 'redis'],
        mode: 'external',
        runId: 'killed',
        settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
        env: named,
      })
      await again[Symbol.asyncDispose]()
    } finally {
      await theirs[Symbol.asyncDispose]()
    }
  })
})

interface Owner {
  processes: Record<string, { identity: { pid: number; startedAt: string } }>
}

function readOwner(run: string): Owner {
  return JSON.parse(readFileSync(ownerPath(run), 'utf8')) as Owner
}

function ownerPath(run: string): string {
  return join(scratch, `doorbuster-${uid}`, 'runs', run, 'owner.json')
}

describe('a killed run', () => {
  const ownsProcess = (afterSpawn: string) => `
    const { RunFolder } = await import(${JSON.stringify(RUN_FOLDER)})
    const { spawn } = await import('node:child_process')
    const folder = RunFolder.make('killed')
    const owned = folder.own({ program: ${JSON.stringify(NODE)}, marker: folder.path + '/target' })
    const target = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', folder.path + '/target'],
      { stdio: 'ignore', detached: true })
    ${afterSpawn}
    console.log(JSON.stringify({ pid: target.pid }))`

  it.each([
    ['a process that was written down', 'owned.started(target.pid)'],
    ['a process that was started and not yet written down', ''],
  ])('loses %s', async (_what, afterSpawn) => {
    const { child, line } = await harness(ownsProcess(afterSpawn))
    const pid = Number(line['pid'])
    expect(await sweepDeadRuns({})).toEqual({ runs: 0, processes: 0, problems: [] })
    expect(identityOf(pid)).not.toBeNull()
    await kill(child)
    expect(await sweepDeadRuns({})).toEqual({ runs: 1, processes: 1, problems: [] })
    expect(identityOf(pid)).toBeNull()
    expect(runs()).toEqual([])
  })

  it('does not take along a process that has only got its number', async () => {
    const { child, line } = await harness(ownsProcess('owned.started(target.pid)'))
    const pid = Number(line['pid'])
    await kill(child)
    const run = runs()[0] ?? ''
    const owner = readOwner(run)
    for (const entry of Object.values(owner.processes)) entry.identity.startedAt = '1'
    writeFileSync(ownerPath(run), JSON.stringify(owner))
    try {
      expect(await sweepDeadRuns({})).toEqual({ runs: 1, processes: 0, problems: [] })
      expect(identityOf(pid)).not.toBeNull()
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  })

  it('that ends by an error instead leaves nothing even at once', async () => {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', `${ownsProcess('owned.started(target.pid)')}\nthrow new Error('planned')`],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    children.push(child)
    const ended = once(child, 'exit')
    await ended
    expect(runs()).toEqual([])
  })
})
