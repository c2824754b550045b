/** The ticker thread as the engine holds it: rests between steps, and stops with the engine. */
import { once } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { compiledModuleUrl } from '../../core/compiled.ts'
import { type SharedState, TICKER } from './shared-state.ts'
import type { TickerData } from './ticker.ts'

export class TickerHandle {
  /** Where each worker hears its ticks. */
  readonly ports: readonly MessagePort[]
  readonly #state: SharedState
  readonly #worker: Worker
  readonly #cpuSeconds: Float64Array
  #failure: Error | null = null

  constructor(state: SharedState, originNs: bigint, tickMs: number) {
    this.#state = state
    const cpuSeconds = new SharedArrayBuffer(8)
    this.#cpuSeconds = new Float64Array(cpuSeconds)
    const channels = Array.from({ length: state.workers }, () => new MessageChannel())
    this.ports = channels.map(({ port2 }) => port2)
    const ports = channels.map(({ port1 }) => port1)
    const data: TickerData = { state: state.buffer, ports, originNs, tickMs, cpuSeconds }
    this.#worker = new Worker(compiledModuleUrl(import.meta.url, './ticker.ts'), {
      workerData: data,
      transferList: ports,
      name: 'load-ticker',
    })
    this.#worker.on('error', (error) => (this.#failure = error))
  }

  /** Throws if the thread failed: nothing would be sent. */
  tick(): void {
    if (this.#failure !== null) throw this.#failure
    this.#state.command(TICKER.tick)
  }

  rest(): void {
    this.#state.command(TICKER.rest)
  }

  /** CPU seconds of the thread up to a moment ago; NaN where the system doesn't tell. */
  get cpuSeconds(): number {
    return this.#cpuSeconds[0]!
  }

  async close(): Promise<void> {
    const exited = this.#failure === null ? once(this.#worker, 'exit') : Promise.resolve()
    this.#state.command(TICKER.stop)
    await exited
  }
}
