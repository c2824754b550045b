/**
 * A distribution of times in a few tens of kilobytes, whatever the number of samples, that can be added to another.
 * Quantiles are those of an HdrHistogram of microseconds with three significant digits: nearest rank, and the upper end
 * of the sample's bucket, so at most 0.1 % too long and never too short. Mean and maximum are exact.
 */
import { build, type Histogram } from 'hdr-histogram-js'
import type { TimeFigures } from '../core/run-record.ts'
import { NS_PER_MS } from '../core/units.ts'

const NS_PER_US = 1_000
const US_PER_MS = 1_000
/** Where the histogram begins; it grows by itself. */
const FIRST_RANGE_US = 10_000_000

export class TimeDistribution {
  readonly #histogram: Histogram = build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: FIRST_RANGE_US,
    numberOfSignificantValueDigits: 3,
  })
  #sumNs = 0
  #maxNs = 0

  /** A negative time (sent a moment early) counts as none. */
  record(ns: number): void {
    const time = Math.max(0, ns)
    this.#histogram.recordValue(Math.round(time / NS_PER_US))
    this.#sumNs += time
    if (time > this.#maxNs) this.#maxNs = time
  }

  add(other: TimeDistribution): void {
    if (other.count === 0) return
    this.#histogram.add(other.#histogram)
    this.#sumNs += other.#sumNs
    this.#maxNs = Math.max(this.#maxNs, other.#maxNs)
  }

  get count(): number {
    return this.#histogram.totalCount
  }

  /** ms; null without a sample. `q` from 0 to 1. */
  quantileMs(q: number): number | null {
    if (this.count === 0) return null
    const ms = this.#histogram.getValueAtPercentile(q * 100) / US_PER_MS
    return Math.min(ms, this.#maxNs / NS_PER_MS)
  }

  figures(): TimeFigures {
    const some = this.count > 0
    return {
      count: this.count,
      mean: some ? this.#sumNs / this.count / NS_PER_MS : null,
      p50: this.quantileMs(0.5),
      p90: this.quantileMs(0.9),
      p95: this.quantileMs(0.95),
      p99: this.quantileMs(0.99),
      p999: this.quantileMs(0.999),
      max: some ? this.#maxNs / NS_PER_MS : null,
    }
  }
}
