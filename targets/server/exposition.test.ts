import { describe, expect, it } from 'vitest'
import { expose, formatFor } from './exposition.ts'
import { FixedHistogram } from './fixed-histogram.ts'
import { family, histogramFamily, type MetricFamily } from './metric-family.ts'
import { ProcessMetrics } from './process-metrics.ts'

function instance(sold: number, ...waitsMs: readonly number[]): readonly MetricFamily[] {
  const waits = new FixedHistogram([1, 2])
  for (const ms of waitsMs) waits.observe(ms)
  return [
    family('inventory_check_total', [[{ result: 'sold' }, sold]]),
    histogramFamily('lock_wait_duration_seconds', [[{}, waits]]),
  ]
}

describe('expose', () => {
  it('adds up what several instances counted', async () => {
    expect(await expose([instance(3, 1, 1.5), instance(4, 9)], 'text')).toBe(`\
# HELP inventory_check_total Buys by what came of them
# TYPE inventory_check_total counter
inventory_check_total{result="sold"} 7

# HELP lock_wait_duration_seconds What buys waited for the strategy's own locks; the database's are not seen
# TYPE lock_wait_duration_seconds histogram
lock_wait_duration_seconds_bucket{le="1"} 1
lock_wait_duration_seconds_bucket{le="2"} 2
lock_wait_duration_seconds_bucket{le="+Inf"} 3
lock_wait_duration_seconds_sum 11.5
lock_wait_duration_seconds_count 3
`)
  })

  it.each([1, 2])("leaves _total to a counter's samples in OpenMetrics, of %i instances", async (instances) => {
    const text = await expose(
      Array.from({ length: instances }, () => instance(2)),
      'openmetrics',
    )
    expect(text.split('\n').slice(0, 3)).toEqual([
      '# HELP inventory_check Buys by what came of them',
      '# TYPE inventory_check counter',
      `inventory_check_total{result="sold"} ${2 * instances}`,
    ])
    expect(text.endsWith('\n# EOF\n')).toBe(true)
  })

  it('shows the worst of the delays of event loops, and all of the memory', async () => {
    const gauge = async (name: string, value: number): Promise<MetricFamily> => {
      const { values, ...described } = (await new ProcessMetrics().families()).find((one) => one.name === name)!
      return { ...described, values: values.map((one) => ({ ...one, value })) }
    }
    const names = ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']
    const each = await Promise.all([2, 5, 3].map((value) => Promise.all(names.map((name) => gauge(name, value)))))
    const text = await expose(each, 'text')
    expect(text).toContain('\nnodejs_eventloop_lag_p99_seconds 5\n')
    expect(text).toContain('\nprocess_resident_memory_bytes 10\n')
  })
})

describe('formatFor', () => {
  it.each([
    ['application/openmetrics-text', 'openmetrics'],
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
    // As Prometheus asks.
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'openmetrics'],
    ['text/plain;q=0.4, Application/OpenMetrics-Text;Q=0.5', 'openmetrics'],
    ['text/plain, application/openmetrics-text;q=0.5', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=much', 'text'],
    ['text/plain', 'text'],
    ['*/*', 'text'],
    ['', 'text'],
    [undefined, 'text'],
  ])('%s: %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format)
  })
})
