/**
 * Selectors of series, by names and labels that exist: those of the table of metrics, and the few of prom-client's own
 * that the dashboards show. Each holds what every panel is filtered by, so that none can be forgotten.
 */
import { type COMMON_LABELS, METRIC_TABLE, type MetricName, OTHER } from '../../src/core/metric-table.ts'

/** Of prom-client's default metrics; those of the generator and of the server differ by `job`. */
const PROCESS_METRICS = {
  process_cpu_seconds_total: { type: 'counter', labels: [] },
  process_resident_memory_bytes: { type: 'gauge', labels: [] },
  nodejs_heap_size_used_bytes: { type: 'gauge', labels: [] },
  nodejs_eventloop_lag_p50_seconds: { type: 'gauge', labels: [] },
  nodejs_eventloop_lag_p99_seconds: { type: 'gauge', labels: [] },
  nodejs_gc_duration_seconds: { type: 'histogram', labels: ['kind'] },
} as const

const METRICS = { ...METRIC_TABLE, ...PROCESS_METRICS }

type Name = MetricName | keyof typeof PROCESS_METRICS
type Histogram = { [N in Name]: (typeof METRICS)[N]['type'] extends 'histogram' ? N : never }[Name]
type Plain = Exclude<Name, Histogram>
type LabelOf<N extends Name> = (typeof METRICS)[N]['labels'][number] | (typeof COMMON_LABELS)[number] | 'job'
/** A text is taken as it is, a pattern as a pattern. */
type Wanted = string | RegExp | { readonly not: RegExp }
type Labels<N extends Name> = Readonly<Partial<Record<LabelOf<N>, Wanted>>>

/** The server sells units of its own before the first step, to get warm: they are of no sale. */
export const OF_THE_SALE = { not: /warm-up-.*/ } as const
/** Server and harness each count their own SKUs beyond the bound together: those two sums are not of the same SKUs. */
export const OF_ONE_SKU = { not: new RegExp(`${OF_THE_SALE.not.source}|${OTHER}`) } as const

/** As Grafana fills them in; the linter asks for job and instance. */
const CHOSEN = ['job=~"$job"', 'instance=~"$instance"', 'run=~"$run"', 'strategy=~"$strategy"']

export function series<N extends Plain>(name: N, labels?: Labels<N>): string {
  return selector(name, labels)
}

/** Cumulative counts by `le`, of a histogram. */
export function bucketsOf<N extends Histogram>(name: N, labels?: Labels<N>): string {
  return selector(`${name}_bucket`, labels)
}

/** How many a histogram has counted. */
export function countOf<N extends Histogram>(name: N, labels?: Labels<N>): string {
  return selector(`${name}_count`, labels)
}

function selector(name: string, labels: Readonly<Partial<Record<string, Wanted>>> = {}): string {
  const own = Object.entries(labels).map(([label, wanted]) => label + matcher(wanted!))
  return `${name}{${[...CHOSEN, ...own].join(', ')}}`
}

function matcher(wanted: Wanted): string {
  if (typeof wanted === 'string') return `="${wanted}"`
  return wanted instanceof RegExp ? `=~"${wanted.source}"` : `!~"${wanted.not.source}"`
}
