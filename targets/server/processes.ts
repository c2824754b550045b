/**
 * Several instances behind one port: worker processes of `node:cluster`, and the messages between them and the primary.
 * Admin calls arrive at whichever worker has the connection; it hands them to the primary, which asks every worker.
 */
import cluster, { type Worker } from 'node:cluster'
import type { Administration } from './coordinator.ts'
import { type CallProblem, CallFailure, type InstanceCall, type InstanceHandle } from './instance-calls.ts'
import type { Instance } from './instance.ts'
import { OwnStrategyError } from './own-strategy.ts'

type AdminCallName = keyof Administration

type Message =
  /** A worker takes requests. */
  | { readonly kind: 'listening'; readonly url: string }
  /** A worker could not start; `atFault`: because of a strategy that is not the server's own. */
  | { readonly kind: 'failed'; readonly reason: string; readonly atFault: boolean }
  /** A worker is to end what it is doing and leave. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'adminCall'; readonly id: number; readonly name: AdminCallName; readonly argument: unknown }
  | { readonly kind: 'instanceCall'; readonly id: number; readonly call: InstanceCall }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: CallProblem }

type Call =
  | { readonly kind: 'adminCall'; readonly name: AdminCallName; readonly argument: unknown }
  | { readonly kind: 'instanceCall'; readonly call: InstanceCall }

/** Questions on their way to another process, and their answers. */
class Correspondence {
  readonly #send: (message: Message) => void
  readonly #open = new Map<number, { resolve: (value: unknown) => void; reject: (error: CallFailure) => void }>()
  #count = 0

  constructor(send: (message: Message) => void) {
    this.#send = send
  }

  ask(call: Call): Promise<unknown> {
    this.#count += 1
    const id = this.#count
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject })
      this.#send({ ...call, id })
    })
  }

  /** True if the message was an answer. */
  receive(message: Message): boolean {
    if (message.kind !== 'answer' && message.kind !== 'problem') return false
    const asked = this.#open.get(message.id)
    this.#open.delete(message.id)
    if (message.kind === 'answer') asked?.resolve(message.value)
    else asked?.reject(new CallFailure(message.problem))
    return true
  }

  /** The other side is gone. */
  end(): void {
    const problem = { code: 'INTERNAL', effect: 'unknown', detail: 'an instance is gone' } as const
    for (const asked of this.#open.values()) asked.reject(new CallFailure(problem))
    this.#open.clear()
  }
}

/** Answers a question of the other side with what `work` comes to. */
function answer(send: (message: Message) => void, id: number, work: Promise<unknown>): void {
  work.then(
    (value) => send({ kind: 'answer', id, value }),
    (error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error)
      const problem: CallProblem =
        error instanceof CallFailure ? error.problem : { code: 'INTERNAL', effect: 'unknown', detail }
      send({ kind: 'problem', id, problem })
    },
  )
}

export interface WorkerProcesses {
  readonly handles: readonly InstanceHandle[]
  /** All workers' pids. */
  readonly pids: readonly number[]
  /** Makes the admin calls that come to workers. */
  administer(administration: Administration): void
  /** Resolves to the URL when all take requests; rejects when one can't. */
  listening(): Promise<string>
  /** Resolves to a sentence when a worker ended by itself. */
  readonly lost: Promise<string>
  /** Resolves when all have ended; kills those that don't, past the deadline. */
  stop(deadlineMs: number): Promise<void>
}

/** Called in the primary. Workers run this program again with the same arguments. */
export function forkWorkers(count: number): WorkerProcesses {
  cluster.setupPrimary({ stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  let administration: Administration | null = null
  let stopping = false
  let reportLost: (sentence: string) => void = () => {}
  const lost = new Promise<string>((resolve) => {
    reportLost = resolve
  })

  const workers = Array.from({ length: count }, () => {
    const worker = cluster.fork()
    const send = (message: Message): void => {
      if (worker.isConnected()) worker.send(message, () => {})
    }
    const correspondence = new Correspondence(send)
    const listening = new Promise<string>((resolve, reject) => {
      worker.on('message', (message: Message) => {
        if (message.kind === 'listening') resolve(message.url)
        else if (message.kind === 'failed') {
          reject(message.atFault ? new OwnStrategyError(message.reason) : new Error(message.reason))
        } else if (message.kind === 'adminCall') {
          answer(send, message.id, makeAdminCall(administration!, message.name, message.argument))
        } else correspondence.receive(message)
      })
      worker.once('exit', (code, signal) => {
        const sentence = `instance ${worker.process.pid} ended (${signal ?? `exit code ${code}`})`
        correspondence.end()
        reject(new Error(sentence))
        if (!stopping) reportLost(sentence)
      })
    })
    // Nobody may be waiting any more when a worker ends.
    listening.catch(() => {})
    const handle: InstanceHandle = {
      ask: (name, call) =>
        correspondence.ask({ kind: 'instanceCall', call: { name, ...call } as InstanceCall }) as never,
    }
    return { worker, handle, listening }
  })

  return {
    handles: workers.map(({ handle }) => handle),
    pids: workers.map(({ worker }) => worker.process.pid!),
    administer(made) {
      administration = made
    },
    async listening() {
      return (await Promise.all(workers.map((one) => one.listening)))[0]!
    },
    lost,
    async stop(deadlineMs) {
      stopping = true
      await Promise.all(workers.map(({ worker }) => endWorker(worker, deadlineMs)))
    },
  }
}

async function endWorker(worker: Worker, deadlineMs: number): Promise<void> {
  if (worker.isDead()) return
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), deadlineMs)
  if (worker.isConnected()) worker.send({ kind: 'stop' } satisfies Message, () => {})
  await ended
  clearTimeout(timer)
}

function makeAdminCall(administration: Administration, name: AdminCallName, argument: unknown): Promise<unknown> {
  return (administration[name] as (argument: unknown) => Promise<unknown>)(argument)
}

/** Called in a worker: hands admin calls to the primary, and answers the primary's calls to this instance. */
export function connectToPrimary(instance: Instance): {
  readonly administration: Administration
  announce(url: string): void
} {
  const correspondence = new Correspondence(sendToPrimary)
  process.on('message', (message: Message) => {
    if (message.kind !== 'instanceCall') {
      correspondence.receive(message)
      return
    }
    const { name, ...call } = message.call
    answer(sendToPrimary, message.id, instance.ask(name, call))
  })
  const ask = (name: AdminCallName, argument?: unknown): Promise<never> =>
    correspondence.ask({ kind: 'adminCall', name, argument }) as Promise<never>
  return {
    administration: {
      open: (opening) => ask('open', opening),
      close: (sku) => ask('close', sku),
      settle: () => ask('settle'),
      stats: () => ask('stats'),
      metrics: (format) => ask('metrics', format),
    },
    announce: (url) => sendToPrimary({ kind: 'listening', url }),
  }
}

/** Called in a worker: what it is to do when the primary tells it to end. */
export function whenToldToStop(stop: () => void): void {
  process.on('message', (message: Message) => {
    if (message.kind === 'stop') stop()
  })
}

/** Called in a worker that could not start. Resolves when the primary has been told. */
export function reportFailure(error: Error): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve()
    const message: Message = { kind: 'failed', reason: error.message, atFault: error instanceof OwnStrategyError }
    process.send!(message, undefined, undefined, () => resolve())
  })
}

function sendToPrimary(message: Message): void {
  if (process.connected) process.send!(message, undefined, undefined, () => {})
}
