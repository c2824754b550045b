/** Metrics as plain data: what is shown to Prometheus, pushed to it, or read from our own server. */
import type { MetricDescription } from '../core/metric-table.ts'

export type Labels = Readonly<Record<string, string>>

export interface MetricSample {
  /** The family's name, with `_bucket`, `_sum` or `_count` behind it in a histogram. */
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

export interface MetricFamily {
  /** A counter's ends in `_total`. */
  readonly name: string
  readonly type: MetricDescription['type']
  readonly help: string
  readonly samples: readonly MetricSample[]
}

/** Labels of the sample's own win. */
export function withLabels(family: MetricFamily, labels: Labels): MetricFamily {
  const samples = family.samples.map((sample) => ({ ...sample, labels: { ...labels, ...sample.labels } }))
  return { ...family, samples }
}
