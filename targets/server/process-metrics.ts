/**
 * What prom-client shows of a process: CPU, memory, descriptors, garbage collection, the event loop's delay. Together with
 * other processes' it is added up, but for the delays, of which the worst is shown.
 */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { MetricFamily } from './metric-family.ts'

/** They walk through every open socket at every scrape, and gauges called `_total` are not for Prometheus. */
const LEFT_OUT = /^nodejs_active_/

const AGGREGATORS: readonly (readonly [name: RegExp, aggregator: string])[] = [
  [/^nodejs_eventloop_lag_min_seconds$/, 'min'],
  [/^nodejs_eventloop_lag_/, 'max'],
  [/^process_start_time_seconds$/, 'min'],
]

export class ProcessMetrics {
  readonly #registry = new Registry()

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    for (const { name } of this.#registry.getMetricsAsArray()) {
      if (LEFT_OUT.test(name)) this.#registry.removeSingleMetric(name)
    }
  }

  async families(): Promise<readonly MetricFamily[]> {
    const families = (await this.#registry.getMetricsAsJSON()) as unknown as readonly MetricFamily[]
    return families.map((family) => {
      const ours = AGGREGATORS.find(([name]) => name.test(family.name))
      return ours === undefined ? family : { ...family, aggregator: ours[1] }
    })
  }
}
