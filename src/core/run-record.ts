/**
 * `run.json`, schema `doorbuster.run/1`: everything about one run that isn't a row of its history or its ledger.
 */
import type { CheckName, CheckResult } from './check.ts'
import type { RunVerdict } from './exit-codes.ts'
import type { OutcomeKind } from './operation.ts'
import type { TargetPromise } from './promise.ts'
import type { Scenario } from './scenario.ts'
import type { ProbedWork, WorkTotals } from './work-record.ts'

export const RUN_SCHEMA = 'doorbuster.run/1'

/** Times in ms. All are null when there was no sample. */
export interface TimeFigures {
  readonly count: number
  readonly mean: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
}

export interface RegimeFigures {
  readonly arrivals: number
  readonly achievedRatePerSec: number
  readonly responseMs: TimeFigures
}

/**
 * Open: requests leave when the plan says. Closed: each connection sends its next request when its answer came, so that
 * nothing is offered that isn't answered.
 */
export type LoadModel = 'open' | 'closed'

/** What the load of one step came to. A pure function of its history (and its planned step). */
export interface LoadFigures {
  /** null in the closed model: as fast as answered. */
  readonly offeredRatePerSec: number | null
  /** Definite answers per second of `durationMs`. */
  readonly achievedRatePerSec: number
  /**
   * Of the plan. In the closed model, the time that the step took: from its start to its last answer, at most as long as
   * planned.
   */
  readonly durationMs: number
  /** Planned requests; in the closed model, those that were reached. */
  readonly arrivals: number
  readonly sent: number
  /** Answered with a definite outcome, "not open" among them. */
  readonly completed: number
  readonly dropped: number
  /** Share of arrivals refused for another reason than "not open", unknown or dropped, 0..1. */
  readonly errorRate: number
  readonly outcomes: Readonly<Record<OutcomeKind, number>>
  /** Why requests were refused, unknown or dropped: code -> count. */
  readonly errorCodes: Readonly<Record<string, number>>
  /** Never so in the closed model. */
  readonly saturated: boolean
  /** Share of arrivals sent, or dropped at the bound, within 50 ms of their moment. */
  readonly onTimeShare: number
  /** completedAt - scheduledAt over everything sent; an unanswered one counts as timeoutMs or more. */
  readonly responseMs: TimeFigures
  /** completedAt - sentAt. */
  readonly serviceMs: TimeFigures
  readonly responseMsByOutcome: Readonly<Partial<Record<OutcomeKind, TimeFigures>>>
  /** Arrivals before and after the first `soldOut` answer; null when there was no such answer. */
  readonly beforeSellOut: RegimeFigures | null
  readonly afterSellOut: RegimeFigures | null
  readonly sendLatenessMs: TimeFigures
  /** Attempts beyond a buyer's first: no arrivals, and in no other figure. */
  readonly retries: RetryFigures
}

interface RetryFigures {
  /** Sent, or dropped at the bound. */
  readonly made: number
  readonly outcomes: Readonly<Record<OutcomeKind, number>>
}

export interface ConnectionFigures {
  readonly opened: number
  readonly reused: number
  readonly reset: number
}

/** How long threads stood still for garbage collection. */
export interface PauseFigures {
  readonly count: number
  readonly totalMs: number
  readonly maxMs: number
}

export interface ResourceFigures {
  readonly cpuSeconds: number
  readonly maxRssBytes: number
  readonly eventLoopDelayMs?: { readonly p50: number; readonly p99: number; readonly max: number } | null
}

/** ns since the origin of the history's times. */
export interface SaleHoursRecord {
  /** null: open from the beginning. */
  readonly opensAtNs: number | null
  /** null: open to the end. */
  readonly closesAtNs: number | null
  /** The target keeps them by its own clock, which was measured with this error. */
  readonly errorMs: number
}

/** What was seen of a step while it went on; the verdict never rests on it. */
export interface LiveRecord {
  /** null: it looked right to the end. */
  readonly firstViolation: LiveViolation | null
  /** How often the history was looked at, and what time that took together: no less than the CPU time of it. */
  readonly looks: number
  readonly tookMs: number
}

export interface LiveViolation {
  /** The check that convicts such a sale. */
  readonly check: CheckName
  readonly sku: string
  /** "OVERSOLD by 3 units so far, by what buyers were told" */
  readonly sentence: string
  /** ns since the origin of the history's times. */
  readonly seenAtNs: number
}

/** The target's clock against the harness's. */
export interface ClockFigures {
  /** Target minus harness. */
  readonly offsetMs: number
  /** The offset is known to so much, either way. */
  readonly errorMs: number
}

export interface SaleFigures {
  readonly sku: string
  readonly initial: number
  readonly remaining: number | null
  /** Units in the ledger; null, like the orders and the time, when it could not be read. */
  readonly sold: number | null
  readonly orders: number | null
  readonly settled: boolean
  /** When it was open, on the clock of the history; null: always. */
  readonly hours: SaleHoursRecord | null
  readonly takenAt: string | null
  /** Orders that stood in the ledger before the first arrival, and are left out. Absent: none. */
  readonly earlierOrders?: number
}

export interface StepRecord extends LoadFigures {
  readonly index: number
  /** When the plan of the step began, ns since the origin of its history's times. */
  readonly startedAtNs: number
  /** The step was cut short: its thresholds were not judged. */
  readonly interrupted: boolean
  readonly connections: ConnectionFigures
  /** Of the generator: they delay sends, and response times with them. */
  readonly generatorPauses: PauseFigures
  /** A few answers that nobody could make sense of, shortened; they count as unknown. */
  readonly notUnderstood: readonly string[]
  /** The times of its history are true to so much: 0 where the engine's clock is the harness's own. */
  readonly clockErrorMs: number
  /** What a reader of the figures has to know of how they came about, a sentence each. */
  readonly notes: readonly string[]
  /** What target and stores did for it, until the target had settled. */
  readonly work: WorkTotals
  /** Who used what during the step: `target`, `postgres`, `redis`, `generator`, or by the names of the descriptor. */
  readonly resources: Readonly<Record<string, ResourceFigures>>
  readonly sales: readonly SaleFigures[]
  readonly live: LiveRecord
  /** null where no sale had opening hours: then nobody asked. */
  readonly targetClock: ClockFigures | null
  readonly verdict: RunVerdict
}

export interface ThresholdResult {
  readonly expression: string
  /** null: over all steps together. */
  readonly step: number | null
  readonly metric: string
  /** In the metric's own unit; null when it could not be measured. */
  readonly measured: number | null
  readonly verdict: 'pass' | 'fail' | 'unknown'
  /** "p99 was 51.2ms, allowed < 42ms"; for unknown, why. */
  readonly sentence: string
}

export interface ServiceRecord {
  /** external | local | embedded | docker */
  readonly provider: string
  readonly version: string
  readonly settings: Readonly<Record<string, string>>
}

export interface RunEnvironment {
  readonly cpuModel: string
  readonly cores: number
  readonly memoryBytes: number
  readonly os: string
  readonly node: string
  readonly doorbuster: string
  readonly services: Readonly<Partial<Record<'postgres' | 'redis', ServiceRecord>>>
}

export interface StrategyTarget {
  readonly kind: 'strategy'
  readonly strategy: string
  readonly summary: string
  readonly control: boolean
  readonly instances: number
  readonly promise: TargetPromise
  readonly durableWhen: string
  /** Path of the module that holds it; absent for a strategy of the reference server's. */
  readonly module?: string
  /** Share of order requests whose connection was cut in place of the answer, 0..1; absent: none on purpose. */
  readonly lostReplyShare?: number
  /** What it does more than its strategy asks of it, on purpose (`cpu=10%`, `statement`); absent: nothing. */
  readonly handicap?: string
}

/** A service of the user's own. */
export interface ServiceTarget {
  readonly kind: 'service'
  readonly name: string
  readonly summary: string
  /** Secrets in it are masked. */
  readonly url: string
  readonly promise: TargetPromise
  /** What a `sold` answer means to the buyer. */
  readonly soldMeans: 'paid' | 'reserved' | 'queued'
  /** Others sold from the same stock meanwhile. */
  readonly shared: boolean
  /**
   * Units that it promises one user at most, whatever the scenario says; `untold`: nobody told it of the scenario's limit,
   * and none is judged. Absent: the scenario's.
   */
  readonly perUserLimit?: number | 'untold'
  /** Each step was a sale of its own; else all steps are one, and each is judged with those before it. */
  readonly salePerStep: boolean
}

export type RunTarget = StrategyTarget | ServiceTarget

export function targetName(target: RunTarget): string {
  return target.kind === 'strategy' ? target.strategy : target.name
}

export interface RunRecord {
  readonly schema: typeof RUN_SCHEMA
  readonly runId: string
  readonly status: 'running' | 'complete' | 'interrupted'
  /** Process that writes this record: a `running` one whose process is gone is incomplete. */
  readonly writer: { readonly pid: number; readonly startedAtTicks: string | null }
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly scenario: Scenario
  readonly seed: number
  /** As it was called: words behind `doorbuster run`, without what changes nothing of the sale. Absent: no single command makes it. */
  readonly command?: readonly string[]
  readonly target: RunTarget
  readonly engine: {
    readonly name: string
    readonly version: string
    readonly model: LoadModel
    readonly workers: number
  }
  readonly environment: RunEnvironment
  /** What one request of each kind costs, probed before the first step with one in flight; null: nobody asked. */
  readonly workAnOrder: readonly ProbedWork[] | null
  readonly steps: readonly StepRecord[]
  readonly checks: readonly CheckResult[]
  readonly thresholds: readonly ThresholdResult[]
  /** null while running. */
  readonly verdict: RunVerdict | null
  readonly exitCode: number | null
  /** What ended the run before its last step; null if nothing did, or while it runs. */
  readonly endedBy: 'interrupted' | 'environment' | 'fail-fast' | null
  /** The same in a sentence. */
  readonly endedEarly: string | null
}
