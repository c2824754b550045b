/**
 * What the live line shows of a running step, from the counters that the workers share. Figures over "the last second"
 * are differences between looks.
 */
import type { LoadProgress } from '../load-engine.ts'
import { quantileUs } from './latency-histogram.ts'
import type { SharedState } from './shared-state.ts'

/** Looks kept to compare with: at four a second, one second. */
const LOOKS_KEPT = 4

interface Look {
  readonly atNs: number
  readonly definite: number
  readonly latencies: Float64Array
}

export class StepProgress {
  readonly #state: SharedState
  readonly #scheduledAtNs: Float64Array
  readonly #startedAtNs: number
  readonly #looks: Look[] = []
  #planned = 0

  constructor(state: SharedState, scheduledAtNs: Float64Array, startedAtNs: number) {
    this.#state = state
    this.#scheduledAtNs = scheduledAtNs
    this.#startedAtNs = startedAtNs
    this.#looks.push({ atNs: startedAtNs, definite: 0, latencies: state.latencies() })
  }

  /** `planned` counts the requests that were due by `nowNs`. */
  look(nowNs: number): LoadProgress {
    const look: Look = { atNs: nowNs, definite: this.#state.total('definite'), latencies: this.#state.latencies() }
    const before = this.#looks[0]!
    this.#looks.push(look)
    if (this.#looks.length > LOOKS_KEPT) this.#looks.shift()
    const recent = look.latencies.map((count, bucket) => count - before.latencies[bucket]!)
    const p99Us = quantileUs(recent, 0.99)
    const seconds = (look.atNs - before.atNs) / 1e9
    return {
      elapsedMs: Math.max(0, (nowNs - this.#startedAtNs) / 1e6),
      planned: this.#plannedBy(nowNs),
      sent: this.#state.total('sent'),
      completed: this.#state.total('completed'),
      sold: this.#state.total('sold'),
      dropped: this.#state.total('dropped'),
      inFlight: this.#state.inFlight,
      achievedRatePerSec: seconds > 0 ? (look.definite - before.definite) / seconds : 0,
      p99ResponseMs: p99Us === null ? null : p99Us / 1000,
    }
  }

  #plannedBy(nowNs: number): number {
    while (this.#planned < this.#scheduledAtNs.length && this.#scheduledAtNs[this.#planned]! <= nowNs) this.#planned++
    return this.#planned
  }
}
