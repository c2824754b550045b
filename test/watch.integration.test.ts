/** `doorbuster watch` over real sales: one that was recorded, and one that a Redis stream tells of. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { acquireServices } from '../src/services/index.ts'
import { doorbuster, type Finished, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const BINARY = fileURLToPath(new URL('../bin/doorbuster.js', import.meta.url))
/** So long that on any machine all requests are answered. */
const TIMEOUT = ['--timeout', '30s']

interface Line {
  readonly op: string
  readonly completedAt?: number | null
  readonly outcome?: string
  readonly requestId?: string
  readonly stock?: number
}

/** A watch whose standard input stays open until the test ends it. */
function watching(args: readonly string[], cwd: string) {
  const child = spawn(process.execPath, [BINARY, 'watch', ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  const listeners = new Set<() => void>()
  child.stdout.on('data', (chunk) => void (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
    for (const listen of listeners) listen()
  })
  return {
    input: child.stdin,
    stderrOf: () => stderr,
    said: (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        const listen = (): void => {
          if (pattern.test(stderr)) resolve()
        }
        listeners.add(listen)
        listen()
      }),
    finished: once(child, 'close').then(([exitCode]): Finished => ({ exitCode: exitCode as number, stdout, stderr })),
  }
}

/** Where the units that buyers were told are theirs are more than there are: the number of lines until then. */
function linesUntilOversold(lines: readonly string[]): number {
  let left = 0
  const sold = new Set<string>()
  for (const [index, text] of lines.entries()) {
    const line = JSON.parse(text) as Line
    if (line.op === 'open') left = line.stock!
    if (line.outcome !== 'sold' || sold.has(line.requestId!)) continue
    sold.add(line.requestId!)
    if (--left < 0) return index + 1
  }
  throw new Error('it is not oversold')
}

describeWithServices(['postgres'], 'a recorded run of naive', () => {
  it('is told to be wrong when it becomes so, with the stream still open and nothing more in it', async () => {
    const cwd = temporaryFolder()
    const terms = ['--set', 'timeout=30s', '--stock', '100', '--duration', '3s', '--log', 'run.ndjson']
    const ran = await doorbuster(['run', 'smoke', '--strategy', 'naive', ...terms, '--out', 'run'], { cwd })
    expect(ran.exitCode).toBe(1)
    expectEventsOfRun(jsonLines(join(cwd, 'run.ndjson')))
    const exported = await doorbuster(['export', 'run'], { cwd })
    const lines = exported.stdout.trimEnd().split('\n')
    const paced = start(['export', 'run', '--pace'], { cwd })
    await paced.said(/note: watch it with --timeout 30000ms/)
    paced.kill('SIGINT')
    expect((await paced.finished).exitCode).toBe(130)
    const { input, said, finished } = watching([...TIMEOUT, '--out', 'found', '--log', 'events.ndjson'], cwd)
    input.write(lines.slice(0, linesUntilOversold(lines)).join('\n') + '\n')
    await said(
      /^step-1: OVERSOLD by 1 unit so far, by what buyers were told\n {2}user u\d+ \(request .*\n {2}\{"op":"buy"/m,
    )
    input.end()
    const { exitCode, stdout, stderr } = await finished
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^OVERSOLD by 1 unit\n/)
    const proofs = [...stderr.matchAll(/proof: npx doorbuster (.*)$/gm)].map(([, command]) => command!.split(' '))
    expect(proofs.length).toBeGreaterThan(0)
    for (const proof of proofs) expect((await doorbuster(proof, { cwd })).exitCode).toBe(1)
    const violations = jsonLines(join(cwd, 'found', 'violations.ndjson'))
    expect(violations[0]).toMatchObject({ check: 'no-oversell', sku: 'step-1', verifies: true, earlierLines: 0 })
    expect(readdirSync(join(cwd, 'found'))).toHaveLength(1 + violations.length)
    const events = jsonLines(join(cwd, 'events.ndjson'))
    expect(events[0]).toMatchObject({ level: 'info', eventType: 'watch_started', from: 'standard input' })
    expect(events.find(({ eventType }) => eventType === 'stock_oversell')).toMatchObject({
      level: 'error',
      sku: 'step-1',
      requestId: expect.any(String),
      userId: expect.stringMatching(/^u\d+$/),
      orderId: expect.any(String),
      verifies: true,
    })
    expect(events.at(-1)).toMatchObject({ eventType: 'watch_finished', verdict: 'wrong', exitCode: 1 })
  })
})

function expectEventsOfRun(events: readonly Record<string, unknown>[]): void {
  const types = events.map(({ eventType }) => eventType)
  expect(types.slice(0, 2)).toEqual(['run_started', 'step_started'])
  expect(types.slice(-2)).toEqual(['step_finished', 'run_finished'])
  expect(new Set(events.map(({ runId }) => runId)).size).toBe(1)
  const oversell = events.find(({ eventType, live }) => eventType === 'stock_oversell' && live === undefined)
  expect(oversell).toMatchObject({ level: 'error', check: 'no-oversell', step: 1, sku: 'step-1' })
  expect(events.length).toBeLessThan(60)
}

function jsonLines(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function startedRedis(): Promise<{ url: string; redis: Redis }> {
  const services = await acquireServices({
    needs: ['redis'],
    mode: 'auto',
    settings: { synchronousCommit: 'off', appendfsync: 'no' },
    runId: `watch-${process.pid}`,
    env: { ...process.env },
  })
  const { url } = services.redis!
  const redis = new Redis(url)
  onTestFinished(async () => {
    redis.disconnect()
    await services[Symbol.asyncDispose]()
  })
  return { url, redis }
}

it('a watch shows its figures to Prometheus, and how the sale stands', async () => {
  const cwd = temporaryFolder()
  const { input, said, stderrOf, finished } = watching(['--initial-stock', '1', '--metrics-port', '0'], cwd)
  const sold = { op: 'buy', sku: 'red-42', invokedAt: 0, completedAt: 5, outcome: 'sold' }
  await said(/metrics at http:\S+/)
  input.write(`${JSON.stringify({ op: 'buy', '\u001b[2J': 1 })}\n`)
  for (const requestId of ['r1', '\u001b[2J']) input.write(`${JSON.stringify({ ...sold, requestId })}\n`)
  await said(/red-42: OVERSOLD by 1 unit so far[^]*2 of 1 unit/)
  expect(stderrOf()).not.toContain('\u001b')
  const url = /metrics at (\S+),/.exec(stderrOf())![1]!
  const text = await metricsWith(url, 'doorbuster_sale_oversold_units{')
  expect(text).toMatch(/^doorbuster_sale_oversold_units\{.*sku="red-42".*\} 1$/m)
  expect(text).toMatch(/^doorbuster_watch_operations_total\{.*\} 2$/m)
  expect(text).toMatch(/^doorbuster_check_verdict\{.*check="no-oversell",verdict="fail".*\} 1$/m)
  input.end()
  expect((await finished).exitCode).toBe(1)
})

/** What is told once a second has come by then. */
async function metricsWith(url: string, text: string): Promise<string> {
  for (let looks = 0; looks < 100; looks++) {
    const answer = await (await fetch(url)).text()
    if (answer.includes(text)) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} never shows ${text}`)
}

describeWithServices(['redis'], 'a Redis stream', () => {
  it('is read in both forms, and on when its connection is cut; Ctrl-C ends a wrong sale with exit 1', async () => {
    const { url, redis } = await startedRedis()
    const key = `doorbuster-test:${process.pid}:operations`
    onTestFinished(() => void redis.del(key))
    await redis.xadd(key, '*', 'op', '{"op":"open","sku":"red-42","stock":1}')
    const sold = { op: 'buy', sku: 'red-42', userId: 'u1', completedAt: 5, outcome: 'sold' }
    await redis.xadd(
      key,
      '*',
      ...Object.entries({ ...sold, requestId: 'r1', invokedAt: 0 })
        .flat()
        .map(String),
    )
    const cwd = temporaryFolder()
    const watch = start(['watch', '--redis-stream', key, '--from', '0', ...TIMEOUT], {
      cwd,
      env: { REDIS_URL: url },
      ownGroup: true,
    })
    await watch.said(/watching the Redis stream/)
    const ids = await blockedClients(redis)
    for (const id of ids) await redis.client('KILL', 'ID', id)
    await watch.said(/lost .*trying again/)
    await redis.xadd(key, '*', 'op', JSON.stringify({ ...sold, requestId: 'r2', invokedAt: 1 }, null, 2))
    await watch.said(/red-42: OVERSOLD by 1 unit so far/)
    watch.kill('SIGINT')
    const { exitCode, stdout } = await watch.finished
    expect(stdout).toMatch(/^2 operations, .*ended by an interruption, evidence in results\//m)
    const [found] = readdirSync(join(cwd, 'results'))
    expect(jsonLines(join(cwd, 'results', found!, '001-no-oversell.ndjson'))).toHaveLength(3)
    expect(exitCode).toBe(1)
  })

  it('that tells of a right sale is interrupted with exit 130, and ends by itself with --for', async () => {
    const { url, redis } = await startedRedis()
    const key = `doorbuster-test:${process.pid}:right`
    onTestFinished(() => void redis.del(key))
    const line = { op: 'buy', requestId: 'r1', invokedAt: 0, completedAt: 5, outcome: 'sold' }
    await redis.xadd(key, '*', 'op', JSON.stringify(line))
    const args = ['watch', '--redis-stream', key, '--redis', url, '--from', '0', '--initial-stock', '1']
    const cwd = temporaryFolder()
    const ended = await doorbuster([...args, '--for', '3s', '--timeout', '200ms', '--json'], { cwd })
    const told = JSON.parse(ended.stdout) as { readonly operations: number; readonly unjudgedOperations: number }
    expect(told).toMatchObject({ schema: 'doorbuster.watch/1', endedBy: 'time' })
    // On a machine that is too busy to read the one line in that time, and to hear of nothing after it, nothing was judged.
    expect(ended.exitCode).toBe(told.operations === 1 && told.unjudgedOperations === 0 ? 0 : 4)
    expect((await doorbuster([...args, '--for', '30d'], { cwd })).exitCode).toBe(2)
    expect(existsSync(join(cwd, 'results'))).toBe(false)
    const watch = start(args, { cwd })
    await watch.said(/watching the Redis stream/)
    watch.kill('SIGINT')
    expect((await watch.finished).exitCode).toBe(130)
  })

  it('that is none is an error of the environment, and says so without the password', async () => {
    const { url, redis } = await startedRedis()
    const key = `doorbuster-test:${process.pid}:text`
    onTestFinished(() => void redis.del(key))
    await redis.set(key, 'text')
    const wrong = await doorbuster(['watch', '--redis-stream', key, '--redis', url, '--initial-stock', '1'])
    expect(wrong.exitCode).toBe(5)
    expect(wrong.stderr).toContain(`cannot read the stream "${key}"`)
    const gone = ['--redis', 'redis://:geheimnis@127.0.0.1:1/0', '--initial-stock', '1']
    const { exitCode, stderr } = await doorbuster(['watch', '--redis-stream', key, ...gone])
    expect(exitCode).toBe(5)
    expect(stderr).not.toContain('geheimnis')
  })
})

async function blockedClients(redis: Redis): Promise<string[]> {
  for (let looks = 0; looks < 600; looks++) {
    const list = String(await redis.client('LIST'))
    const ids = [...list.matchAll(/^id=(\d+) .*cmd=xread/gm)].map(([, id]) => id!)
    if (ids.length > 0) return ids
    await redis.ping()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nobody reads the stream')
}
