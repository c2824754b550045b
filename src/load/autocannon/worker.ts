/** The thread of the autocannon engine: runs each step's connections, and reports. Talks to the engine and the target. */
import { parentPort, workerData } from 'node:worker_threads'
import { nowNs } from '../../core/clock.ts'
import { NS_PER_MS } from '../../core/units.ts'
import { redactor, secretsOfLoad } from '../../core/redactor.ts'
import { AnswerSamples } from '../answer-samples.ts'
import { CodeTable } from '../open-loop/code-table.ts'
import { OrderIdWriter } from '../open-loop/order-id-arena.ts'
import { PauseMeter } from '../open-loop/pause-meter.ts'
import { SharedState } from '../open-loop/shared-state.ts'
import { viewStepMemory } from '../open-loop/step-memory.ts'
import { threadCpuSeconds } from '../open-loop/thread-cpu.ts'
import { createDialogue } from './buyer-dialogue.ts'
import { ClosedLoop } from './closed-loop.ts'
import { RowRecorder } from './row-recorder.ts'
import type { ClosedStep, WorkerCommand, WorkerData, WorkerReply } from './worker-messages.ts'

interface RunningStep {
  readonly loop: ClosedLoop
  readonly samples: AnswerSamples
  readonly codes: CodeTable
  readonly orderIds: OrderIdWriter
  cpuSecondsAtStart: number | null
}

const data = workerData as WorkerData
const main = parentPort!
const state = new SharedState(1, data.state)
const origin = new URL(data.targetUrl)
const basePath = origin.pathname.replace(/\/$/, '')
const { described } = data
const redact = redactor(secretsOfLoad(described))
const now = (): number => nowNs(data.originNs)
const pauses = new PauseMeter()

let step: RunningStep | null = null

main.on('message', (command: WorkerCommand) => {
  switch (command.do) {
    case 'prepare':
      step = prepareStep(command.step)
      reply({ is: 'prepared' })
      break
    case 'go':
      go(step!, command.startNs, command.endNs)
      break
    case 'stop':
      step?.loop.stop()
      break
    case 'close':
      pauses.close()
      reply({ is: 'closed' })
      main.close()
      break
  }
})

function reply(message: WorkerReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  main.postMessage(message)
}

function prepareStep({ buffer, length, skus, requestIdPrefix, connections }: ClosedStep): RunningStep {
  pauses.take()
  const codes = new CodeTable(0)
  const orderIds = new OrderIdWriter(() => state.nextChunkNumber())
  const memory = viewStepMemory(buffer, length, { manySales: skus.length > 1 })
  const samples = new AnswerSamples(redact)
  const recorder = new RowRecorder({ memory, state, codes, orderIds, samples })
  const loop = new ClosedLoop({
    origin,
    memory,
    connections,
    timeoutMs: data.timeoutMs,
    dialogue: createDialogue({ memory, described, basePath, skus, requestIdPrefix, samples }),
    recorder,
    now,
    onDone: report,
  })
  return { loop, samples, codes, orderIds, cpuSecondsAtStart: null }
}

function go(running: RunningStep, startNs: number, endNs: number): void {
  const begin = (): void => {
    running.cpuSecondsAtStart = threadCpuSeconds()
    running.loop.start(endNs)
  }
  setTimeout(begin, Math.max(0, Math.ceil((startNs - now()) / NS_PER_MS)))
}

function report(): void {
  const { loop, samples, codes, orderIds, cpuSecondsAtStart } = step!
  const cpuSeconds = threadCpuSeconds()
  reply({
    is: 'done',
    report: {
      reached: loop.reached,
      cutShort: loop.cutShort,
      retriesLeft: 0,
      unreachable: loop.unreachable,
      chunks: orderIds.chunks,
      addedCodes: codes.added,
      notUnderstood: samples.kept,
      connections: loop.connections,
      cpuSeconds: cpuSeconds === null || cpuSecondsAtStart === null ? null : cpuSeconds - cpuSecondsAtStart,
      pauses: pauses.take(),
    },
  })
}
