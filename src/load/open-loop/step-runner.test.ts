import { describe, expect, it } from 'vitest'
import { operationAt } from '../../core/history.ts'
import { retryDelayNs } from '../../core/retries.ts'
import type { Operation } from '../../core/operation.ts'
import type { StepPlan } from '../../core/scenario.ts'
import { AnswerSamples } from '../answer-samples.ts'
import type { DescribedTarget } from '../load-engine.ts'
import { describedOf, request, rule } from '../protocol/testing/protocols.ts'
import { CodeTable } from './code-table.ts'
import { createContractConversation } from './contract-conversation.ts'
import { createDescribedConversation } from './described-conversation.ts'
import { OrderIdWriter } from './order-id-arena.ts'
import { PollQueue } from './poll-queue.ts'
import { RetryQueue, roomForRetries } from './retry-queue.ts'
import { SharedState } from './shared-state.ts'
import { stepHistory } from './step-history.ts'
import { createStepMemory, schedule } from './step-memory.ts'
import { StepRunner } from './step-runner.ts'
import { evenPlan, planOf } from './testing/plans.ts'
import { ScriptedTransport } from './testing/scripted-transport.ts'

const MS = 1e6
const ORDER = { orderId: 'o-1' }

/** A runner on a clock that the test moves, a step that starts at 1,000 ms. */
function begin(
  plan: StepPlan,
  options: { maxInFlight?: number; timeoutMs?: number; described?: DescribedTarget } = {},
) {
  const transport = new ScriptedTransport()
  const state = new SharedState(1)
  state.clear()
  const room = plan.retries ? roomForRetries(plan.retries, plan.buy, plan.length, null) : 0
  const memory = createStepMemory(plan, room)
  const retryRows = { from: plan.length, end: plan.length + room }
  const retries = plan.retries ? new RetryQueue(memory, plan.retries, retryRows) : null
  const startedAtNs = 1_000 * MS
  schedule(memory, plan, startedAtNs)
  let nowNs = startedAtNs
  let done = false
  const afterReading: (() => void)[] = []
  const codes = new CodeTable(0)
  const orderIds = new OrderIdWriter(() => state.nextChunkNumber())
  const samples = new AnswerSamples()
  const { described } = options
  const skus = plan.sales.map(({ sku }) => sku)
  const talk = { memory, transport, basePath: '', origin: '', skus, requestIdPrefix: 'r-', samples }
  const poll = described?.protocol.poll ?? null
  const runner = new StepRunner({
    memory,
    rows: null,
    planned: plan.length,
    retries,
    polls: poll === null ? null : new PollQueue(poll),
    conversation: described ? createDescribedConversation({ ...talk, described }) : createContractConversation(talk),
    transport,
    samples,
    state,
    workerIndex: 0,
    codes,
    orderIds,
    maxInFlight: options.maxInFlight ?? 1_024,
    timeoutMs: options.timeoutMs ?? 2_000,
    now: () => nowNs,
    afterReading: (then) => afterReading.push(then),
    onDone: () => (done = true),
  })
  transport.sink = runner
  runner.start(startedAtNs + plan.step.durationMs * MS)
  return {
    runner,
    transport,
    state,
    samples,
    afterReading,
    isDone: (): boolean => done,
    nextDueMs: (): number => state.nextDueNs[0]! / MS - 1_000,
    /** Lets time go to `atMs` of the step without a tick. */
    goTo: (atMs: number): void => void (nowNs = (1_000 + atMs) * MS),
    tickAt: (atMs: number): void => {
      nowNs = (1_000 + atMs) * MS
      runner.tick()
      runner.sweep()
    },
    operations: (): Operation[] => {
      const report = {
        reached: runner.reached,
        retriesLeft: runner.retriesLeft,
        unreachable: null,
        chunks: orderIds.chunks,
        addedCodes: codes.added,
        notUnderstood: [],
        connections: { opened: 0, reused: 0, reset: 0 },
        cpuSeconds: null,
        pauses: { count: 0, totalMs: 0, maxMs: 0 },
      }
      const history = stepHistory(plan, memory, { requestIdPrefix: 'r-' }, [
        { rows: null, report, retryRows: retries && retryRows },
      ])
      return Array.from({ length: history.length }, (_, row) => operationAt(history, row))
    },
  }
}

describe('a step runner', () => {
  it('sends each request to the sale that it was planned for', () => {
    const requests = [0, 1, 1, 0].map((sale, row) => ({ atMs: row, buy: row === 2 ? null : row, sale }))
    const step = begin(planOf(requests, ['cherry', 'lemon']))
    step.tickAt(3)
    expect(step.transport.sent.map(({ sale }) => sale)).toStrictEqual([0, 1, 1, 0])
    step.transport.answer(1, 409, '{"code":"SOLD_OUT"}')
    expect(step.operations().map(({ sku }) => sku)).toStrictEqual(['cherry', 'lemon', 'lemon', 'cherry'])
  })

  it('sends what is due, and nothing before it is', () => {
    const step = begin(evenPlan(4, 10))
    expect(step.nextDueMs()).toBe(0)
    step.tickAt(9.99)
    expect(step.transport.openTickets).toStrictEqual([0])
    expect(step.nextDueMs()).toBe(10)
    step.tickAt(20)
    expect(step.transport.openTickets).toStrictEqual([0, 1, 2])
    step.tickAt(30)
    expect(step.transport.openTickets).toStrictEqual([0, 1, 2, 3])
    expect(step.nextDueMs()).toBe(Infinity)
  })

  it('does not wait for answers, and is done with the last of them', () => {
    const step = begin(evenPlan(3, 1))
    step.tickAt(2)
    expect(step.isDone()).toBe(false)
    for (const ticket of [2, 0, 1]) step.transport.answer(ticket, 201, ORDER)
    expect(step.isDone()).toBe(true)
    expect(step.state.inFlight).toBe(0)
  })

  it('is done at once when nothing is planned', () => {
    expect(begin(planOf([])).isDone()).toBe(true)
  })

  it('sends what fell due while an answer was read, without another tick', () => {
    const step = begin(evenPlan(2, 10))
    step.tickAt(0)
    step.goTo(9)
    step.transport.answer(0, 201, ORDER)
    expect(step.transport.sent).toHaveLength(1)
    const other = begin(evenPlan(2, 10))
    other.tickAt(0)
    other.goTo(11)
    other.transport.answer(0, 201, ORDER)
    expect(other.transport.sent).toHaveLength(2)
  })

  it('reads answers between bursts, so that its own lateness is not taken for a full target', () => {
    const step = begin(evenPlan(100, 0.01), { maxInFlight: 70 })
    step.tickAt(500)
    expect(step.transport.openTickets).toHaveLength(64)
    for (const ticket of step.transport.openTickets) step.transport.answer(ticket, 201, ORDER)
    expect(step.afterReading).toHaveLength(1)
    step.afterReading.pop()!()
    for (const ticket of step.transport.openTickets) step.transport.answer(ticket, 201, ORDER)
    expect(step.isDone()).toBe(true)
    expect(step.operations().filter(({ outcome }) => outcome.kind === 'dropped')).toHaveLength(0)
  })

  it('drops what would go beyond the bound, and records it', () => {
    const step = begin(evenPlan(4, 1), { maxInFlight: 2 })
    step.tickAt(2)
    step.transport.answer(0, 201, ORDER)
    step.tickAt(3)
    for (const ticket of step.transport.openTickets) step.transport.answer(ticket, 201, ORDER)
    const operations = step.operations()
    expect(operations.map(({ outcome }) => outcome.kind)).toStrictEqual(['sold', 'sold', 'dropped', 'sold'])
    expect(operations[2]).toMatchObject({
      outcome: { kind: 'dropped', reason: 'IN_FLIGHT_BOUND' },
      sentAtNs: null,
      completedAtNs: null,
    })
    expect(step.isDone()).toBe(true)
  })

  it('sends both halves of a double click at once, with one key and one body', () => {
    const step = begin(
      planOf([
        { atMs: 5, buy: 7, user: 3, quantity: 2 },
        { atMs: 5, buy: 7, user: 3, quantity: 2 },
      ]),
    )
    step.tickAt(5)
    const [first, second] = step.transport.sent
    expect(first).toMatchObject({ key: 'r-7', body: '{"userId":"u3","quantity":2}' })
    expect(second).toMatchObject({ key: first!.key, body: first!.body })
  })

  it('records each outcome with its moments', () => {
    const step = begin(
      planOf([
        { atMs: 0, buy: 0 },
        { atMs: 0, buy: 1 },
        { atMs: 0, buy: 2 },
        { atMs: 0, buy: null },
        { atMs: 0, buy: 3 },
        { atMs: 0, buy: 4 },
      ]),
    )
    step.tickAt(1)
    step.goTo(4)
    step.transport.answer(0, 201, { orderId: 'order-a' })
    step.transport.answer(1, 409, { code: 'SOLD_OUT', effect: 'none' })
    step.transport.answer(2, 503, { code: 'SLOW_DOWN', effect: 'none' })
    step.transport.answer(3, 200, { stock: -2 })
    step.transport.fail(4, 'CONNECT_REFUSED')
    step.transport.fail(5, 'RESET')
    const operations = step.operations()
    expect(operations.map(({ outcome }) => outcome)).toStrictEqual([
      { kind: 'sold', orderId: 'order-a' },
      { kind: 'soldOut' },
      { kind: 'refused', code: 'SLOW_DOWN' },
      { kind: 'shown', stock: -2 },
      { kind: 'refused', code: 'CONNECT_REFUSED' },
      { kind: 'unknown', code: 'RESET' },
    ])
    expect(operations.map(({ scheduledAtNs }) => scheduledAtNs / MS)).toStrictEqual([
      1000, 1000, 1000, 1000, 1000, 1000,
    ])
    expect(operations.map(({ sentAtNs }) => sentAtNs! / MS)).toStrictEqual([1001, 1001, 1001, 1001, 1001, 1001])
    // No answer came to the last.
    expect(operations.map(({ completedAtNs }) => completedAtNs && completedAtNs / MS)).toStrictEqual([
      1004,
      1004,
      1004,
      1004,
      1004,
      null,
    ])
  })

  it('gives up what was not answered in time, counted from when it was sent', () => {
    const step = begin(evenPlan(2, 10), { timeoutMs: 100 })
    step.tickAt(3)
    step.tickAt(13)
    step.tickAt(103)
    expect(step.transport.openTickets).toStrictEqual([0, 1])
    step.tickAt(104)
    expect(step.transport.openTickets).toStrictEqual([1])
    step.tickAt(120)
    expect(step.isDone()).toBe(true)
    const [first] = step.operations()
    expect(first!.outcome).toStrictEqual({ kind: 'unknown', code: 'TIMEOUT' })
    expect(first!.completedAtNs).toBe(1_104 * MS)
  })

  it('stops: sends nothing more, awaits what is in flight, and knows nothing of the rest', () => {
    const step = begin(evenPlan(10, 1))
    step.tickAt(3)
    step.runner.stop()
    step.tickAt(9)
    expect(step.transport.sent).toHaveLength(4)
    expect(step.isDone()).toBe(false)
    for (const ticket of step.transport.openTickets) step.transport.answer(ticket, 201, ORDER)
    expect(step.isDone()).toBe(true)
    expect(step.operations()).toHaveLength(4)
  })

  it('counts the target as unreachable after one second of nothing but refused connects', () => {
    const refuseFor = (ms: number, answerAtMs: number | null): string | null => {
      const step = begin(evenPlan(21, 100))
      for (let atMs = 0; atMs <= ms && !step.isDone(); atMs += 100) {
        step.tickAt(atMs)
        const [ticket] = step.transport.openTickets
        if (ticket === undefined) continue
        if (atMs === answerAtMs) step.transport.answer(ticket, 503, {})
        else step.transport.fail(ticket, 'CONNECT_REFUSED')
      }
      return step.runner.unreachable
    }
    expect(refuseFor(900, null)).toBeNull()
    expect(refuseFor(1_000, null)).toBe('as scripted')
    expect(refuseFor(1_400, 500)).toBeNull()
    expect(refuseFor(1_600, 500)).toBe('as scripted')
  })

  it('keeps a short sample of what it did not understand, once', () => {
    const step = begin(evenPlan(2, 1))
    step.tickAt(1)
    step.transport.answer(0, 201, { status: 'x'.repeat(1_000) })
    step.transport.answer(1, 201, { status: 'x'.repeat(1_000) })
    expect(step.samples.kept).toHaveLength(1)
    expect(step.samples.kept[0]).toMatch(/^201 \{"status":"x+$/)
    expect(step.samples.kept[0]!.length).toBeLessThanOrEqual(200)
  })
})

describe('a step whose buyers ask again', () => {
  const RETRIES = { share: 1, delayMs: 100, mostAttempts: 3, seed: 1 }
  const BUSY = { code: 'BUSY', effect: 'none' }
  const retrying = (requests: Parameters<typeof planOf>[0], changes: Partial<typeof RETRIES> = {}) =>
    begin({ ...planOf([...requests, { atMs: 1_000, buy: null }]), retries: { ...RETRIES, ...changes } })
  const dueMs = (buy: number, attempt: number): number => retryDelayNs(RETRIES, buy, attempt) / MS

  it('sends the same request again when it falls due, as a further attempt', () => {
    const step = retrying([{ atMs: 0, buy: 7, user: 3, quantity: 2 }])
    step.tickAt(0)
    step.goTo(4)
    step.transport.answer(0, 503, BUSY)
    expect(step.nextDueMs()).toBeCloseTo(4 + dueMs(7, 1), 6)
    step.tickAt(3 + dueMs(7, 1))
    expect(step.transport.sent).toHaveLength(1)
    step.tickAt(4 + dueMs(7, 1))
    const [first, again] = step.transport.sent
    expect(again).toMatchObject({ key: first!.key, body: first!.body })
    step.transport.answer(again!.ticket, 201, ORDER)
    step.tickAt(1_000)
    step.transport.answer(1, 200, { stock: 1 })
    expect(step.isDone()).toBe(true)
    const operations = step.operations()
    expect(operations.map(({ kind, attempt, outcome }) => [kind, attempt, outcome.kind])).toEqual([
      ['buy', 1, 'refused'],
      ['buy', 2, 'sold'],
      ['read', 1, 'shown'],
    ])
    expect(operations[1]).toMatchObject({ requestId: 'r-7', userId: 'u3', quantity: 2 })
    expect(operations[1]!.scheduledAtNs / MS - 1_000).toBeCloseTo(4 + dueMs(7, 1), 6)
  })

  it('asks again for the same SKU', () => {
    const plan = planOf(
      [
        { atMs: 0, buy: 7, sale: 1 },
        { atMs: 1_000, buy: null },
      ],
      ['cherry', 'lemon'],
    )
    const step = begin({ ...plan, retries: RETRIES })
    step.tickAt(0)
    step.transport.answer(0, 503, BUSY)
    step.tickAt(1_000)
    expect(step.transport.sent.map(({ sale }) => sale)).toEqual([1, 1, 0])
    step.transport.answer(2, 503, BUSY)
    expect(step.operations().map(({ sku }) => sku)).toEqual(['lemon', 'lemon', 'cherry'])
  })

  it('ends a buyer with the last attempt, and the step with the last answer', () => {
    const step = retrying([{ atMs: 0, buy: 0 }])
    for (const atMs of [0, 200, 400, 600, 800]) {
      step.tickAt(atMs)
      for (const ticket of step.transport.openTickets) step.transport.fail(ticket, 'CONNECT_TIMEOUT')
    }
    expect(step.transport.sent).toHaveLength(3)
    expect(step.isDone()).toBe(false)
    step.tickAt(1_000)
    step.transport.answer(1, 200, { stock: 1 })
    expect(step.isDone()).toBe(true)
    expect(step.operations().map(({ attempt }) => attempt)).toEqual([1, 2, 3, 1])
  })

  it('asks nobody again who has an answer for good', () => {
    const step = retrying([
      { atMs: 0, buy: 0 },
      { atMs: 0, buy: 1 },
      { atMs: 0, buy: 2 },
      { atMs: 0, buy: null },
    ])
    step.tickAt(0)
    step.transport.answer(0, 201, ORDER)
    step.transport.answer(1, 409, { code: 'SOLD_OUT', effect: 'none' })
    step.transport.answer(2, 409, { code: 'LIMIT_EXCEEDED', effect: 'none' })
    step.transport.fail(3, 'RESET')
    expect(step.runner.retriesLeft).toBe(0)
  })

  it('asks those who chose to, and once for a double click', () => {
    const twice = retrying([
      { atMs: 0, buy: 0 },
      { atMs: 0, buy: 0 },
    ])
    twice.tickAt(0)
    for (const ticket of [0, 1]) twice.transport.answer(ticket, 503, BUSY)
    expect(twice.runner.retriesLeft).toBe(1)
    const nobody = retrying([{ atMs: 0, buy: 0 }], { share: 0 })
    nobody.tickAt(0)
    nobody.transport.answer(0, 503, BUSY)
    expect(nobody.runner.retriesLeft).toBe(0)
  })

  it("schedules nothing beyond the step's end", () => {
    const step = retrying([{ atMs: 0, buy: 0 }])
    step.tickAt(0)
    step.goTo(1_000 - dueMs(0, 1) + 1)
    step.transport.answer(0, 503, BUSY)
    expect(step.runner.retriesLeft).toBe(0)
    const other = retrying([{ atMs: 0, buy: 0 }])
    other.tickAt(0)
    other.goTo(1_000 - dueMs(0, 1) - 1)
    other.transport.answer(0, 503, BUSY)
    expect(other.runner.retriesLeft).toBe(1)
  })

  it('sends what is due first, planned or not', () => {
    const step = retrying([0, 30, 60, 90, 120, 150, 180].map((atMs, buy) => ({ atMs, buy })))
    const sentAt: number[] = []
    for (let atMs = 0; atMs <= 700; atMs++) {
      step.tickAt(atMs)
      for (const ticket of step.transport.openTickets) {
        sentAt.push(atMs)
        step.transport.answer(ticket, 503, BUSY)
      }
    }
    expect(sentAt).toHaveLength(21)
    const operations = step.operations()
    const scheduled = operations.map(({ scheduledAtNs }) => scheduledAtNs)
    expect(scheduled).toEqual(scheduled.toSorted((a, b) => a - b))
    expect(operations.every(({ sentAtNs, scheduledAtNs }) => sentAtNs! - scheduledAtNs < MS)).toBe(true)
    expect(operations.map(({ seq }) => seq)).toEqual(operations.map((_, i) => i))
  })

  it('makes no retry once it is stopped, and holds those that were left in no history', () => {
    const step = retrying([
      { atMs: 0, buy: 0 },
      { atMs: 0, buy: 1 },
    ])
    step.tickAt(0)
    step.transport.answer(0, 503, BUSY)
    step.runner.stop()
    step.transport.answer(1, 503, BUSY)
    expect(step.isDone()).toBe(true)
    expect(step.runner.retriesLeft).toBe(1)
    expect(step.operations().map(({ attempt }) => attempt)).toEqual([1, 1])
  })

  it('counts no retry as achieved, and "not open" as an answer', () => {
    const step = retrying([{ atMs: 0, buy: 0 }])
    step.tickAt(0)
    step.transport.answer(0, 409, { code: 'NOT_OPEN', effect: 'none' })
    expect(step.state.total('definite')).toBe(1)
    step.tickAt(200)
    step.transport.answer(step.transport.openTickets[0]!, 201, ORDER)
    expect([step.state.total('definite'), step.state.total('sold')]).toEqual([1, 1])
  })
})

describe('a step whose buyers may be queued', () => {
  const poll = {
    request: request('GET', '/', { path: ['/queue/', { value: 'ticket', as: 'url' } as const] }),
    everyMs: 100,
    deadlineMs: 1_000,
    outcomes: [
      rule(200, { kind: 'sold', orderId: { in: 'json', pointer: '/id' } }),
      rule(202, { kind: 'queued', ticket: null }),
      rule(410, { kind: 'soldOut' }),
    ],
  }
  const outcomes = [
    rule(202, { kind: 'queued', ticket: { in: 'json', pointer: '/ticket' } }),
    rule(410, { kind: 'soldOut' }),
  ]
  const queueing = (
    requests: Parameters<typeof planOf>[0],
    options: { maxInFlight?: number; timeoutMs?: number } = {},
  ) => begin(planOf(requests), { ...options, described: describedOf({ outcomes, poll }) })
  const STILL_QUEUED = { kind: 'unknown', code: 'STILL_QUEUED' }
  const outcomesOf = (step: ReturnType<typeof begin>) => step.operations().map(({ outcome }) => outcome)

  it('asks again at its distance, until the answer is final, which is the one that counts', () => {
    const step = queueing([{ atMs: 0, buy: 0 }])
    step.tickAt(0)
    step.goTo(5)
    step.transport.answer(0, 202, { ticket: 't/1' })
    expect(step.isDone()).toBe(false)
    expect(step.nextDueMs()).toBe(105)
    step.tickAt(104)
    expect(step.transport.sent).toHaveLength(1)
    step.tickAt(105)
    expect(step.transport.sent[1]!.written).toMatchObject({ method: 'GET', path: '/queue/t%2F1' })
    step.goTo(110)
    step.transport.answer(0, 202, {})
    step.tickAt(210)
    step.goTo(220)
    step.transport.answer(0, 200, { id: 'o-1' })
    expect(step.isDone()).toBe(true)
    const [operation] = step.operations()
    expect(operation).toMatchObject({
      outcome: { kind: 'sold', orderId: 'o-1' },
      sentAtNs: 1_000 * MS,
      completedAtNs: 1_220 * MS,
    })
    expect(step.transport.sent).toHaveLength(3)
  })

  it('holds no place in flight while a buyer waits, and one for a poll', () => {
    const step = queueing(
      [
        { atMs: 0, buy: 0 },
        { atMs: 10, buy: 1 },
      ],
      { maxInFlight: 1 },
    )
    step.tickAt(0)
    step.transport.answer(0, 202, { ticket: 'a' })
    expect(step.state.inFlight).toBe(0)
    step.tickAt(10)
    expect(step.transport.sent).toHaveLength(2)
    step.tickAt(100)
    expect(step.transport.sent).toHaveLength(2)
    step.goTo(150)
    step.transport.answer(1, 410, {})
    expect(step.transport.sent[2]!.written).toMatchObject({ path: '/queue/a' })
    expect(step.state.inFlight).toBe(1)
    step.transport.answer(0, 410, {})
    expect(outcomesOf(step)).toStrictEqual([{ kind: 'soldOut' }, { kind: 'soldOut' }])
    expect(step.isDone()).toBe(true)
  })

  it('does not know when the deadline passes', () => {
    const step = queueing([{ atMs: 0, buy: 0 }])
    step.tickAt(0)
    step.goTo(50)
    step.transport.answer(0, 202, { ticket: 'a' })
    for (let atMs = 150; atMs < 1_050; atMs += 100) {
      step.tickAt(atMs)
      step.transport.answer(0, 202, {})
    }
    expect(step.isDone()).toBe(false)
    step.tickAt(1_050)
    expect(step.isDone() || step.transport.openTickets.length === 1).toBe(true)
    if (!step.isDone()) step.transport.answer(0, 202, {})
    expect(outcomesOf(step)).toStrictEqual([STILL_QUEUED])
    expect(step.operations()[0]!.completedAtNs).toBe(2_050 * MS)
    expect(step.isDone()).toBe(true)
  })

  it('takes a final answer to a poll that was under way at the deadline, and no other', () => {
    const answeredLate = (status: number) => {
      const step = queueing([{ atMs: 0, buy: 0 }], { timeoutMs: 5_000 })
      step.tickAt(0)
      step.transport.answer(0, 202, { ticket: 'a' })
      step.tickAt(100)
      step.tickAt(1_200)
      expect(step.isDone()).toBe(false)
      step.transport.answer(0, status, { id: 'o-1' })
      expect(step.isDone()).toBe(true)
      return outcomesOf(step)
    }
    expect(answeredLate(200)).toStrictEqual([{ kind: 'sold', orderId: 'o-1' }])
    expect(answeredLate(202)).toStrictEqual([STILL_QUEUED])
  })

  it('asks again where a poll was not answered', () => {
    const step = queueing([{ atMs: 0, buy: 0 }], { timeoutMs: 300 })
    step.tickAt(0)
    step.transport.answer(0, 202, { ticket: 'a' })
    step.tickAt(100)
    step.transport.fail(0, 'RESET')
    expect(step.isDone()).toBe(false)
    step.tickAt(200)
    expect(step.transport.sent).toHaveLength(3)
    step.tickAt(501)
    expect(step.transport.openTickets).toStrictEqual([])
    step.tickAt(601)
    step.transport.answer(0, 410, {})
    expect(outcomesOf(step)).toStrictEqual([{ kind: 'soldOut' }])
  })

  it('asks for as long as a request may take when it is stopped, and no longer', () => {
    const step = queueing(
      [
        { atMs: 0, buy: 0 },
        { atMs: 0, buy: 1 },
        { atMs: 500, buy: 2 },
      ],
      { timeoutMs: 300 },
    )
    step.tickAt(0)
    step.transport.answer(0, 202, { ticket: 'a' })
    step.transport.answer(1, 202, { ticket: 'b' })
    step.goTo(50)
    step.runner.stop()
    step.tickAt(100)
    step.transport.answer(0, 200, { id: 'o-1' })
    step.transport.answer(1, 202, {})
    step.tickAt(200)
    step.transport.answer(1, 202, {})
    step.tickAt(349)
    expect(step.isDone()).toBe(false)
    step.transport.fail(1, 'RESET')
    step.tickAt(350)
    expect(step.isDone()).toBe(true)
    expect(outcomesOf(step)).toStrictEqual([{ kind: 'sold', orderId: 'o-1' }, STILL_QUEUED])
  })

  it('keeps sending what is due while many ask', () => {
    const requests = Array.from({ length: 200 }, (_, buy) => ({ atMs: 0, buy }))
    const step = queueing([...requests, { atMs: 100, buy: 200 }])
    for (let turn = 0; turn < 4; turn++) {
      step.tickAt(0)
      step.afterReading.splice(0).forEach((then) => then())
    }
    for (const ticket of step.transport.openTickets) step.transport.answer(ticket, 202, { ticket: 't' })
    step.tickAt(100)
    expect(step.transport.openTickets).toContain(200)
  })
})
