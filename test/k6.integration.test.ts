/** Runs that k6 drives, with the real k6: against real stores, and against small servers that do what a test wants. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import type { OutcomeRule, RuledOutcome } from '../src/core/buyer-protocol.ts'
import { compiledModuleUrl } from '../src/core/compiled.ts'
import { type HistoryColumns, operationAt } from '../src/core/history.ts'
import type { RunRecord } from '../src/core/run-record.ts'
import type { StepPlan } from '../src/core/scenario.ts'
import { createK6Engine } from '../src/load/k6/index.ts'
import type {
  DescribedTarget,
  LoadEngineOptions,
  LoadProgress,
  RunStepOptions,
  StepLoad,
} from '../src/load/load-engine.ts'
import { loadFigures } from '../src/load/step-figures.ts'
import { planStep } from '../src/scenario/index.ts'
import { buildScenario, type ScenarioParts } from '../src/scenario/testing/build-scenario.ts'
import { doorbuster, processesWith, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const SESSION_SHOP = fileURLToPath(new URL('../targets/external/session-shop/target.yaml', import.meta.url))
const SHORT = ['--duration', '3s', '--stock', '100', '--set', 'maxInFlight=100', '--set', 'timeout=5s']

async function run(args: readonly string[], cwd = temporaryFolder()) {
  const { exitCode, stdout, stderr } = await doorbuster(['run', ...args, '--engine', 'k6', '--json'], { cwd })
  if (stdout === '') throw new Error(`no record (exit ${exitCode}):\n${stderr}`)
  return { exitCode, record: JSON.parse(stdout) as RunRecord }
}

const verdictOf = ({ checks }: RunRecord, name: string): string => checks.find(({ check }) => check === name)!.verdict

describeWithServices(['k6', 'postgres'], 'a run with k6', () => {
  it('catches the strategy that is built wrong', async () => {
    // k6's gaps are even: orders overlap only where the rate leaves no room for one between two of them.
    const { exitCode, record } = await run(['smoke', '--strategy', 'naive', ...SHORT, '--rate', '3000'])
    expect(exitCode).toBe(1)
    expect(verdictOf(record, 'no-oversell')).toBe('fail')
    expect(record.engine).toMatchObject({ name: 'k6', model: 'open', workers: 1 })
    expect(record.engine.version).toMatch(/^v[12]\.\d+\.\d+/)
  })

  it.each([1, 2])('finds nothing wrong with the one that is built right, in %i process(es)', async (segments) => {
    const { exitCode, record } = await run([
      'smoke',
      '--strategy',
      'atomic-update',
      '--k6-segments',
      String(segments),
      ...SHORT,
    ])
    const failed = record.checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
    expect(failed).toEqual([])
    // A machine with other work may be too slow for the rate, which is no fault of the sale's.
    expect([0, 3, 4]).toContain(exitCode)
    expect(record.engine.workers).toBe(segments)
    const [step] = record.steps
    expect(step!.sales[0]!.sold).toBe(100)
    expect(step!.arrivals).toBe(planStep(record.scenario, 0).length)
    expect(step!.notes).toContain('k6 has no Poisson arrivals: they came at an even rate')
  })

  it('is interrupted by Ctrl-C, whatever k6 is at, and leaves no process', async () => {
    const cwd = temporaryFolder()
    const running = start(
      ['run', 'smoke', '--strategy', 'atomic-update', '--engine', 'k6', '--duration', '60s', '--set', 'maxInFlight=50'],
      { cwd, ownGroup: true },
    )
    await expect.poll(() => k6Processes(running.pid), { timeout: 30_000 }).toHaveLength(1)
    running.kill('SIGINT')
    const { exitCode } = await running.finished
    expect(exitCode).toBe(130)
    expect(k6Processes(running.pid)).toEqual([])
  })
})

describeWithServices([], 'a machine without k6', () => {
  it('is told how to get it, before anything is started', async () => {
    const { exitCode, stderr } = await doorbuster(['run', 'smoke', '--strategy', 'atomic-update', '--engine', 'k6'], {
      env: { K6_BINARY: '/nowhere/k6' },
    })
    expect(exitCode).toBe(5)
    expect(stderr).toMatch(/K6_BINARY names \/nowhere\/k6, which can't be run[^]*brew install k6[^]*go install/)
  })

  it.each([
    [['script', 'connections'], /the engine k6 keeps a rate/],
    [['script', 'smoke', '--target-url', 'http://u:p@shop/?a=1'], /without credentials, query and fragment/],
    [['manifest', 'connections', '--parallelism', '2', '--target-url', 'http://shop'], /the engine k6 keeps a rate/],
    [
      ['manifest', 'smoke', '--parallelism', '2', '--target-url', 'http://shop', '--target', SESSION_SHOP],
      /has a pool of buyers: files that the pods of a manifest don't have/,
    ],
    [
      [
        'manifest',
        'smoke',
        '--parallelism',
        '2',
        '--target-url',
        'http://shop',
        '--remote-write',
        'http://u:p@prometheus',
      ],
      /must hold no credentials/,
    ],
  ])('is told what k6 can’t be asked for: k6 %j', async (args, words) => {
    const { exitCode, stderr } = await doorbuster(['k6', ...args])
    expect(stderr).toMatch(words)
    expect(exitCode).toBe(2)
  })

  it('needs none for another engine, and segments are k6’s alone', async () => {
    const { exitCode, stderr } = await doorbuster(['run', 'smoke', '--strategy', 'atomic-update', '--k6-segments', '2'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--k6-segments is for --engine k6')
  })
})

describeWithServices(['k6'], 'the k6 engine', () => {
  it('sends each row of the plan once, with its ids, and records what came of it', async () => {
    const asked: Asked[] = []
    const url = await serve((request, response) => void answerSold(asked, request, response))
    const plan = planOf({
      buyers: { doubleClickShare: 0.2, readShare: 0.2, population: 50 },
      steps: [{ arrivalRatePerSec: 200 }],
    })
    const { history } = await drive(url, plan)
    expect(askedRows(asked)).toEqual(sentRows(plan, history))
    expect(history.length).toBe(plan.length)
    for (const { outcome, requestId, sentAtNs, completedAtNs, scheduledAtNs } of sentOf(history)) {
      expect(outcome).toEqual(
        requestId === null ? { kind: 'shown', stock: 7 } : { kind: 'sold', orderId: `order of ${requestId}` },
      )
      expect(sentAtNs!).toBeGreaterThanOrEqual(scheduledAtNs)
      expect(completedAtNs!).toBeGreaterThan(sentAtNs!)
    }
  })

  it('connects before the step: none of its requests has to', async () => {
    const paths = new Map<Socket, string[]>()
    const url = await serve(({ socket, url: path }, response) => {
      paths.set(socket, [...(paths.get(socket) ?? []), path!])
      response.writeHead(201).end('{"orderId":"o"}')
    })
    const { history } = await drive(url, planOf({ steps: [{ arrivalRatePerSec: 50 }] }), {}, { maxInFlight: 100 })
    expect(history.length).toBe(50)
    expect([...paths.values()].map(([first]) => first)).toEqual(Array.from({ length: 100 }, () => '/healthz'))
    expect([...paths.values()].flat()).toHaveLength(100 + sentOf(history).length)
  })

  it('keeps its clock with the run’s: a request is sent before it is met, and answered after', async () => {
    const metAtNs = new Map<string, number>()
    const originNs = process.hrtime.bigint()
    const url = await serve((request, response) => {
      metAtNs.set(request.headers['idempotency-key'] as string, Number(process.hrtime.bigint() - originNs))
      response.writeHead(201).end('{"orderId":"o"}')
    })
    const { history } = await drive(url, planOf({ steps: [{ arrivalRatePerSec: 100 }] }), {}, { originNs })
    const toleranceNs = 0.2e6
    for (const { requestId, sentAtNs, completedAtNs } of sentOf(history)) {
      expect(metAtNs.get(requestId!)!).toBeGreaterThan(sentAtNs! - toleranceNs)
      expect(metAtNs.get(requestId!)!).toBeLessThan(completedAtNs! + toleranceNs)
    }
  })

  it.each([2, 3])('shares the load among %i processes: no arrival is missing or doubled', async (segments) => {
    const asked: Asked[] = []
    const url = await serve((request, response) => void answerSold(asked, request, response))
    const plan = planOf({
      steps: [{ arrivalRatePerSec: 200, shape: { kind: 'ramp', fromRatePerSec: 100, toRatePerSec: 300 } }],
    })
    const { history, clockErrorMs } = await drive(url, plan, {}, {}, segments)
    expect(askedRows(asked)).toEqual(sentRows(plan, history))
    expect(new Set(operationsOf(history).map(({ requestId }) => requestId)).size).toBe(plan.length)
    expect([...history.scheduledAtNs]).toEqual([...history.scheduledAtNs].sort((a, b) => a - b))
    expect(clockErrorMs).toBeGreaterThan(0)
    expect(clockErrorMs).toBeLessThan(1)
  })

  it('tells while it runs, and gives up what has no answer', async () => {
    const url = await serve(() => {})
    const looks: LoadProgress[] = []
    let settled = 0
    const { history } = await drive(
      url,
      planOf({ steps: [{ arrivalRatePerSec: 50 }] }),
      {
        onProgress: (progress) => looks.push(progress),
        onStart: (running) => {
          settled = Array.from({ length: running.planned }, (_, row) => running.isSettled(row)).filter(Boolean).length
        },
      },
      { timeoutMs: 300 },
    )
    expect(settled).toBe(0)
    expect(looks.at(-1)).toMatchObject({ planned: 50, completed: 50 })
    expect(history.length).toBe(50)
    for (const { outcome } of sentOf(history)) expect(outcome).toEqual({ kind: 'unknown', code: 'TIMEOUT' })
  })

  it('finds a target saturated that holds all places in flight', async () => {
    const url = await serve((_request, response) => {
      setTimeout(() => response.writeHead(201).end('{"orderId":"o"}'), 400)
    })
    const plan = planOf({ steps: [{ arrivalRatePerSec: 200 }] })
    const { history, startedAtNs } = await drive(url, plan, {}, { maxInFlight: 10 })
    const figures = loadFigures(history, { step: plan.step, model: 'open', startedAtNs }, { timeoutMs: 2_000 })
    expect(history.length).toBe(plan.length)
    expect(figures.dropped).toBeGreaterThan(100)
    // What a k6 that waits for a processor doesn't begin has another name.
    expect(figures.errorCodes['IN_FLIGHT_BOUND']).toBeGreaterThan(50)
    expect(figures.saturated).toBe(true)
  })

  it('keeps what was measured when it is interrupted', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(201).end('{"orderId":"o"}')
    })
    const interruption = new AbortController()
    const onProgress = ({ sold }: LoadProgress): void => {
      if (sold > 10) interruption.abort()
    }
    const plan = planOf({ steps: [{ arrivalRatePerSec: 50, durationMs: 30_000 }] })
    const { history, interrupted, failure } = await drive(url, plan, { onProgress, signal: interruption.signal })
    expect(interrupted).toBe(true)
    expect(failure).toBeNull()
    const kinds = operationsOf(history).map(({ outcome }) => outcome.kind)
    expect(kinds.filter((kind) => kind === 'sold').length).toBeGreaterThan(10)
    expect(kinds.filter((kind) => kind !== 'sold' && kind !== 'unknown')).toEqual([])
  })

  it('ends with a harness that is killed while it sends', async () => {
    let met = 0
    const url = await serve((_request, response) => {
      met++
      response.writeHead(201).end('{"orderId":"o"}')
    })
    const engine = compiledModuleUrl(import.meta.url, '../src/load/k6/index.ts').href
    const plans = compiledModuleUrl(import.meta.url, '../src/load/open-loop/warm-up-plan.ts').href
    const harness = `
      const { createK6Engine } = await import('${engine}')
      const { warmUpPlans } = await import('${plans}')
      const [plan] = warmUpPlans(10, 50)
      plan.step = { ...plan.step, arrivalRatePerSec: plan.length / 60, durationMs: 60_000 }
      const originNs = process.hrtime.bigint()
      const options = { targetUrl: '${url}', maxInFlight: 10, timeoutMs: 1_000, originNs, peakRatePerSec: 50 }
      const engine = await createK6Engine({ segments: 1, env: process.env }).start(options)
      await engine.runStep(plan, { requestIdPrefix: 'r-', signal: new AbortController().signal })`
    // A file: flags of the command line would be those of its threads too.
    const file = join(temporaryFolder(), 'harness.mjs')
    writeFileSync(file, harness)
    const child = spawn(process.execPath, [file], { stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await expect.poll(() => met, { timeout: 30_000 }).toBeGreaterThan(20)
    const left = (): string[] => k6Processes(child.pid)
    const folders = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`doorbuster-k6-${child.pid}-`))
    expect(left()).toHaveLength(1)
    expect(folders()).toHaveLength(1)
    // A k6 that writes nothing any more notices nothing, either.
    for (const line of left()) process.kill(Number(line.split(' ')[0]), 'SIGSTOP')
    child.kill('SIGKILL')
    await expect.poll(left, { timeout: 10_000 }).toEqual([])
    await expect.poll(folders, { timeout: 10_000 }).toEqual([])
  })

  it('says that a target took no connection', async () => {
    const { failure, interrupted } = await drive(
      'http://127.0.0.1:1',
      planOf({ steps: [{ arrivalRatePerSec: 20, durationMs: 20_000 }] }),
    )
    expect(failure).toMatchObject({ code: 'TARGET_UNREACHABLE' })
    expect(interrupted).toBe(true)
  })

  it('keeps what came of a k6 that is killed, and says so', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(201).end('{"orderId":"o"}')
    })
    const onProgress = ({ sold }: LoadProgress): void => {
      if (sold > 10) for (const line of k6Processes()) process.kill(Number(line.split(' ')[0]), 'SIGKILL')
    }
    const load = await drive(url, planOf({ steps: [{ arrivalRatePerSec: 50, durationMs: 30_000 }] }), { onProgress })
    expect(load.failure).toMatchObject({ code: 'SERVICE_FAILED', exitReason: 'environment' })
    expect(load.failure!.message).toContain('SIGKILL')
    const kinds = operationsOf(load.history).map(({ outcome }) => outcome.kind)
    expect(kinds.filter((kind) => kind === 'sold').length).toBeGreaterThan(10)
    expect(kinds.length).toBeLessThan(1_500)
    expect(kinds.filter((kind) => kind !== 'sold' && kind !== 'unknown')).toEqual([])
  })

  it('is not led astray by settings of the user’s own', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(201).end('{"orderId":"o"}')
    })
    const env = { K6_VUS: '3', K6_DURATION: '1h', K6_ITERATIONS: '2', K6_LOG_OUTPUT: 'none', K6_STAGES: '1s:1' }
    const { history } = await drive(url, planOf({ steps: [{ arrivalRatePerSec: 50 }] }), {}, {}, 1, {
      ...process.env,
      ...env,
    })
    expect(history.length).toBe(50)
    for (const { outcome } of sentOf(history)) expect(outcome.kind).toBe('sold')
  })
})

describeWithServices(['k6'], 'a described target with k6', () => {
  it('is asked in its own form, by buyers with tokens of their own, and polled until it has decided', async () => {
    const asked: string[] = []
    const polls = new Map<string, number>()
    const url = await serve((request, response) => {
      void (async () => {
        let body = ''
        for await (const chunk of request) body += String(chunk)
        const poll = /^\/tickets\/(.+)$/.exec(request.url!)?.[1]
        if (poll === undefined) {
          asked.push(`${request.url} ${String(request.headers['x-key'])} ${request.headers['authorization']} ${body}`)
          const id = /id=([^&]+)/.exec(body)![1]!
          response.writeHead(202, { 'x-ticket': id }).end()
          return
        }
        const times = (polls.get(poll) ?? 0) + 1
        polls.set(poll, times)
        const outcome =
          times < 2 ? { state: 'waiting' } : { state: 'done', order: { no: 1_000 + Number(poll.split('-')[1]) } }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(outcome))
      })()
    })
    const plan = planOf({ buyers: { population: 3 }, steps: [{ arrivalRatePerSec: 30 }] })
    const { history } = await drive(url, plan, {}, { described: QUEUE_SHOP })
    const rows = sentOf(history).map(({ requestId, userId }) => {
      const user = userId!.slice(1)
      return `/buy/step-1?n=1 s3cret Bearer token+${user} id=${requestId}&user=%C3%A4${user}`
    })
    expect(history.length).toBe(plan.length)
    expect(asked.toSorted()).toEqual(rows.toSorted())
    for (const { requestId, outcome } of sentOf(history)) {
      expect(outcome).toEqual({ kind: 'sold', orderId: String(1_000 + Number(requestId!.slice('r-'.length))) })
    }
    expect([...new Set(polls.values())]).toEqual([2])
  })
})

const ticket = (value: string, as: 'plain' | 'url' | 'json-value' = 'plain') => ({ value, as })

/** Takes forms, wants a key and a token, decides later. */
const QUEUE_SHOP: DescribedTarget = {
  protocol: {
    buy: {
      method: 'POST',
      path: ['/buy/', ticket('sku', 'url'), '?n=', ticket('quantity', 'url')],
      headers: [
        { name: 'content-type', value: ['application/x-www-form-urlencoded'] },
        { name: 'authorization', value: ['Bearer ', ticket('buyer.token')] },
      ],
      body: ['id=', ticket('requestId', 'url'), '&user=', ticket('userId', 'url')],
    },
    outcomes: [ruleOf([{ from: 202, to: 202 }], [], { kind: 'queued', ticket: { in: 'header', name: 'x-ticket' } })],
    read: null,
    poll: {
      request: { method: 'GET', path: ['/tickets/', ticket('ticket', 'url')], headers: [], body: null },
      everyMs: 20,
      deadlineMs: 5_000,
      outcomes: [
        ruleOf(null, [{ at: { in: 'json', pointer: '/state' }, is: { oneOf: ['waiting'] } }], {
          kind: 'queued',
          ticket: null,
        }),
        ruleOf(null, [{ at: { in: 'json', pointer: '/state' }, is: { oneOf: ['done'] } }], {
          kind: 'sold',
          orderId: { in: 'json', pointer: '/order/no' },
        }),
      ],
    },
  },
  headers: [{ name: 'x-key', value: [ticket('env.SHOP_KEY')] }],
  identities: {
    userIdPrefix: 'ä',
    pool: [{ token: 'token+0' }, { token: 'token+1' }, { token: 'token+2' }],
  },
  secrets: { SHOP_KEY: 's3cret' },
  tls: null,
}

function ruleOf(status: OutcomeRule['status'], where: OutcomeRule['where'], conclusion: RuledOutcome): OutcomeRule {
  return Object.assign({ status, where, label: 'a rule' }, { then: conclusion })
}

describeWithServices(['k6'], 'the script that is printed', () => {
  it('opens the sale, sells it, and counts what buyers were told', async () => {
    const asked: Asked[] = []
    const opened: string[] = []
    const url = await serve((request, response) => {
      if (request.method === 'PUT') {
        opened.push(`${request.url} ${request.headers.authorization}`)
        response.writeHead(201).end()
      } else void answerSold(asked, request, response)
    })
    const folder = temporaryFolder()
    writeFileSync(
      join(folder, 'short.yaml'),
      'name: short\nsale: {stock: 20}\nbuyers: {reads: 20%}\nmaxInFlight: 100\nsteps: [{rate: 50, duration: 1s}]\n',
    )
    const { stdout, exitCode } = await doorbuster(['k6', 'script', 'short.yaml', '--target-url', url], { cwd: folder })
    expect(exitCode).toBe(0)
    writeFileSync(join(folder, 'short.js'), stdout)
    const k6 = process.env['K6_BINARY'] ?? 'k6'
    // The runner of these tests has a BASE_URL of its own.
    const { BASE_URL: _ofVite, ...withoutVite } = process.env
    const args = [
      'run',
      '--quiet',
      '--address',
      '',
      '--no-usage-report',
      '--summary-export',
      'summary.json',
      'short.js',
    ]
    await promisify(execFile)(k6, args, { cwd: folder, env: { ...withoutVite, ADMIN_TOKEN: 'secret' } })
    expect(opened).toEqual(['/v1/sales/step-1 Bearer secret'])
    const reads = asked.filter(({ requestId }) => requestId === null).length
    const { metrics } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as {
      metrics: Record<string, { count: number }>
    }
    expect(asked.length).toBeGreaterThan(25)
    expect(asked.length).toBeLessThanOrEqual(50)
    expect(metrics['sale_sold']!.count).toBe(asked.length - reads)
    expect(metrics['sale_shown']!.count).toBe(reads)
  })
})

interface Asked {
  readonly requestId: string | null
  readonly body: string
  readonly sku: string
}

async function answerSold(asked: Asked[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/healthz') {
    response.end()
    return
  }
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const requestId = (request.headers['idempotency-key'] as string | undefined) ?? null
  asked.push({ requestId, body, sku: request.url!.split('/')[3]! })
  if (requestId === null) response.writeHead(200).end('{"stock":7}')
  else response.writeHead(201).end(JSON.stringify({ orderId: `order of ${requestId}` }))
}

/** In an order of their own, since k6 sends several at once. */
function askedRows(asked: readonly Asked[]): string[] {
  return asked.map(({ requestId, body, sku }) => `${sku} ${requestId ?? 'read'} ${body}`).sort()
}

/** As planned, once each, but for those that the history calls dropped: a k6 that gets no processor for a while leaves some. */
function sentRows({ length, kind, buy, user, quantity, sales }: StepPlan, history: HistoryColumns): string[] {
  const rows = Array.from({ length }, (_, row) => {
    const { sku } = sales[0]!
    if (kind[row] === 1) return `${sku} read `
    return `${sku} r-${buy[row]} {"userId":"u${user[row]}","quantity":${quantity[row]}}`
  })
  for (const { sku, requestId, userId, quantity: units } of droppedOf(history)) {
    const row = requestId === null ? `${sku} read ` : `${sku} ${requestId} {"userId":"${userId}","quantity":${units}}`
    const at = rows.indexOf(row)
    if (at === -1) throw new Error(`dropped, and never planned: ${row}`)
    rows.splice(at, 1)
  }
  return rows.sort()
}

function planOf(parts: ScenarioParts): StepPlan {
  return planStep(buildScenario(parts), 0)
}

function operationsOf(history: HistoryColumns) {
  return Array.from({ length: history.length }, (_, row) => operationAt(history, row))
}

function droppedOf(history: HistoryColumns) {
  return operationsOf(history).filter(({ outcome }) => outcome.kind === 'dropped')
}

/** Most of what was planned, or nothing that is said of them says much. */
function sentOf(history: HistoryColumns) {
  const sent = operationsOf(history).filter(({ outcome }) => outcome.kind !== 'dropped')
  expect(sent.length).toBeGreaterThan(history.length / 2)
  return sent
}

async function serve(onRequest: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(onRequest)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function drive(
  targetUrl: string,
  plan: StepPlan,
  step: Partial<RunStepOptions> = {},
  load: Partial<LoadEngineOptions> = {},
  segments = 1,
  env: NodeJS.ProcessEnv = process.env,
): Promise<StepLoad> {
  const engine = await createK6Engine({ segments, env }).start({
    targetUrl,
    // Of a second's requests, so that a stall of the server drops none.
    maxInFlight: 200,
    timeoutMs: 10_000,
    originNs: process.hrtime.bigint(),
    peakRatePerSec: 200,
    ...load,
  })
  try {
    return await engine.runStep(plan, { requestIdPrefix: 'r-', signal: new AbortController().signal, ...step })
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

/** Those that engines in this process, or in another, started: the name of their folder has its id. */
function k6Processes(harness: number = process.pid): string[] {
  return processesWith(`doorbuster-k6-${harness}-`).filter((line) => line.includes('k6 run'))
}
