/** The metrics of all processes together as the text that Prometheus reads, in the format that it asks for. */
import { AggregatorRegistry, Registry } from 'prom-client'
import type { MetricFamily } from './metric-family.ts'

export type MetricsFormat = 'text' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<MetricsFormat, string>> = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
}

/** OpenMetrics where it is accepted no less than plain text. `accept`: of the request; absent: anything. */
export function formatFor(accept: string | undefined): MetricsFormat {
  const openMetrics = quality(accept ?? '', 'application/openmetrics-text')
  return openMetrics > 0 && openMetrics >= quality(accept ?? '', 'text/plain') ? 'openmetrics' : 'text'
}

/** The best of the ranges that name this media type, 0..1; 0: none does. */
function quality(accept: string, mediaType: string): number {
  const qualities = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    if (type !== mediaType) return 0
    const q = parameters.find((parameter) => parameter.startsWith('q='))
    return q === undefined ? 1 : Number(q.slice(2)) || 0
  })
  return Math.max(0, ...qualities)
}

/** `each`: of every process. */
export function expose(each: readonly (readonly MetricFamily[])[], format: MetricsFormat): Promise<string> {
  const named = format === 'openmetrics' ? each.map((families) => families.map(familyNamed)) : each
  const together = AggregatorRegistry.aggregate(named as object[][])
  if (format === 'openmetrics') together.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  return together.metrics()
}

/**
 * In OpenMetrics `_total` belongs to a counter's samples and not to its family. The registry appends it to the samples,
 * but takes it from no family that it has added up.
 */
function familyNamed(family: MetricFamily): MetricFamily {
  return family.type === 'counter' ? { ...family, name: family.name.replace(/_total$/, '') } : family
}
