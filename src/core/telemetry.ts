/**
 * What can be said of a sale while it is on, once a second or whenever somebody asks: counts since the start, never
 * rates, so that whoever looks at two of them has what lies between. A run and a watch make it; the live page, the
 * metrics and the logs are made of it. The verdict never rests on it.
 */
import type { CheckName, CheckVerdict } from './check.ts'
import type { RunVerdict } from './exit-codes.ts'
import type { OutcomeKind } from './operation.ts'
import type { LoadModel, ResourceFigures } from './run-record.ts'

export const TELEMETRY_SCHEMA = 'doorbuster.telemetry/1'

/** Upper bounds of the buckets of every time, seconds; one more is beyond them. */
export const TIME_BOUNDS_SECONDS: readonly number[] = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.042, 0.06, 0.1, 0.15, 0.25, 0.5, 0.8, 1, 2, 5,
  10,
]

export interface TimeHistogram {
  /** How many in each bucket of {@link TIME_BOUNDS_SECONDS}, not cumulative; one more entry than bounds. */
  readonly counts: readonly number[]
  readonly sumSeconds: number
}

export interface Telemetry {
  readonly schema: typeof TELEMETRY_SCHEMA
  /** ms since 1970. */
  readonly atMs: number
  readonly source: TelemetrySource
  readonly phase: 'starting' | 'warming-up' | 'load' | 'judging' | 'finished'
  /** The one that is on, or was last; null before the first, and where nobody plans steps. */
  readonly step: StepTelemetry | null
  readonly counts: TelemetryCounts
  /** By outcome; what was sent and not answered counts, too, as in the figures of a step. */
  readonly responseTime: Readonly<Partial<Record<OutcomeKind, TimeHistogram>>>
  readonly serviceTime: Readonly<Partial<Record<OutcomeKind, TimeHistogram>>>
  /** How late requests left; null where nobody planned when. */
  readonly sendLateness: TimeHistogram | null
  readonly sales: readonly SaleTelemetry[]
  /** The worst word so far on each check that was spoken of. */
  readonly checks: readonly CheckTelemetry[]
  /** What the processes behind the sale have used: `target`, `postgres`, `redis`, `generator`, or a descriptor's names. */
  readonly resources: Readonly<Record<string, ResourceFigures>>
  /** Counters of the stores, by store and name: `postgres` `wal_bytes`, `redis` `commands`. */
  readonly work: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** null: not at the end yet. */
  readonly verdict: RunVerdict | null
  /** "right so far", "OVERSOLD by 3 units so far, by what buyers were told", at the end the headline. */
  readonly sentence: string
}

export interface TelemetrySource {
  readonly kind: 'run' | 'watch'
  readonly runId: string
  readonly scenario: string
  /** A strategy's name, or a descriptor's. */
  readonly target: string
  readonly engine: string
  readonly model: LoadModel
  /** Name -> version. */
  readonly stores: Readonly<Record<string, string>>
  /** Response time that the scenario's thresholds allow, seconds by quantile: {"0.99": 0.042}. */
  readonly objectives: Readonly<Record<string, number>>
}

export interface StepTelemetry {
  /** From 1. */
  readonly number: number
  readonly of: number
  /** null in the closed model. */
  readonly offeredRatePerSec: number | null
  readonly durationMs: number
  readonly elapsedMs: number
  /** Known when the step is over; null before. */
  readonly saturated: boolean | null
  readonly generatorLate: boolean | null
}

export interface TelemetryCounts {
  /** Arrivals whose moment has come. */
  readonly offered: number
  readonly sent: number
  /** Definite answers, as in the achieved rate. */
  readonly achieved: number
  readonly inFlight: number
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>
  readonly outcomes: Readonly<Record<OutcomeKind, number>>
  /** Codes of refusals and of what is unknown; few, the rest as OTHER. */
  readonly failures: Readonly<Record<string, number>>
}

/** Units of one sale, by what buyers were told; by its ledger as soon as that was read. */
export interface SaleTelemetry {
  readonly sku: string
  /** From 1; 0 where there are no steps. */
  readonly step: number
  readonly stock: number
  readonly sold: number
  readonly oversold: number
  /** Promised, and in no ledger; null: nobody has looked. */
  readonly lost: number | null
  /** Asked for, without an answer that says whether they were sold. */
  readonly unknown: number
}

export interface CheckTelemetry {
  readonly check: CheckName
  readonly verdict: CheckVerdict
  /** Of the sale that it was worst in. */
  readonly sku: string
  readonly sentence: string
}

/** Takes what is told while it goes on. It must neither throw nor wait. */
export interface TelemetrySink {
  take(telemetry: Telemetry): void
}
