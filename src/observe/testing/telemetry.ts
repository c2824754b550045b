/** Telemetry for tests: a look, with what a test wants otherwise, and a run of many. */
import { OUTCOME_KINDS, type OutcomeKind } from '../../core/operation.ts'
import { TELEMETRY_SCHEMA, type Telemetry, TIME_BOUNDS_SECONDS, type TimeHistogram } from '../../core/telemetry.ts'

export const BEGAN_AT_MS = Date.UTC(2026, 2, 14, 15, 9, 26)

export function look(changes: Partial<Telemetry> = {}): Telemetry {
  return {
    schema: TELEMETRY_SCHEMA,
    atMs: BEGAN_AT_MS,
    source: SOURCE,
    phase: 'load',
    step: null,
    counts: counts({}),
    responseTime: {},
    serviceTime: {},
    sendLateness: null,
    sales: [],
    checks: [],
    resources: {},
    work: {},
    verdict: null,
    sentence: 'right so far',
    ...changes,
  }
}

const SOURCE: Telemetry['source'] = {
  kind: 'run',
  runId: 'run-1',
  scenario: 'staircase-12800',
  target: 'naive',
  engine: 'open',
  model: 'open',
  stores: { postgres: '15.3', redis: '7.2' },
  objectives: { '0.99': 0.042 },
}

export function source(changes: Partial<Telemetry['source']>): Telemetry['source'] {
  return { ...SOURCE, ...changes }
}

export function counts({ outcomes, ...changes }: Partial<Telemetry['counts']>): Telemetry['counts'] {
  const none = Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 0])) as Record<OutcomeKind, number>
  return {
    offered: 0,
    sent: 0,
    achieved: 0,
    inFlight: 0,
    dropped: {},
    failures: {},
    ...changes,
    outcomes: { ...none, ...outcomes },
  }
}

/** So many in the bucket that ends at each of these seconds; `Infinity` is the one beyond. */
export function histogram(bySecond: ReadonlyMap<number, number>): TimeHistogram {
  const bounds = [...TIME_BOUNDS_SECONDS, Infinity]
  return { counts: bounds.map((bound) => bySecond.get(bound) ?? 0), sumSeconds: 0 }
}

export function sale(changes: Partial<Telemetry['sales'][number]> = {}): Telemetry['sales'][number] {
  return { sku: 'SKU-1', step: 1, stock: 100, sold: 0, oversold: 0, lost: null, unknown: 0, ...changes }
}
