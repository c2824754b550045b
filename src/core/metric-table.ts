/**
 * Every metric that Doorbuster shows Prometheus: the server's, and the harness's. Code, docs, dashboards and rules take
 * names and labels from here. Base units, `_total` for what only rises, and no label whose values nobody bounds.
 */

export interface MetricDescription {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Who shows it: the reference server, a run, or a watch. */
  readonly of: readonly ('server' | 'run' | 'watch')[]
}

/** On every series of the harness, and by service discovery on those of the server. `strategy`: of any target its name. */
export const COMMON_LABELS = ['run', 'scenario', 'strategy'] as const

/** Beyond so many SKUs the rest counts as one, named {@link OTHER}. */
export const MOST_SKUS = 100
/** Beyond so many codes likewise. */
export const MOST_CODES = 50
export const OTHER = 'OTHER'

const SERVER = ['server'] as const
const RUN = ['run'] as const
const BOTH = ['run', 'watch'] as const

export const METRIC_TABLE = {
  // The reference server.
  inventory_check_total: counter(SERVER, 'Buys by what came of them', ['result']),
  sale_funnel_units_total: counter(SERVER, 'Units by how far their buys came: checked, deducted, ordered', [
    'sku',
    'stage',
  ]),
  order_create_duration_seconds: histogram(SERVER, 'From the parsed request to the new order'),
  redis_decr_failed_total: counter(SERVER, 'Deductions that Redis did not make, by why: refused or failed', ['reason']),
  http_requests_refused_total: counter(SERVER, 'Requests refused, by the code of the answer', ['code']),
  http_requests_in_flight: gauge(SERVER, 'Requests inside, answered or not'),
  deduction_retries_total: counter(SERVER, 'Deductions tried again after somebody else was first'),
  lock_wait_duration_seconds: histogram(
    SERVER,
    "What buys waited for the strategy's own locks; the database's are not seen",
  ),
  pool_wait_duration_seconds: histogram(SERVER, 'What queries waited for a connection', ['store']),
  write_batch_orders: histogram(SERVER, 'Orders written together'),
  drain_backlog_orders: gauge(
    SERVER,
    'Orders promised and not yet written; absent where they are written before the answer',
  ),
  cache_reads_total: counter(SERVER, 'Reads of the stock by whether the cache had it', ['result']),
  stock_units: gauge(SERVER, 'Stock of open sales, as the strategy shows it to buyers', ['sku']),
  strategy_work_total: counter(SERVER, "The strategy's own counters", ['kind']),

  // The run.
  doorbuster_run_info: gauge(RUN, 'Always 1: what runs', ['engine', 'model']),
  doorbuster_step: gauge(RUN, 'Number of the step that is on, from 1; 0: none'),
  doorbuster_step_offered_rate: gauge(RUN, 'Requests per second that the step plans; 0: none'),
  doorbuster_step_saturated: gauge(RUN, '1: the target did not keep up in the step that ended last'),
  doorbuster_step_generator_late: gauge(RUN, '1: the generator was late in the step that ended last'),
  doorbuster_requests_offered_total: counter(RUN, 'Arrivals whose moment has come'),
  doorbuster_requests_sent_total: counter(BOTH, 'Requests that left'),
  doorbuster_requests_achieved_total: counter(BOTH, 'Requests with a definite answer'),
  doorbuster_requests_dropped_total: counter(RUN, 'Requests that never left, by why', ['reason']),
  doorbuster_requests_in_flight: gauge(BOTH, 'Requests without an answer so far'),
  doorbuster_outcomes_total: counter(BOTH, 'Requests by what buyers were told', ['outcome']),
  doorbuster_failures_total: counter(BOTH, 'Requests refused or without a definite answer, by code', ['code']),
  doorbuster_response_time_seconds: histogram(RUN, 'From the planned moment to the answer', ['outcome']),
  doorbuster_service_time_seconds: histogram(BOTH, 'From the send to the answer', ['outcome']),
  doorbuster_send_lateness_seconds: histogram(RUN, 'From the planned moment to the send'),
  doorbuster_response_time_objective_seconds: gauge(RUN, 'What the thresholds allow, by quantile', ['quantile']),
  doorbuster_service_cpu_seconds_total: counter(RUN, 'CPU used by a process behind the sale', ['service']),
  doorbuster_service_memory_bytes: gauge(RUN, 'Most memory that a process behind the sale had', ['service']),
  doorbuster_store_work_total: counter(RUN, 'Counters of the stores: WAL bytes, transactions, commands', [
    'store',
    'kind',
  ]),

  // Verdicts, of a run and of a watch.
  doorbuster_sale_stock_units: gauge(BOTH, 'Units at the opening', ['sku']),
  doorbuster_sale_sold_units: gauge(BOTH, 'Units that buyers were told are theirs', ['sku']),
  doorbuster_sale_oversold_units: gauge(BOTH, 'Units sold beyond the stock', ['sku']),
  doorbuster_sale_unsold_units: gauge(BOTH, 'Units of the stock that nobody was sold', ['sku']),
  doorbuster_sale_lost_units: gauge(BOTH, 'Units promised that no ledger has, or only in a queue', ['sku']),
  doorbuster_sale_unknown_units: gauge(BOTH, 'Units asked for, without an answer that says whether they were sold', [
    'sku',
  ]),
  doorbuster_check_verdict: gauge(BOTH, '1 for the worst verdict of the check so far, 0 for the others', [
    'check',
    'verdict',
  ]),
  doorbuster_verdict: gauge(BOTH, '1 for the verdict, `running` before there is one; 0 for the others', ['verdict']),
  doorbuster_watch_operations_total: counter(['watch'], 'Operations read'),
  doorbuster_watch_late_operations_total: counter(['watch'], 'Operations that came after their time had been judged'),
  doorbuster_watch_window_operations: gauge(['watch'], 'Operations that are kept because they are not judged yet'),
  doorbuster_watch_lag_seconds: gauge(['watch'], 'How far the judgement is behind the last operation'),
} as const satisfies Readonly<Record<string, MetricDescription>>

export type MetricName = keyof typeof METRIC_TABLE

type Of = MetricDescription['of']

function counter<const Who extends Of, const Labels extends readonly string[] = []>(
  of: Who,
  help: string,
  labels?: Labels,
) {
  return { type: 'counter', help, labels: labels ?? [], of } as const
}

function gauge<const Who extends Of, const Labels extends readonly string[] = []>(
  of: Who,
  help: string,
  labels?: Labels,
) {
  return { type: 'gauge', help, labels: labels ?? [], of } as const
}

function histogram<const Who extends Of, const Labels extends readonly string[] = []>(
  of: Who,
  help: string,
  labels?: Labels,
) {
  return { type: 'histogram', help, labels: labels ?? [], of } as const
}
