/**
 * A worker thread as the engine holds it: one command at a time, each reply with a deadline, and a thread that dies
 * fails whoever waits for it.
 */
import { Worker } from 'node:worker_threads'
import { compiledModuleUrl } from '../../core/compiled.ts'
import { HarnessError } from '../../core/errors.ts'
import type { WorkerCommand, WorkerData, WorkerReply } from './worker-messages.ts'

interface Waiting {
  readonly resolve: (reply: WorkerReply) => void
  readonly reject: (error: Error) => void
}

export class WorkerHandle {
  readonly #worker: Worker
  #waiting: Waiting | null = null
  #dead: Error | null = null

  constructor(data: WorkerData) {
    this.#worker = new Worker(compiledModuleUrl(import.meta.url, './worker.ts'), {
      workerData: data,
      transferList: data.ticks === null ? [] : [data.ticks],
      name: `load-${data.index + 1}`,
    })
    this.#worker.on('message', (reply: WorkerReply) => {
      const waiting = this.#waiting
      this.#waiting = null
      waiting?.resolve(reply)
    })
    this.#worker.on('error', (cause) => this.#die(cause))
    this.#worker.on('exit', (code) => this.#die(new Error(`it ended with code ${code}`)))
  }

  #die(cause: Error): void {
    this.#dead ??= new HarnessError('BUG', { message: `a load worker failed: ${cause.message}`, cause })
    this.#waiting?.reject(this.#dead)
    this.#waiting = null
  }

  /** Sends a command and awaits its reply, for `deadlineMs` at most. */
  async call<Is extends WorkerReply['is']>(
    command: WorkerCommand,
    is: Is,
    deadlineMs: number,
  ): Promise<Extract<WorkerReply, { is: Is }>> {
    const reply = await this.#exchange(command, deadlineMs)
    if (reply.is !== is) throw new HarnessError('BUG', { message: `a load worker replied ${reply.is}, not ${is}` })
    return reply as Extract<WorkerReply, { is: Is }>
  }

  #exchange(command: WorkerCommand, deadlineMs: number): Promise<WorkerReply> {
    return new Promise((resolve, reject) => {
      if (this.#dead !== null) {
        reject(this.#dead)
        return
      }
      const timer = setTimeout(() => {
        this.#die(new Error(`no reply to "${command.do}" within ${deadlineMs} ms`))
      }, deadlineMs)
      this.#waiting = {
        resolve: (reply) => {
          clearTimeout(timer)
          resolve(reply)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
      this.#worker.postMessage(command)
    })
  }

  /** Sends nothing more; the reply to `go` comes the sooner. */
  stop(): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
    this.#worker.postMessage({ do: 'stop' } satisfies WorkerCommand)
  }

  async close(): Promise<void> {
    if (this.#dead === null) {
      // A thread that doesn't close in time is ended all the same.
      await this.#exchange({ do: 'close' }, 5_000).catch(() => {})
    }
    await this.#worker.terminate()
  }
}
