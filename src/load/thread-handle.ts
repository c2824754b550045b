/**
 * A worker thread as an engine holds it: one command at a time, each reply with a deadline, and a thread that dies fails
 * whoever waits for it.
 */
import type { Worker } from 'node:worker_threads'
import { HarnessError } from '../core/errors.ts'

interface Waiting<Reply> {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

export class ThreadHandle<Command extends { readonly do: string }, Reply extends { readonly is: string }> {
  readonly #worker: Worker
  /** The last command of all. */
  readonly #close: Command
  #waiting: Waiting<Reply> | null = null
  #dead: Error | null = null

  constructor(worker: Worker, close: Command) {
    this.#close = close
    this.#worker = worker
    this.#worker.on('message', (reply: Reply) => {
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
  async call<Is extends Reply['is']>(
    command: Command,
    is: Is,
    deadlineMs: number,
  ): Promise<Extract<Reply, { is: Is }>> {
    const reply = await this.#exchange(command, deadlineMs)
    if (reply.is !== is) throw new HarnessError('BUG', { message: `a load worker replied ${reply.is}, not ${is}` })
    return reply as Extract<Reply, { is: Is }>
  }

  #exchange(command: Command, deadlineMs: number): Promise<Reply> {
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
      this.tell(command)
    })
  }

  /** For a command that has no reply of its own. */
  tell(command: Command): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
    this.#worker.postMessage(command)
  }

  async close(): Promise<void> {
    if (this.#dead === null) {
      // A thread that doesn't close in time is ended all the same.
      await this.#exchange(this.#close, 5_000).catch(() => {})
    }
    await this.#worker.terminate()
  }
}
