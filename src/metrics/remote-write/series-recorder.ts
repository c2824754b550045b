/**
 * Keeps every sample of a run with its moment until all of it is pushed. Bounded: beyond so many samples it takes no more,
 * and says so.
 */
import type { Labels, MetricSample } from '../metric-family.ts'
import { STALE, type TimedValue, type TimeSeries } from './encode.ts'

/** Some 16 bytes each. */
const MOST_SAMPLES = 5_000_000

interface Recorded {
  readonly labels: Labels
  readonly atMs: number[]
  readonly values: number[]
}

export class SeriesRecorder {
  readonly #series = new Map<string, Recorded>()
  readonly #mostSamples: number
  #samples = 0
  #isFull = false

  constructor(mostSamples = MOST_SAMPLES) {
    this.#mostSamples = mostSamples
  }

  /** Some had no room. */
  get isFull(): boolean {
    return this.#isFull
  }

  get samples(): number {
    return this.#samples
  }

  /** `labels` besides the samples' own, which win. Of two at one moment the later is kept; earlier ones are not taken. */
  take(samples: readonly MetricSample[], labels: Labels, atMs: number): void {
    for (const sample of samples) this.#takeOne(sample, labels, atMs)
  }

  /** In order of time, and at the end of each that there is no more of it. */
  *all(): Generator<TimeSeries> {
    for (const { labels, atMs, values } of this.#series.values()) {
      const samples = atMs.map((at, index): TimedValue => ({ atMs: at, value: values[index]! }))
      yield { labels, samples: [...samples, { atMs: atMs.at(-1)! + 1, value: STALE }] }
    }
  }

  #takeOne({ name, labels: own, value }: MetricSample, labels: Labels, atMs: number): void {
    const all = { ...labels, ...own, __name__: name }
    const series = this.#seriesOf(all)
    const lastMs = series.atMs.at(-1) ?? Number.NEGATIVE_INFINITY
    if (atMs < lastMs) return
    if (atMs === lastMs) {
      series.values[series.values.length - 1] = value
      return
    }
    if (this.#samples >= this.#mostSamples) {
      this.#isFull = true
      return
    }
    this.#samples++
    series.atMs.push(atMs)
    series.values.push(value)
  }

  #seriesOf(labels: Labels): Recorded {
    const name = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const known = this.#series.get(name)
    if (known !== undefined) return known
    const series = { labels, atMs: [], values: [] }
    this.#series.set(name, series)
    return series
  }
}
