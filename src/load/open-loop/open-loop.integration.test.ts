/** The engine with its real threads against servers of the test's own on the loopback. */
import { afterEach, describe, expect, it } from 'vitest'
import { operationAt } from '../../core/history.ts'
import type { Operation } from '../../core/operation.ts'
import type { StepPlan } from '../../core/scenario.ts'
import type { LoadEngineOptions, LoadProgress, RunningHistory, StartedLoadEngine, StepLoad } from '../load-engine.ts'
import type { TransportName } from '../transport/index.ts'
import { type Answer, type Asked, ByteServer, jsonAnswer } from '../transport/testing/byte-server.ts'
import { createOpenLoopEngine } from './index.ts'
import { evenPlan, planOf } from './testing/plans.ts'

const never = new AbortController().signal
const started: AsyncDisposable[] = []

afterEach(async () => {
  for (const thing of started.splice(0).reverse()) await thing[Symbol.asyncDispose]()
})

async function serve(answerOf: (asked: Asked) => Answer | null): Promise<ByteServer> {
  const server = await ByteServer.start(answerOf)
  started.push(server)
  return server
}

interface Options extends Partial<LoadEngineOptions> {
  readonly transport?: TransportName
}

async function startEngine(targetUrl: string, { transport, ...options }: Options = {}): Promise<StartedLoadEngine> {
  const settings = { ticks: { from: 'thread' as const, tickMs: 0.5 } }
  const engine = await createOpenLoopEngine(transport === undefined ? settings : { ...settings, transport }).start({
    targetUrl,
    maxInFlight: 64,
    timeoutMs: 1_000,
    originNs: process.hrtime.bigint(),
    peakRatePerSec: 1_000,
    ...options,
  })
  started.push(engine)
  return engine
}

const STEP = { requestIdPrefix: 'run-1-', signal: never }

function operationsOf({ history }: StepLoad): Operation[] {
  return Array.from({ length: history.length }, (_, row) => operationAt(history, row))
}

function outcomesOf(load: StepLoad): string[] {
  return operationsOf(load).map(({ outcome }) => ('code' in outcome ? `${outcome.kind} ${outcome.code}` : outcome.kind))
}

/** Buys are sold under an id made of their request's, reads show 5. */
function sellAll({ head }: Asked): Answer {
  const key = /^idempotency-key: (.+)$/im.exec(head)?.[1]
  return key === undefined ? jsonAnswer(200, { sku: 's', stock: 5 }) : jsonAnswer(201, { orderId: `order-of-${key}` })
}

/** Runs `plan` against a server that answers so. */
async function run(
  plan: StepPlan,
  answerOf: (asked: Asked) => Answer | null,
  options: Options = {},
): Promise<StepLoad> {
  const server = await serve(answerOf)
  const engine = await startEngine(server.url, options)
  return engine.runStep(plan, STEP)
}

describe.each(['sockets', 'undici'] as const)('the engine over %s', (transport) => {
  it.each([1, 2])('has every planned arrival in its history once, with %i workers', async (workers) => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url, { transport, workers, maxInFlight: 1_000, timeoutMs: 10_000 })
    expect(engine.workers).toBe(workers)
    server.asked.length = 0
    const load = await engine.runStep(evenPlan(1_000, 0.5, 5), STEP)
    expect(load).toMatchObject({ interrupted: false, notUnderstood: [] })
    const operations = operationsOf(load)
    expect(operations).toHaveLength(1_000)
    for (const [i, operation] of operations.entries()) {
      const isRead = i % 5 === 4
      expect(operation).toMatchObject(
        isRead
          ? { kind: 'read', userId: null, requestId: null, quantity: 0, outcome: { kind: 'shown', stock: 5 } }
          : {
              kind: 'buy',
              userId: `u${i}`,
              requestId: `run-1-${i}`,
              outcome: { kind: 'sold', orderId: `order-of-run-1-${i}` },
            },
      )
      expect(operation.scheduledAtNs).toBeCloseTo(load.startedAtNs + i * 0.5e6, -1)
      expect(operation.sentAtNs!).toBeGreaterThanOrEqual(operation.scheduledAtNs)
      expect(operation.completedAtNs!).toBeGreaterThan(operation.sentAtNs!)
    }
    const asked = server.asked.filter(({ head }) => head.startsWith('POST'))
    expect(new Set(asked.map(({ head }) => /idempotency-key: (.*)/i.exec(head)![1])).size).toBe(800)
    expect(asked).toHaveLength(800)
  })

  it('speaks the wire contract, under the base path of the target', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(`${server.url}/shop/`, { transport })
    server.asked.length = 0
    await engine.runStep(
      planOf([
        { atMs: 0, buy: 3, user: 9, quantity: 2 },
        { atMs: 20, buy: null },
      ]),
      STEP,
    )
    const buy = server.asked.find(({ head }) => head.startsWith('POST'))
    const read = server.asked.at(-1)
    expect(buy!.head).toMatch(/^POST \/shop\/v1\/sales\/sku-1\/orders HTTP\/1\.1\r\n/)
    expect(buy!.head).toMatch(/\r\nidempotency-key: run-1-3(\r\n|$)/i)
    expect(buy!.head).toMatch(/\r\ncontent-type: application\/json(\r\n|$)/i)
    expect(buy!.head).toMatch(/\r\nhost: 127\.0\.0\.1:\d+(\r\n|$)/i)
    expect(JSON.parse(buy!.body)).toStrictEqual({ userId: 'u9', quantity: 2 })
    expect(read!.head).toMatch(/^GET \/shop\/v1\/sales\/sku-1 HTTP\/1\.1\r\n/)
  })

  it('sends a double click twice at once, with one key, on two connections', async () => {
    const asked: Asked[] = []
    const answers: (() => void)[] = []
    const server = await serve((one) => {
      if (!one.head.startsWith('POST')) return sellAll(one)
      asked.push(one)
      return answers.length === 0 ? null : sellAll(one)
    })
    const engine = await startEngine(server.url, { transport, timeoutMs: 300 })
    const load = await engine.runStep(
      planOf([
        { atMs: 0, buy: 0 },
        { atMs: 0, buy: 0 },
      ]),
      STEP,
    )
    // Neither was answered, so that both were open at once.
    expect(outcomesOf(load)).toStrictEqual(['unknown TIMEOUT', 'unknown TIMEOUT'])
    expect(asked.map(({ head }) => /idempotency-key: (.*)/i.exec(head)![1])).toStrictEqual(['run-1-0', 'run-1-0'])
    expect(asked[0]!.connection).not.toBe(asked[1]!.connection)
    expect(operationsOf(load).map(({ requestId, attempt }) => [requestId, attempt])).toStrictEqual([
      ['run-1-0', 1],
      ['run-1-0', 1],
    ])
  })

  it('drops what would go beyond the bound, over all workers', async () => {
    const load = await run(evenPlan(40, 1), (asked) => (asked.head.startsWith('POST') ? null : sellAll(asked)), {
      transport,
      maxInFlight: 10,
      timeoutMs: 500,
      workers: 2,
    })
    const kinds = operationsOf(load).map(({ outcome }) => outcome.kind)
    expect(kinds.filter((kind) => kind === 'unknown')).toHaveLength(10)
    expect(kinds.filter((kind) => kind === 'dropped')).toHaveLength(30)
  })

  it('goes on after a timeout, on a new connection', async () => {
    const load = await run(
      planOf([
        { atMs: 0, buy: 0 },
        { atMs: 5_000, buy: 1 },
      ]),
      (asked) => (asked.head.includes('run-1-0') ? null : sellAll(asked)),
      { transport, timeoutMs: 2_000, maxInFlight: 1 },
    )
    expect(outcomesOf(load)).toStrictEqual(['unknown TIMEOUT', 'sold'])
    const [first] = operationsOf(load)
    expect(first!.completedAtNs! - first!.sentAtNs!).toBeGreaterThanOrEqual(2_000e6)
  })

  const ANSWER = 'HTTP/1.1 201 Created\r\nContent-Length: 17\r\n\r\n{"orderId":"o-1"}'
  const CHUNKED =
    'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ord\r\nc\r\nerId":"o-1"}\r\n0\r\n\r\n'
  const bytes = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text))
  it.each<[string, Answer, string]>([
    ['a byte at a time', { pieces: bytes(...ANSWER.split('')), afterwards: 'stay' }, 'sold'],
    ['chunks', { pieces: bytes(CHUNKED.slice(0, 60), CHUNKED.slice(60)), afterwards: 'stay' }, 'sold'],
    ['an interim answer before', { pieces: bytes(`HTTP/1.1 103 Hints\r\n\r\n${ANSWER}`), afterwards: 'stay' }, 'sold'],
    [
      'connection: close',
      { pieces: bytes(ANSWER.replace('Content', 'Connection: close\r\nContent')), afterwards: 'end' },
      'sold',
    ],
    [
      'the end of the connection as its end',
      { pieces: bytes('HTTP/1.1 201 X\r\n\r\n{"orderId":"o-1"}'), afterwards: 'end' },
      'sold',
    ],
    ['a reset before it', { pieces: [], afterwards: 'reset' }, 'unknown RESET'],
    ['a close before it', { pieces: [], afterwards: 'end' }, 'unknown RESET'],
    ['a reset in its body', { pieces: bytes(ANSWER.slice(0, -3)), afterwards: 'reset' }, 'unknown CUT_SHORT'],
    ['a close in its body', { pieces: bytes(ANSWER.slice(0, -3)), afterwards: 'end' }, 'unknown CUT_SHORT'],
    ['another protocol', { pieces: bytes('220 smtp ready\r\n'), afterwards: 'stay' }, 'unknown NOT_UNDERSTOOD'],
    ['a success without an order', jsonAnswer(201, {}), 'unknown NOT_UNDERSTOOD'],
    ['a redirect', jsonAnswer(302, {}), 'unknown HTTP_302'],
    ['sold out', jsonAnswer(409, { code: 'SOLD_OUT', effect: 'none' }), 'soldOut'],
    ['the limit', jsonAnswer(409, { code: 'LIMIT_EXCEEDED', effect: 'none' }), 'limitReached'],
    ['a busy server', jsonAnswer(503, { code: 'BUSY', effect: 'none' }), 'refused BUSY'],
    ['a failed server', jsonAnswer(500, { code: 'INTERNAL', effect: 'unknown' }), 'unknown INTERNAL'],
  ])('understands %s', async (_what, answer, outcome) => {
    const load = await run(evenPlan(4, 2), (asked) => (asked.head.startsWith('POST') ? answer : sellAll(asked)), {
      transport,
      maxInFlight: 8,
    })
    expect(outcomesOf(load)).toStrictEqual([outcome, outcome, outcome, outcome])
    expect(load.notUnderstood.length > 0).toBe(outcome.endsWith('NOT_UNDERSTOOD'))
  })

  it('says that the target is unreachable when nobody listens', async () => {
    const server = await serve(sellAll)
    const { url } = server
    await server[Symbol.asyncDispose]()
    const engine = await startEngine(url, { transport })
    await expect(engine.warmUp(engine.warmUps[0]!, { requestIdPrefix: 'w-', signal: never })).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
    })
  })

  it('ends the step when nothing but refused connects came for a second, and keeps what was measured', async () => {
    const server = await serve((asked) => {
      if (asked.head.includes('run-1-5\r')) setImmediate(() => void server[Symbol.asyncDispose]())
      return sellAll(asked)
    })
    const engine = await startEngine(server.url, { transport, maxInFlight: 4 })
    const load = await engine.runStep(evenPlan(1_000, 10), STEP)
    expect(load).toMatchObject({ interrupted: true, failure: { code: 'TARGET_UNREACHABLE' } })
    expect(outcomesOf(load)).toContain('sold')
    await expect(engine.runStep(evenPlan(10, 10), STEP)).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' })
  })

  it('keeps what was measured when it is aborted', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url, { transport, workers: 2, maxInFlight: 1_000, timeoutMs: 10_000 })
    const abort = new AbortController()
    const seen: LoadProgress[] = []
    const load = await engine.runStep(evenPlan(60_000, 1), {
      ...STEP,
      signal: abort.signal,
      onProgress: (progress) => {
        seen.push(progress)
        if (progress.completed > 100) abort.abort()
      },
    })
    expect(load.interrupted).toBe(true)
    const operations = operationsOf(load)
    expect(operations.length).toBeGreaterThan(100)
    expect(operations.length).toBeLessThan(60_000)
    const sold = operations.filter(({ outcome }) => outcome.kind === 'sold')
    const notSent = operations.filter(({ outcome }) => outcome.kind === 'dropped')
    expect(sold.length + notSent.length).toBe(operations.length)
    for (const { outcome } of notSent) expect(outcome).toStrictEqual({ kind: 'dropped', reason: 'INTERRUPTED' })
    expect(seen.at(-1)!.sent).toBe(sold.length)
    // Another step on the same engine is whole.
    expect(outcomesOf(await engine.runStep(evenPlan(20, 1), STEP))).toStrictEqual(
      Array.from({ length: 20 }, () => 'sold'),
    )
  })

  it('sends nothing when it was aborted before', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url, { transport })
    const load = await engine.runStep(evenPlan(100, 50), { ...STEP, signal: AbortSignal.abort() })
    expect(load).toMatchObject({ interrupted: true, history: { length: 0 } })
  })
})

describe('the engine', () => {
  it('warms up with buys and reads on every connection, and opens none in the steps', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url, { maxInFlight: 100, timeoutMs: 10_000 })
    await engine.warmUp(engine.warmUps[0]!, { requestIdPrefix: 'w-', signal: never })
    expect(new Set(server.asked.map(({ connection }) => connection)).size).toBe(100)
    expect(new Set(server.asked.map(({ head }) => head.slice(0, 4)))).toStrictEqual(new Set(['POST', 'GET ']))
    expect(server.asked.every(({ head }) => head.includes('/v1/sales/warm'))).toBe(true)
    const load = await engine.runStep(evenPlan(500, 1), STEP)
    const dropped = outcomesOf(load).filter((outcome) => outcome === 'dropped')
    expect(load.connections).toStrictEqual({ opened: 0, reused: 500 - dropped.length, reset: 0 })
    expect(server.connections).toBe(100)
  })

  it('leaves a connection before its server may close it', async () => {
    const server = await serve((asked) => {
      const answer = sellAll(asked)
      const text = answer.pieces[0]!.toString().replace('\r\n', '\r\nKeep-Alive: timeout=2\r\n')
      return { ...answer, pieces: [Buffer.from(text)] }
    })
    const engine = await startEngine(server.url, { maxInFlight: 1, timeoutMs: 10_000 })
    const load = await engine.runStep(evenPlan(3, 1_500), STEP)
    expect(outcomesOf(load)).toStrictEqual(['sold', 'sold', 'sold'])
    // Two seconds less a margin of one second: such a connection is not used again after one and a half.
    expect(load.connections.opened).toBe(2)
  })

  it('tells what it used', async () => {
    const load = await run(evenPlan(300, 1), sellAll)
    expect(load.generator.cpuSeconds).toBeGreaterThan(0)
    expect(load.generator.maxRssBytes).toBeGreaterThan(10_000_000)
    expect(load.generatorPauses.count).toBeGreaterThanOrEqual(0)
  })

  it('runs a step without arrivals', async () => {
    expect((await run(planOf([]), sellAll)).history.length).toBe(0)
  })
})

describe('buyers who ask again', () => {
  const plan: StepPlan = {
    ...evenPlan(400, 1),
    retries: { share: 1, delayMs: 40, mostAttempts: 3, seed: 5 },
  }

  it.each([1, 2])('are in the history once an attempt, in order of their moments, with %i workers', async (workers) => {
    const attempts = new Map<string, number>()
    const load = await run(
      plan,
      (asked) => {
        const key = /^idempotency-key: (.+)$/im.exec(asked.head)?.[1] ?? ''
        attempts.set(key, (attempts.get(key) ?? 0) + 1)
        return attempts.get(key) === 1 ? jsonAnswer(503, { code: 'BUSY', effect: 'none' }) : sellAll(asked)
      },
      { workers, maxInFlight: 512, timeoutMs: 10_000 },
    )
    const operations = operationsOf(load)
    const sold = operations.filter(({ outcome }) => outcome.kind === 'sold')
    // Those whose retry would have fallen due after the end of the step didn't ask.
    expect(sold.length).toBeGreaterThan(200)
    expect(operations).toHaveLength(400 + sold.length)
    for (const { requestId, attempt, outcome } of sold) {
      expect(attempt).toBe(2)
      expect(outcome).toEqual({ kind: 'sold', orderId: `order-of-${requestId}` })
    }
    const moments = operations.map(({ scheduledAtNs }) => scheduledAtNs)
    expect(moments).toEqual(moments.toSorted((a, b) => a - b))
  })
})

describe('a step that is watched', () => {
  it('shows each row whole once it is settled, and begins no sooner than it is told', async () => {
    const server = await serve(sellAll)
    const originNs = process.hrtime.bigint()
    // So much room and time that a slow moment drops none: a dropped row has no times.
    const engine = await startEngine(server.url, { originNs, maxInFlight: 1_000, timeoutMs: 10_000 })
    const notBeforeNs = Number(process.hrtime.bigint() - originNs) + 300e6
    let watched: RunningHistory | null = null
    let torn = 0
    let seen = 0
    const load = await engine.runStep(evenPlan(1_000, 1, 5), {
      ...STEP,
      notBeforeNs,
      onStart: (history) => (watched = history),
      onProgress: () => {
        const { columns, planned } = watched!
        for (let row = 0; row < planned; row++) {
          if (!watched!.isSettled(row)) continue
          seen++
          if (Number.isNaN(columns.sentAtNs[row]!) || Number.isNaN(columns.completedAtNs[row]!)) torn++
        }
      },
    })
    expect(load.startedAtNs).toBeGreaterThanOrEqual(notBeforeNs)
    expect(torn).toBe(0)
    expect(seen).toBeGreaterThan(0)
  })
})
