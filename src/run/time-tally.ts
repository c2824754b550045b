/** Times counted in the buckets that everything told of a running sale uses. They only rise. */
import { TIME_BOUNDS_SECONDS, type TimeHistogram } from '../core/telemetry.ts'

const NS_PER_SECOND = 1e9

export class TimeTally {
  readonly #counts = [...TIME_BOUNDS_SECONDS.map(() => 0), 0]
  #sumSeconds = 0

  /** A negative time (sent a moment early) counts as none. */
  record(ns: number): void {
    const seconds = Math.max(0, ns / NS_PER_SECOND)
    let bucket = 0
    while (bucket < TIME_BOUNDS_SECONDS.length && seconds > TIME_BOUNDS_SECONDS[bucket]!) bucket++
    this.#counts[bucket]!++
    this.#sumSeconds += seconds
  }

  /** As it stands now; what is recorded later doesn't change it. */
  histogram(): TimeHistogram {
    return { counts: [...this.#counts], sumSeconds: this.#sumSeconds }
  }
}
