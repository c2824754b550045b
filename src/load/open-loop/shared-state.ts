/**
 * What the threads of one engine tell one another without messages: how many requests are in flight over all workers,
 * when each worker has something due, and how far it is. On one SharedArrayBuffer.
 * Counters of a worker are written by it alone; others may read them a moment late.
 */
import { LATENCY_BUCKETS } from './latency-histogram.ts'

/** Cells for all workers together. */
const COMMON = { inFlight: 0, chunks: 1, ticker: 2 } as const
const COMMON_CELLS = 4

/** What the ticker is to do. */
export const TICKER = { rest: 0, tick: 1, stop: 2 } as const

/** Counters of a worker; since the start of the step. `retries`: rows of retries in use, whether due by now or not. */
export const COUNTERS = { sent: 0, completed: 1, definite: 2, sold: 3, dropped: 4, tickPosted: 5, retries: 6 } as const
export type CounterName = keyof typeof COUNTERS
const CELLS_PER_WORKER = Object.keys(COUNTERS).length

export class SharedState {
  readonly buffer: SharedArrayBuffer
  readonly workers: number
  readonly common: Int32Array
  /** When each worker has its next request due, ns since the origin; Infinity: nothing. */
  readonly nextDueNs: Float64Array
  readonly #counters: Int32Array
  readonly #latencies: Int32Array

  constructor(workers: number, buffer = new SharedArrayBuffer(sizeFor(workers))) {
    this.buffer = buffer
    this.workers = workers
    this.nextDueNs = new Float64Array(buffer, 0, workers)
    this.common = new Int32Array(buffer, workers * 8, COMMON_CELLS)
    this.#counters = new Int32Array(buffer, workers * 8 + COMMON_CELLS * 4, workers * CELLS_PER_WORKER)
    this.#latencies = new Int32Array(
      buffer,
      workers * 8 + (COMMON_CELLS + workers * CELLS_PER_WORKER) * 4,
      workers * LATENCY_BUCKETS,
    )
  }

  /** Before a step: nothing sent, nothing due. Only while no worker runs. */
  clear(): void {
    this.nextDueNs.fill(Infinity)
    this.common[COMMON.inFlight] = 0
    this.common[COMMON.chunks] = 0
    this.#counters.fill(0)
    this.#latencies.fill(0)
  }

  countersOf(worker: number): Int32Array {
    return this.#counters.subarray(worker * CELLS_PER_WORKER, (worker + 1) * CELLS_PER_WORKER)
  }

  latenciesOf(worker: number): Int32Array {
    return this.#latencies.subarray(worker * LATENCY_BUCKETS, (worker + 1) * LATENCY_BUCKETS)
  }

  /** Sum of a counter over all workers. */
  total(name: CounterName): number {
    let sum = 0
    for (let worker = 0; worker < this.workers; worker++) {
      sum += Atomics.load(this.#counters, worker * CELLS_PER_WORKER + COUNTERS[name])
    }
    return sum
  }

  /** Rows of retries that this worker has in use. */
  retriesOf(worker: number): number {
    return Atomics.load(this.#counters, worker * CELLS_PER_WORKER + COUNTERS.retries)
  }

  /** Counts of the latency buckets over all workers. */
  latencies(): Float64Array {
    const sums = new Float64Array(LATENCY_BUCKETS)
    for (let cell = 0; cell < this.#latencies.length; cell++) {
      sums[cell % LATENCY_BUCKETS]! += Atomics.load(this.#latencies, cell)
    }
    return sums
  }

  get inFlight(): number {
    return Atomics.load(this.common, COMMON.inFlight)
  }

  /** Takes one of `bound` places in flight; false if all are taken. */
  tryEnter(bound: number): boolean {
    if (Atomics.add(this.common, COMMON.inFlight, 1) < bound) return true
    Atomics.sub(this.common, COMMON.inFlight, 1)
    return false
  }

  leave(): void {
    Atomics.sub(this.common, COMMON.inFlight, 1)
  }

  nextChunkNumber(): number {
    return Atomics.add(this.common, COMMON.chunks, 1)
  }

  get ticker(): number {
    return Atomics.load(this.common, COMMON.ticker)
  }

  command(ticker: number): void {
    Atomics.store(this.common, COMMON.ticker, ticker)
    Atomics.notify(this.common, COMMON.ticker)
  }

  /** Blocks the calling thread while the ticker's command is `ticker`, for `ms` at most. */
  waitWhile(ticker: number, ms: number): void {
    Atomics.wait(this.common, COMMON.ticker, ticker, ms)
  }
}

function sizeFor(workers: number): number {
  return workers * 8 + (COMMON_CELLS + workers * (CELLS_PER_WORKER + LATENCY_BUCKETS)) * 4
}
