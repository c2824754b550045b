/** The metrics of this very process as prom-client has them for every Node: CPU, memory, event loop, garbage collection. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Labels, MetricFamily } from './metric-family.ts'

let registry: Registry | null = null

/** Its observers are there once a process, from the first call on, and so its counts. */
export function observeProcess(): () => Promise<MetricFamily[]> {
  if (registry === null) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  const observed = registry
  return () => familiesOf(observed)
}

async function familiesOf(observed: Registry): Promise<MetricFamily[]> {
  const metrics = await observed.getMetricsAsJSON()
  return metrics.map(({ name, help, type, values }) => ({
    name,
    help,
    type: String(type) as MetricFamily['type'],
    samples: values.map((value) => ({
      name: 'metricName' in value && typeof value.metricName === 'string' ? value.metricName : name,
      labels: asTexts(value.labels),
      value: value.value,
    })),
  }))
}

function asTexts(labels: object): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))
}
