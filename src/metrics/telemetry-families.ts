/**
 * What is told of a run or a watch, as the metrics of the table: all of them that there is something to say of, and none
 * besides. Pure.
 */
import type { CheckVerdict } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { FAILURE_CODES } from '../core/failure-codes.ts'
import { type COMMON_LABELS, METRIC_TABLE, type MetricDescription, type MetricName } from '../core/metric-table.ts'
import { OUTCOME_KINDS } from '../core/operation.ts'
import {
  type SaleTelemetry,
  type Telemetry,
  type TelemetrySource,
  TIME_BOUNDS_SECONDS,
  type TimeHistogram,
} from '../core/telemetry.ts'
import type { Labels, MetricFamily, MetricSample } from './metric-family.ts'

/** Of a watch alone; no part of what is told of every sale. */
export interface WatchFigures {
  readonly operations: number
  readonly lateOperations: number
  readonly windowOperations: number
  readonly lagSeconds: number
}

export interface Told {
  readonly telemetry: Telemetry
  /** Of the step that ended last; null: none has. */
  readonly lastStep: { readonly saturated: boolean; readonly generatorLate: boolean } | null
  readonly watch: WatchFigures | null
}

export function commonLabels({
  runId,
  scenario,
  target,
}: TelemetrySource): Readonly<Record<(typeof COMMON_LABELS)[number], string>> {
  return { run: runId, scenario, strategy: target }
}

/** Without the common labels. */
export function telemetryFamilies(told: Told): MetricFamily[] {
  const { kind } = told.telemetry.source
  return (Object.keys(POINTS) as HarnessMetric[]).flatMap((name) => {
    const { type, help, of }: MetricDescription = METRIC_TABLE[name]
    if (!of.includes(kind)) return []
    const points = POINTS[name](told)
    return points.length === 0 ? [] : [{ name, type, help, samples: points.flatMap((point) => samplesOf(name, point)) }]
  })
}

type HarnessMetric = Extract<MetricName, `doorbuster_${string}`>

interface Point {
  readonly labels: Labels
  readonly value: number | TimeHistogram
}

type Points = readonly Point[]

const VERDICTS: readonly (RunVerdict | 'running')[] = [
  'running',
  'passed',
  'wrong',
  'missed',
  'inconclusive',
  'environment',
  'interrupted',
]
const CHECK_VERDICTS: readonly CheckVerdict[] = ['pass', 'fail', 'unknown', 'not-checked']

const NO_FAILURES = Object.fromEntries(FAILURE_CODES.map((code) => [code, 0]))
const NO_TIME: TimeHistogram = { counts: [...TIME_BOUNDS_SECONDS.map(() => 0), 0], sumSeconds: 0 }
/** What is dropped takes no time. */
const NO_TIMES = Object.fromEntries(OUTCOME_KINDS.filter((kind) => kind !== 'dropped').map((kind) => [kind, NO_TIME]))

/** What may well happen later is 0 until then: the first time would be no rise otherwise. */
const POINTS: Readonly<Record<HarnessMetric, (told: Told) => Points>> = {
  doorbuster_run_info: ({ telemetry: { source } }) => one(1, { engine: source.engine, model: source.model }),
  doorbuster_step: ({ telemetry }) => one(isOn(telemetry) ? (telemetry.step?.number ?? 0) : 0),
  doorbuster_step_offered_rate: ({ telemetry }) =>
    one(telemetry.phase === 'load' ? (telemetry.step?.offeredRatePerSec ?? 0) : 0),
  doorbuster_step_saturated: ({ lastStep }) => (lastStep === null ? [] : one(Number(lastStep.saturated))),
  doorbuster_step_generator_late: ({ lastStep }) => (lastStep === null ? [] : one(Number(lastStep.generatorLate))),
  doorbuster_requests_offered_total: ({ telemetry: { counts } }) => one(counts.offered),
  doorbuster_requests_sent_total: ({ telemetry: { counts } }) => one(counts.sent),
  doorbuster_requests_achieved_total: ({ telemetry: { counts } }) => one(counts.achieved),
  doorbuster_requests_dropped_total: ({ telemetry: { counts } }) =>
    each('reason', { IN_FLIGHT_BOUND: 0, ...counts.dropped }),
  doorbuster_requests_in_flight: ({ telemetry: { counts } }) => one(counts.inFlight),
  doorbuster_outcomes_total: ({ telemetry: { counts } }) => each('outcome', counts.outcomes),
  doorbuster_failures_total: ({ telemetry: { source, counts } }) =>
    each('code', { ...ofRun(source, NO_FAILURES), ...counts.failures }),
  doorbuster_response_time_seconds: ({ telemetry: { source, responseTime } }) =>
    each('outcome', { ...ofRun(source, NO_TIMES), ...responseTime }),
  doorbuster_service_time_seconds: ({ telemetry: { source, serviceTime } }) =>
    each('outcome', { ...ofRun(source, NO_TIMES), ...serviceTime }),
  doorbuster_send_lateness_seconds: ({ telemetry: { sendLateness } }) =>
    sendLateness === null ? [] : one(sendLateness),
  doorbuster_response_time_objective_seconds: ({ telemetry: { source } }) => each('quantile', source.objectives),
  doorbuster_service_cpu_seconds_total: ({ telemetry: { resources } }) =>
    Object.entries(resources).flatMap(([service, { cpuSeconds }]) => one(cpuSeconds, { service })),
  doorbuster_service_memory_bytes: ({ telemetry: { resources } }) =>
    Object.entries(resources).flatMap(([service, { maxRssBytes }]) => one(maxRssBytes, { service })),
  doorbuster_store_work_total: ({ telemetry: { work } }) =>
    Object.entries(work).flatMap(([store, counts]) =>
      Object.entries(counts).flatMap(([kind, count]) => one(count, { store, kind })),
    ),
  doorbuster_sale_stock_units: (told) => perSku(told, ({ stock }) => stock),
  doorbuster_sale_sold_units: (told) => perSku(told, ({ sold }) => sold),
  doorbuster_sale_oversold_units: (told) => perSku(told, ({ oversold }) => oversold),
  doorbuster_sale_unsold_units: (told) => perSku(told, ({ stock, sold }) => Math.max(0, stock - sold)),
  doorbuster_sale_lost_units: (told) => perSku(told, ({ lost }) => lost),
  doorbuster_sale_unknown_units: (told) => perSku(told, ({ unknown }) => unknown),
  doorbuster_check_verdict: ({ telemetry: { checks } }) =>
    checks.flatMap(({ check, verdict: worst }) =>
      CHECK_VERDICTS.flatMap((verdict) => one(Number(verdict === worst), { check, verdict })),
    ),
  doorbuster_verdict: ({ telemetry }) =>
    VERDICTS.flatMap((verdict) => one(Number(verdict === (telemetry.verdict ?? 'running')), { verdict })),
  doorbuster_watch_operations_total: ({ watch }) => (watch === null ? [] : one(watch.operations)),
  doorbuster_watch_late_operations_total: ({ watch }) => (watch === null ? [] : one(watch.lateOperations)),
  doorbuster_watch_window_operations: ({ watch }) => (watch === null ? [] : one(watch.windowOperations)),
  doorbuster_watch_lag_seconds: ({ watch }) => (watch === null ? [] : one(watch.lagSeconds)),
}

function isOn({ phase }: Telemetry): boolean {
  return phase === 'load' || phase === 'judging'
}

function one(value: Point['value'], labels: Labels = {}): Points {
  return [{ labels, value }]
}

/** A watch shows what it has seen: which codes and outcomes its lines can have, it does not know. */
function ofRun<T extends object>({ kind }: TelemetrySource, values: T): T | undefined {
  return kind === 'run' ? values : undefined
}

function each(label: string, values: Readonly<Record<string, Point['value'] | undefined>>): Points {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : one(value, { [label]: name })))
}

/** Sales of one name, in several steps, are told as one. */
function perSku({ telemetry: { sales } }: Told, of: (sale: SaleTelemetry) => number | null): Points {
  const units = new Map<string, number>()
  for (const sale of sales) {
    const value = of(sale)
    if (value !== null) units.set(sale.sku, (units.get(sale.sku) ?? 0) + value)
  }
  return [...units].flatMap(([sku, value]) => one(value, { sku }))
}

function samplesOf(name: string, { labels, value }: Point): MetricSample[] {
  return typeof value === 'number' ? [{ name, labels, value }] : histogramSamples(name, labels, value)
}

/** Cumulative, as Prometheus wants them. */
function histogramSamples(name: string, labels: Labels, { counts, sumSeconds }: TimeHistogram): MetricSample[] {
  let below = 0
  const buckets = counts.map((count, index) => {
    below += count
    const le = index < TIME_BOUNDS_SECONDS.length ? String(TIME_BOUNDS_SECONDS[index]) : '+Inf'
    return { name: `${name}_bucket`, labels: { ...labels, le }, value: below }
  })
  return [
    ...buckets,
    { name: `${name}_sum`, labels, value: sumSeconds },
    { name: `${name}_count`, labels, value: below },
  ]
}
