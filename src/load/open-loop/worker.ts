/**
 * A worker thread of the open-loop engine: owns a transport, runs its share of each step, and reports.
 * Talks to nobody but the engine and the target.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { nowNs } from '../../core/clock.ts'
import { redactor, secretsOfLoad } from '../../core/redactor.ts'
import { requestBaseOf } from '../../core/request-target.ts'
import { AnswerSamples } from '../answer-samples.ts'
import { createGeneralTransport, createTransport } from '../transport/index.ts'
import type { AnswerSink, Transport, TransportOptions } from '../transport/transport.ts'
import { CodeTable } from './code-table.ts'
import { createContractConversation } from './contract-conversation.ts'
import type { Conversation } from './conversation.ts'
import { createDescribedConversation } from './described-conversation.ts'
import { OrderIdWriter } from './order-id-arena.ts'
import { PauseMeter } from './pause-meter.ts'
import { PollQueue } from './poll-queue.ts'
import { RetryQueue } from './retry-queue.ts'
import { COUNTERS, SharedState } from './shared-state.ts'
import { type StepMemory, viewStepMemory } from './step-memory.ts'
import { StepRunner } from './step-runner.ts'
import { threadCpuSeconds } from './thread-cpu.ts'
import type { StepShare, WorkerCommand, WorkerData, WorkerReply } from './worker-messages.ts'

const SWEEP_MS = 10
const TIMER_TICK_MS = 1

const data = workerData as WorkerData
const main = parentPort!
const state = new SharedState(data.workers, data.state)
const tickPosted = state.countersOf(data.index).subarray(COUNTERS.tickPosted)
const now = (): number => nowNs(data.originNs)
const pauses = new PauseMeter()

/** Answers belong to the step that is running; between steps there are none. */
const sink: AnswerSink = {
  answered: (ticket, status, bytes, start, end, headers) =>
    step?.runner.answered(ticket, status, bytes, start, end, headers),
  failed: (ticket, failure, detail) => step?.runner.failed(ticket, failure, detail),
}
const origin = new URL(data.targetUrl)
const { transport, conversationOf } = speak({
  origin,
  sink,
  now,
  maxConnections: data.maxInFlight,
  connectTimeoutMs: data.timeoutMs,
  tls: data.described?.tls ?? null,
})
const redact = redactor(secretsOfLoad(data.described))

interface RunningStep {
  readonly runner: StepRunner
  readonly codes: CodeTable
  readonly orderIds: OrderIdWriter
  readonly samples: AnswerSamples
  readonly timers: NodeJS.Timeout[]
  cpuSecondsAtStart: number | null
}

let step: RunningStep | null = null

main.on('message', (command: WorkerCommand) => void obey(command))
data.ticks?.on('message', () => {
  Atomics.store(tickPosted, 0, 0)
  step?.runner.tick()
})

async function obey(command: WorkerCommand): Promise<void> {
  switch (command.do) {
    case 'open':
      reply({ is: 'opened', ...(await transport.openConnections(command.connections)) })
      break
    case 'prepare':
      step = prepareStep(command.share)
      reply({ is: 'prepared' })
      break
    case 'go':
      go(step!, command.retriesUntilNs)
      break
    case 'stop':
      step?.runner.stop()
      break
    case 'close':
      pauses.close()
      await transport.close()
      data.ticks?.close()
      reply({ is: 'closed' })
      main.close()
      break
  }
}

function reply(message: WorkerReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  main.postMessage(message)
}

/** The transport, and who talks over it: the reference contract or a protocol of the target's own. */
function speak(options: TransportOptions): {
  readonly transport: Transport
  readonly conversationOf: (share: StepShare, memory: StepMemory, samples: AnswerSamples) => Conversation
} {
  const { described } = data
  const { origin, basePath } = requestBaseOf(options.origin.href)
  if (described === null) {
    const contract = createTransport(data.transport, options)
    return {
      transport: contract,
      conversationOf: ({ skus, requestIdPrefix }, memory, samples) =>
        createContractConversation({ memory, transport: contract, basePath, skus, requestIdPrefix, samples }),
    }
  }
  const general = createGeneralTransport(options)
  return {
    transport: general,
    conversationOf: ({ skus, requestIdPrefix }, memory, samples) =>
      createDescribedConversation({
        described,
        memory,
        transport: general,
        origin,
        basePath,
        skus,
        requestIdPrefix,
        samples,
      }),
  }
}

function prepareStep(share: StepShare): RunningStep {
  transport.takeConnectionFigures()
  pauses.take()
  const codes = new CodeTable(data.index)
  const orderIds = new OrderIdWriter(() => state.nextChunkNumber())
  const samples = new AnswerSamples(redact)
  const memory = viewStepMemory(share.buffer, share.length, { manySales: share.skus.length > 1 })
  const poll = data.described?.protocol.poll ?? null
  const { retries } = share
  const runner = new StepRunner({
    memory,
    rows: share.rows,
    planned: share.planned,
    retries: retries === null ? null : new RetryQueue(memory, retries.planned, retries.rows),
    polls: poll === null ? null : new PollQueue(poll),
    conversation: conversationOf(share, memory, samples),
    transport,
    samples,
    state,
    workerIndex: data.index,
    codes,
    orderIds,
    maxInFlight: data.maxInFlight,
    timeoutMs: data.timeoutMs,
    now,
    afterReading: (then) => void setImmediate(then),
    onDone: report,
  })
  return { runner, codes, orderIds, samples, timers: [], cpuSecondsAtStart: null }
}

function go(running: RunningStep, retriesUntilNs: number): void {
  const { runner, timers } = running
  running.cpuSecondsAtStart = threadCpuSeconds()
  timers.push(setInterval(() => runner.sweep(), SWEEP_MS))
  if (data.ticks === null) timers.push(setInterval(() => runner.tick(), TIMER_TICK_MS))
  runner.start(retriesUntilNs)
}

function report(): void {
  const { runner, codes, orderIds, samples, timers, cpuSecondsAtStart } = step!
  for (const timer of timers) clearInterval(timer)
  step = null
  const cpuSeconds = threadCpuSeconds()
  reply({
    is: 'done',
    report: {
      reached: runner.reached,
      retriesLeft: runner.retriesLeft,
      unreachable: runner.unreachable,
      chunks: orderIds.chunks,
      addedCodes: codes.added,
      notUnderstood: samples.kept,
      connections: transport.takeConnectionFigures(),
      cpuSeconds: cpuSeconds === null || cpuSecondsAtStart === null ? null : cpuSeconds - cpuSecondsAtStart,
      pauses: pauses.take(),
    },
  })
}
