/**
 * Thread that tells the workers when something is due. A timer of the event loop knows whole milliseconds; a thread
 * that waits on shared memory wakes to some 60 us. It must do nothing else, and posts no tick on top of one that was
 * not taken yet. docs/decisions/0003-scheduler-tick.md has the figures.
 */
import { workerData, type MessagePort } from 'node:worker_threads'
import { nowNs } from '../../core/clock.ts'
import { NS_PER_MS } from '../../core/units.ts'
import { threadCpuSeconds } from './thread-cpu.ts'
import { COUNTERS, SharedState, TICKER } from './shared-state.ts'

export interface TickerData {
  readonly state: SharedArrayBuffer
  readonly ports: readonly MessagePort[]
  readonly originNs: bigint
  readonly tickMs: number
  /** One double: CPU seconds of this thread, a moment ago. */
  readonly cpuSeconds: SharedArrayBuffer
}

/** Nothing is due for longer: look again all the same. */
const MAX_SLEEP_MS = 20

const TICKS_PER_CPU_LOOK = 100

const { state: stateBuffer, ports, originNs, tickMs, cpuSeconds } = workerData as TickerData
const state = new SharedState(ports.length, stateBuffer)
const cpu = new Float64Array(cpuSeconds)
const tickPosted = ports.map((_, worker) => state.countersOf(worker).subarray(COUNTERS.tickPosted))

run()

function run(): void {
  let ticks = 0
  for (let command = state.ticker; command !== TICKER.stop; command = state.ticker) {
    if (command === TICKER.tick) {
      if (ticks++ % TICKS_PER_CPU_LOOK === 0) lookAtCpu()
      const untilDueMs = tickAllDue() / NS_PER_MS
      state.waitWhile(TICKER.tick, Math.min(MAX_SLEEP_MS, Math.max(tickMs, untilDueMs)))
    } else {
      lookAtCpu()
      state.waitWhile(TICKER.rest, 1000)
    }
  }
}

function lookAtCpu(): void {
  cpu[0] = threadCpuSeconds() ?? Number.NaN
}

/** Wakes the workers that have something due; ns until the next one has. */
function tickAllDue(): number {
  const now = nowNs(originNs)
  let untilNextNs = Infinity
  ports.forEach((port, worker) => {
    const untilDueNs = state.nextDueNs[worker]! - now
    untilNextNs = Math.min(untilNextNs, Math.max(0, untilDueNs))
    if (untilDueNs <= 0 && Atomics.exchange(tickPosted[worker]!, 0, 1) === 0) {
      port.postMessage(null)
    }
  })
  return untilNextNs
}
