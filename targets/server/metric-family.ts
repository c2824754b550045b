/**
 * A metric with its samples as plain data, as prom-client's registries give it, so that it can go to another process and
 * be added up there. Name, help, type and labels come from the table alone.
 */
import { METRIC_TABLE, type MetricName } from '../../src/core/metric-table.ts'
import type { FixedHistogram } from './fixed-histogram.ts'

type Table = typeof METRIC_TABLE

/** Names that the table gives to the server. */
export type ServerMetricName = {
  [Name in MetricName]: 'server' extends Table[Name]['of'][number] ? Name : never
}[MetricName]

type NamesOf<Type> = { [Name in ServerMetricName]: Table[Name]['type'] extends Type ? Name : never }[ServerMetricName]

type Labels<Name extends ServerMetricName> = Readonly<Record<Table[Name]['labels'][number], string>>

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  /** Where it isn't the family's. */
  readonly metricName?: string
}

export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  /** How those of several processes become one, by prom-client's name for it. */
  readonly aggregator: string
  readonly values: readonly Sample[]
}

export type Labelled<Name extends ServerMetricName, Value> = readonly (readonly [Labels<Name>, Value])[]

/** Counters and gauges. No sample: the server has no such thing, or doesn't know. */
export function family<Name extends NamesOf<'counter' | 'gauge'>>(
  name: Name,
  samples: Labelled<Name, number>,
): MetricFamily {
  return describe(
    name,
    samples.map(([labels, value]) => ({ labels, value })),
  )
}

export function histogramFamily<Name extends NamesOf<'histogram'>>(
  name: Name,
  samples: Labelled<Name, FixedHistogram>,
): MetricFamily {
  return describe(
    name,
    samples.flatMap(([labels, histogram]) => {
      const buckets = histogram.cumulative()
      return [
        ...buckets.map(([le, value]) => ({ metricName: `${name}_bucket`, labels: { le, ...labels }, value })),
        { metricName: `${name}_sum`, labels, value: histogram.sum },
        { metricName: `${name}_count`, labels, value: buckets.at(-1)![1] },
      ]
    }),
  )
}

function describe(name: ServerMetricName, values: readonly Sample[]): MetricFamily {
  const { help, type } = METRIC_TABLE[name]
  return { name, help, type, aggregator: 'sum', values }
}
