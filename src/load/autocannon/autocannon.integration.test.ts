/** The engine with its real thread and autocannon's real client, against servers of the test's own on the loopback. */
import { afterEach, describe, expect, it } from 'vitest'
import { operationAt } from '../../core/history.ts'
import type { Operation } from '../../core/operation.ts'
import type { Step, StepPlan } from '../../core/scenario.ts'
import type {
  DescribedTarget,
  LoadEngineOptions,
  LoadProgress,
  RunningHistory,
  StartedLoadEngine,
  StepLoad,
} from '../load-engine.ts'
import { evenPlan, planOf } from '../open-loop/testing/plans.ts'
import { protocolOf, request, rule } from '../protocol/testing/protocols.ts'
import { type Answer, type Asked, ByteServer, jsonAnswer } from '../transport/testing/byte-server.ts'
import { createAutocannonEngine } from './index.ts'

const never = new AbortController().signal
const started: AsyncDisposable[] = []
const STEP = { requestIdPrefix: 'run-1-', signal: never }

afterEach(async () => {
  for (const thing of started.splice(0).reverse()) await thing[Symbol.asyncDispose]()
})

async function serve(answerOf: (asked: Asked) => Answer | null): Promise<ByteServer> {
  const server = await ByteServer.start(answerOf)
  started.push(server)
  return server
}

async function startEngine(targetUrl: string, options: Partial<LoadEngineOptions> = {}): Promise<StartedLoadEngine> {
  const engine = await createAutocannonEngine().start({
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

/** `count` buys, each `readEvery`-th a read, for so many connections and so long. */
function closedPlan(count: number, step: Partial<Step>, readEvery = Infinity): StepPlan {
  const plan = evenPlan(count, 1, readEvery)
  return { ...plan, step: { ...plan.step, durationMs: 30_000, ...step } }
}

async function run(
  plan: StepPlan,
  answerOf: (asked: Asked) => Answer | null,
  options: Partial<LoadEngineOptions> = {},
): Promise<StepLoad> {
  const server = await serve(answerOf)
  return (await startEngine(server.url, options)).runStep(plan, STEP)
}

function operationsOf({ history }: StepLoad): Operation[] {
  return Array.from({ length: history.length }, (_, row) => operationAt(history, row))
}

function outcomesOf(load: StepLoad): string[] {
  return operationsOf(load).map(({ outcome }) => ('code' in outcome ? `${outcome.kind} ${outcome.code}` : outcome.kind))
}

function keyOf({ head }: Asked): string | undefined {
  return /^idempotency-key: (.+)$/im.exec(head)?.[1]
}

/** Buys are sold under an id made of their request's, reads show 5. */
function sellAll(asked: Asked): Answer {
  const key = keyOf(asked)
  return key === undefined ? jsonAnswer(200, { sku: 's', stock: 5 }) : jsonAnswer(201, { orderId: `order-of-${key}` })
}

/** Most requests that were in flight at one moment. */
function mostInFlight(operations: readonly Operation[]): number {
  const edges = operations.flatMap(({ sentAtNs, completedAtNs }) => [
    { atNs: sentAtNs!, change: 1 },
    { atNs: completedAtNs!, change: -1 },
  ])
  let inFlight = 0
  let most = 0
  for (const { change } of edges.toSorted((a, b) => a.atNs - b.atNs || a.change - b.change)) {
    inFlight += change
    most = Math.max(most, inFlight)
  }
  return most
}

describe('the closed model', () => {
  it('sends every row of the plan once, as its buyer, with a request id of its own, and no more at once than it has connections', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url)
    const load = await engine.runStep(closedPlan(2_000, { connections: 8 }, 5), STEP)
    expect(load).toMatchObject({ interrupted: false, failure: null, notUnderstood: [] })
    const operations = operationsOf(load)
    expect(operations).toHaveLength(2_000)
    for (const [i, operation] of operations.entries()) {
      const isRead = i % 5 === 4
      expect(operation).toMatchObject(
        isRead
          ? { kind: 'read', requestId: null, quantity: 0, outcome: { kind: 'shown', stock: 5 } }
          : { userId: `u${i}`, requestId: `run-1-${i}`, outcome: { kind: 'sold', orderId: `order-of-run-1-${i}` } },
      )
      expect(operation.scheduledAtNs).toBe(operation.sentAtNs)
      expect(operation.completedAtNs!).toBeGreaterThan(operation.sentAtNs!)
    }
    const buys = server.asked.filter(({ head }) => head.startsWith('POST'))
    expect(new Set(buys.map(keyOf)).size).toBe(1_600)
    expect(buys).toHaveLength(1_600)
    expect(mostInFlight(operations)).toBe(8)
    expect(load.connections).toEqual({ opened: 8, reused: 1_992, reset: 0 })
    expect(load.notes).toEqual([expect.stringContaining('all 2,000 planned requests were sent after')])
  })

  it('speaks the wire contract, under the base path of the target', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(`${server.url}/shop/`)
    const plan = planOf([
      { atMs: 0, buy: 3, user: 9, quantity: 2 },
      { atMs: 20, buy: null },
    ])
    await engine.runStep({ ...plan, step: { ...plan.step, durationMs: 5_000, connections: 1 } }, STEP)
    const [buy, read] = server.asked
    expect(buy!.head).toMatch(/^POST \/shop\/v1\/sales\/sku-1\/orders HTTP\/1\.1\r\n/)
    expect(buy!.head).toMatch(/\r\nidempotency-key: run-1-3(\r\n|$)/i)
    expect(buy!.head).toMatch(/\r\ncontent-type: application\/json(\r\n|$)/i)
    expect(buy!.head).toMatch(/\r\nhost: 127\.0\.0\.1:\d+(\r\n|$)/i)
    expect(JSON.parse(buy!.body)).toStrictEqual({ userId: 'u9', quantity: 2 })
    expect(read!.head).toMatch(/^GET \/shop\/v1\/sales\/sku-1 HTTP\/1\.1\r\n/)
  })

  it('asks for the SKU of each row', async () => {
    const requests = [0, 1, 1, 0].map((sale, buy) => ({ atMs: buy, buy, sale }))
    const server = await serve(sellAll)
    const plan = planOf(requests, ['red', 'blue'])
    const step = { ...plan.step, durationMs: 5_000, connections: 1 }
    await (await startEngine(server.url)).runStep({ ...plan, step }, STEP)
    expect(server.asked.map(({ head }) => /sales\/(\w+)/.exec(head)![1])).toEqual(['red', 'blue', 'blue', 'red'])
  })

  it('ends when its time is over: rows that it did not reach are in no history', async () => {
    const load = await run(closedPlan(500_000, { connections: 2, durationMs: 300 }), sellAll)
    expect(load.interrupted).toBe(false)
    const operations = operationsOf(load)
    expect(operations.length).toBeGreaterThan(10)
    expect(operations.length).toBeLessThan(500_000)
    expect(operations.every(({ outcome }) => outcome.kind === 'sold')).toBe(true)
    expect(Math.max(...operations.map(({ sentAtNs }) => sentAtNs!))).toBeLessThan(load.startedAtNs + 300e6)
  })

  it('takes as many connections as carry the rate at 10 ms each where the step names none, and says so', async () => {
    const load = await run(closedPlan(200, { arrivalRatePerSec: 1_200 }), sellAll)
    expect(load.connections.opened).toBe(12)
    expect(load.notes![0]).toBe(
      '12 connections: as many as carry 1,200/s at 10 ms a request, since the step names no number',
    )
    const bounded = await run(closedPlan(200, { arrivalRatePerSec: 1_200 }), sellAll, { maxInFlight: 5 })
    expect(bounded.connections.opened).toBe(5)
    expect(bounded.notes![0]).toContain('5 connections, as many as maxInFlight allows: 12 would carry')
  })

  it('asks nobody again, and says so', async () => {
    const plan = closedPlan(20, { connections: 2 })
    const retries = { share: 1, delayMs: 1, mostAttempts: 3, seed: 5 }
    const load = await run({ ...plan, retries }, () => jsonAnswer(503, { code: 'BUSY', effect: 'none' }))
    expect(outcomesOf(load)).toEqual(Array.from({ length: 20 }, () => 'refused BUSY'))
    expect(load.notes).toContain('closed model: buyers who are refused do not ask again here')
  })

  it('runs a step without arrivals', async () => {
    expect((await run(planOf([]), sellAll)).history.length).toBe(0)
  })
})

describe('what comes back', () => {
  const ANSWER = 'HTTP/1.1 201 Created\r\nContent-Length: 17\r\n\r\n{"orderId":"o-1"}'
  const CHUNKED =
    'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ord\r\nc\r\nerId":"o-1"}\r\n0\r\n\r\n'
  const bytes = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text))
  it.each<[string, Answer, string]>([
    ['a byte at a time', { pieces: bytes(...ANSWER.split('')), afterwards: 'stay' }, 'sold'],
    ['chunks', { pieces: bytes(CHUNKED.slice(0, 60), CHUNKED.slice(60)), afterwards: 'stay' }, 'sold'],
    ['an interim answer before', { pieces: bytes(`HTTP/1.1 103 Hints\r\n\r\n${ANSWER}`), afterwards: 'stay' }, 'sold'],
    ['an answer too many', { pieces: bytes(`${ANSWER}${ANSWER}`), afterwards: 'stay' }, 'sold'],
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
    ['a failed server', jsonAnswer(500, { code: 'INTERNAL', effect: 'unknown' }), 'unknown INTERNAL'],
    ['no answer', { pieces: [], afterwards: 'stay' }, 'unknown TIMEOUT'],
  ])('understands %s, and goes on', async (_what, answer, outcome) => {
    const timeoutMs = outcome.endsWith('TIMEOUT') ? 300 : 10_000
    const load = await run(closedPlan(6, { connections: 2 }), () => answer, { timeoutMs })
    expect(outcomesOf(load)).toStrictEqual(Array.from({ length: 6 }, () => outcome))
    expect(load.notUnderstood.length > 0).toBe(outcome.endsWith('NOT_UNDERSTOOD'))
  })

  it('is never given to another request, however connections end', async () => {
    const load = await run(closedPlan(600, { connections: 6 }), (asked) => {
      const whole = sellAll(asked).pieces[0]!
      switch (Number(keyOf(asked)!.slice('run-1-'.length)) % 4) {
        case 0:
          return { pieces: [whole.subarray(0, -4)], afterwards: 'end' }
        case 1:
          return { pieces: [whole.subarray(0, 30)], afterwards: 'reset' }
        case 2:
          return { pieces: [whole], afterwards: 'end' }
        default:
          return { pieces: [whole.subarray(0, 50), whole.subarray(50)], afterwards: 'stay' }
      }
    })
    const sold = operationsOf(load).filter(({ outcome }) => outcome.kind === 'sold')
    // Where a server ends a connection without a word, the request after it may meet the end.
    expect(sold.length).toBeGreaterThan(100)
    for (const { requestId, outcome } of sold)
      expect(outcome).toEqual({ kind: 'sold', orderId: `order-of-${requestId}` })
    expect(load.history.length).toBe(600)
  })

  it('is awaited until the timeout, to the millisecond', async () => {
    const load = await run(closedPlan(4, { connections: 2 }), () => null, { timeoutMs: 150 })
    for (const { sentAtNs, completedAtNs } of operationsOf(load)) {
      expect(completedAtNs! - sentAtNs!).toBeGreaterThanOrEqual(150e6)
    }
  })
})

describe('a target that is not there', () => {
  it('ends the run before the first request', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url)
    await server[Symbol.asyncDispose]()
    await expect(engine.runStep(closedPlan(10, { connections: 2 }), STEP)).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
    })
  })

  it('ends the step after a second of refused connects, none of which can have bought, and keeps what was measured', async () => {
    const server = await serve((asked) => {
      if (keyOf(asked) === 'run-1-50') setImmediate(() => void server[Symbol.asyncDispose]())
      return sellAll(asked)
    })
    const engine = await startEngine(server.url)
    const load = await engine.runStep(closedPlan(500_000, { connections: 4 }), STEP)
    expect(load).toMatchObject({ interrupted: true, failure: { code: 'TARGET_UNREACHABLE' } })
    const outcomes = outcomesOf(load)
    expect(outcomes).toContain('sold')
    expect(outcomes).toContain('refused CONNECT_REFUSED')
    // A refused connection waits before it asks again: a plan is not used up on a target that is down.
    expect(outcomes.filter((outcome) => outcome === 'refused CONNECT_REFUSED').length).toBeLessThan(100)
  })
})

describe('a run that is interrupted', () => {
  it('sends nothing more, awaits what is in flight, and runs the next step whole', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url)
    const abort = new AbortController()
    const seen: LoadProgress[] = []
    const load = await engine.runStep(closedPlan(500_000, { connections: 4 }), {
      ...STEP,
      signal: abort.signal,
      onProgress: (progress) => {
        seen.push(progress)
        if (progress.completed > 100) abort.abort()
      },
    })
    expect(load.interrupted).toBe(true)
    const outcomes = outcomesOf(load)
    expect(outcomes.length).toBeGreaterThan(100)
    expect(outcomes.every((outcome) => outcome === 'sold')).toBe(true)
    expect(seen.at(-1)).toMatchObject({ sent: outcomes.length, completed: outcomes.length, dropped: 0, inFlight: 0 })
    expect(outcomesOf(await engine.runStep(closedPlan(20, { connections: 2 }), STEP))).toHaveLength(20)
  })

  it('sends nothing when it was aborted before', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url)
    const load = await engine.runStep(closedPlan(100, { connections: 2 }), { ...STEP, signal: AbortSignal.abort() })
    expect(load).toMatchObject({ interrupted: true, history: { length: 0 } })
    expect(server.asked).toEqual([])
  })
})

describe('the engine', () => {
  it('is warmed up by buys and reads, on connections that are closed before the steps', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url, { maxInFlight: 20, timeoutMs: 10_000 })
    for (const plan of engine.warmUps) await engine.warmUp(plan, { requestIdPrefix: 'w-', signal: never })
    expect(new Set(server.asked.map(({ head }) => head.slice(0, 4)))).toStrictEqual(new Set(['POST', 'GET ']))
    expect(server.asked.every(({ head }) => head.includes('/v1/sales/warm'))).toBe(true)
    const load = await engine.runStep(closedPlan(50, { connections: 3 }), STEP)
    expect(load.connections.opened).toBe(3)
  })

  it('shows each row whole once it is settled, and begins no sooner than it is told', async () => {
    const server = await serve(sellAll)
    const originNs = process.hrtime.bigint()
    const engine = await startEngine(server.url, { originNs })
    const notBeforeNs = Number(process.hrtime.bigint() - originNs) + 300e6
    let watched: RunningHistory | null = null
    let torn = 0
    let seen = 0
    const load = await engine.runStep(closedPlan(500_000, { connections: 4, durationMs: 1_000 }), {
      ...STEP,
      notBeforeNs,
      onStart: (history) => (watched = history),
      onProgress: () => {
        const { columns, planned } = watched!
        for (let row = 0; row < planned && columns.scheduledAtNs[row]! <= watched!.nowNs(); row++) {
          if (!watched!.isSettled(row)) continue
          seen++
          if (Number.isNaN(columns.sentAtNs[row]!) || Number.isNaN(columns.completedAtNs[row]!)) torn++
        }
      },
    })
    expect(Math.min(...operationsOf(load).map(({ sentAtNs }) => sentAtNs!))).toBeGreaterThanOrEqual(notBeforeNs)
    expect(torn).toBe(0)
    expect(seen).toBeGreaterThan(0)
    expect(load.generator.cpuSeconds).toBeGreaterThan(0)
  })

  it('refuses a target that it can’t speak to', async () => {
    const poll = { request: SHOP.protocol.buy, everyMs: 1, deadlineMs: 1, outcomes: [] }
    const queued = { ...SHOP, protocol: { ...SHOP.protocol, poll } }
    await expect(startEngine('http://127.0.0.1:1', { described: queued })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('asks after no buy that was queued') as string,
    })
    await expect(startEngine('https://127.0.0.1:1')).rejects.toMatchObject({ code: 'USAGE' })
  })
})

/** A shop with a form, a secret and order numbers in a header. */
const SHOP: DescribedTarget = {
  protocol: protocolOf({
    buy: request('POST', '', {
      path: ['/cart?item=', { value: 'sku', as: 'url' }],
      headers: [{ name: 'content-type', value: ['application/x-www-form-urlencoded'] }],
      body: ['who=', { value: 'userId', as: 'url' }, '&id=', { value: 'requestId', as: 'url' }],
    }),
    outcomes: [rule(303, { kind: 'sold', orderId: { in: 'header', name: 'x-order' } }), rule(410, { kind: 'soldOut' })],
  }),
  headers: [{ name: 'authorization', value: ['Bearer ', { value: 'env.TOKEN', as: 'plain' }] }],
  identities: { userIdPrefix: 'shopper-', pool: null },
  secrets: { TOKEN: 'hush-hush' },
  tls: null,
}

describe('a described target', () => {
  it('is asked and understood as it is described, redirects not followed, secrets in no sample', async () => {
    const server = await serve(({ body }) => {
      const number = Number(/run-1-(\d+)/.exec(body)![1])
      const head = ['HTTP/1.1 303 X\r\nX-Order: no-', String(number), '\r\nLocation: /\r\nContent-Length: 0\r\n\r\n']
      if (number < 3) return { pieces: [Buffer.from(head.join(''))], afterwards: 'stay' }
      return number < 5 ? jsonAnswer(410, {}) : jsonAnswer(200, { echo: 'hush-hush' })
    })
    const engine = await startEngine(server.url, { described: SHOP })
    expect(engine.warmUps).toEqual([])
    const load = await engine.runStep(closedPlan(6, { connections: 2 }), STEP)
    expect(operationsOf(load).map(({ outcome }) => outcome)).toEqual([
      ...[0, 1, 2].map((number) => ({ kind: 'sold', orderId: `no-${number}` })),
      { kind: 'soldOut' },
      { kind: 'soldOut' },
      { kind: 'unknown', code: 'NO_RULE' },
    ])
    expect(load.notUnderstood).toEqual([expect.stringContaining('no rule fits the answer to a buy: 200')])
    expect(load.notUnderstood.join()).not.toContain('hush-hush')
    const first = server.asked.find(({ body }) => body.endsWith('run-1-0'))!
    expect(first.head).toMatch(/^POST \/cart\?item=sku-1 HTTP\/1\.1\r\n/)
    expect(first.head).toMatch(/\r\nauthorization: Bearer hush-hush(\r\n|$)/)
    expect(first.body).toBe('who=shopper-0&id=run-1-0')
  })

  it('is not asked at all where the plan can’t be spoken', async () => {
    const server = await serve(sellAll)
    const engine = await startEngine(server.url, { described: SHOP })
    await expect(engine.runStep(closedPlan(4, { connections: 1 }, 2), STEP)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('plans reads of the stock') as string,
    })
    expect(server.asked).toEqual([])
  })
})
