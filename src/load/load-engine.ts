/**
 * The contract of everything that drives load: start once, warm up, then run one planned step after another.
 */
import type { BuyerIdentities, BuyerProtocol, RequestTemplate } from '../core/buyer-protocol.ts'
import type { HarnessError } from '../core/errors.ts'
import type { HistoryColumns } from '../core/history.ts'
import type { ConnectionFigures, PauseFigures, ResourceFigures } from '../core/run-record.ts'
import type { StepPlan } from '../core/scenario.ts'
import type { TlsMaterial } from '../core/target-access.ts'

export interface LoadEngine {
  readonly name: string
  readonly version: string
  readonly model: 'open' | 'closed'
  start(options: LoadEngineOptions): Promise<StartedLoadEngine>
}

export interface LoadEngineOptions {
  /** Base URL of the target, without a trailing slash. */
  readonly targetUrl: string
  /** How buyers talk to it; absent: by the reference contract. */
  readonly described?: DescribedTarget
  readonly maxInFlight: number
  readonly timeoutMs: number
  /** Origin of all times in the histories, of `process.hrtime.bigint()`. */
  readonly originNs: bigint
  /** Worker threads; by default chosen from the highest planned rate. */
  readonly workers?: number
  readonly peakRatePerSec: number
}

/** A target with a protocol of its own. */
export interface DescribedTarget {
  readonly protocol: BuyerProtocol
  /** Sent with every request; one of the request's own wins. */
  readonly headers: RequestTemplate['headers']
  readonly identities: BuyerIdentities
  /** Values of `env.NAME`, by NAME. They must come into no result, log or message. */
  readonly secrets: Readonly<Record<string, string>>
  readonly tls: TlsMaterial | null
  /** Besides its warm-up, and at any rate, it may be sent reads that belong to no step. */
  readonly mayBeRead?: boolean
}

export interface StartedLoadEngine extends AsyncDisposable {
  readonly workers: number
  /**
   * What makes the code hot, on sales that nobody judges: each is opened, asked and closed, one after the other. None for
   * a described target: what it stands, and on which sale, is the run's to say.
   */
  readonly warmUps: readonly StepPlan[]
  /** Runs one of {@link warmUps}; the first opens all connections. */
  warmUp(plan: StepPlan, options: Pick<RunStepOptions, 'requestIdPrefix' | 'signal'>): Promise<void>
  /**
   * Gets ready for a step, where that takes so long that its sale must not be open meanwhile, nor its opening be waited
   * for; {@link runStep} follows with the same plan. Absent: there is nothing to get ready.
   */
  prepareStep?(plan: StepPlan, options: Pick<RunStepOptions, 'requestIdPrefix' | 'signal'>): Promise<void>
  /**
   * Runs one step to its end (all answers in or timed out). When `signal` aborts, no more requests are sent, those in
   * flight are awaited up to their timeout, and what was measured is returned with `interrupted: true`; likewise, with
   * the `failure`, after one second of nothing but refused connects.
   * Throws HarnessError TARGET_UNREACHABLE when no connection can be had before the first request.
   */
  runStep(plan: StepPlan, options: RunStepOptions): Promise<StepLoad>
}

export interface RunStepOptions {
  /** Request id of buy n is `requestIdPrefix + n`. */
  readonly requestIdPrefix: string
  readonly signal: AbortSignal
  /** Called about four times a second from the main thread. */
  readonly onProgress?: (progress: LoadProgress) => void
  /** The step begins at this moment, ns since the origin, or as soon after it as all is ready. */
  readonly notBeforeNs?: number
  /** Called once, before the first request is due. */
  readonly onStart?: (history: RunningHistory) => void
}

/** The history of a step while it fills in; read from the main thread. */
export interface RunningHistory {
  /** Codes that nobody foresaw, and order ids, are there only when the step has ended. */
  readonly columns: HistoryColumns
  /** So many rows are the plan's, in order of their moments; behind them stand those of retries. */
  readonly planned: number
  /** Rows of retries that are in use by now, `end` not among them. */
  retryRows(): readonly { readonly from: number; readonly end: number }[]
  /** The row's outcome is known: all that its columns say is there. */
  isSettled(row: number): boolean
  /** On the clock of the columns, ns since the origin. */
  nowNs(): number
}

export interface LoadProgress {
  readonly elapsedMs: number
  /** Counts since the start of the step. */
  readonly planned: number
  readonly sent: number
  readonly completed: number
  readonly sold: number
  readonly dropped: number
  readonly inFlight: number
  /** Over the last second or so; null without a sample. */
  readonly achievedRatePerSec: number
  readonly p99ResponseMs: number | null
}

export interface StepLoad {
  readonly history: HistoryColumns
  /** When the step's plan began, ns since the origin. */
  readonly startedAtNs: number
  /** Cut short: not all that was planned was sent. */
  readonly interrupted: boolean
  /** TARGET_UNREACHABLE, if that is what cut it short. */
  readonly failure: HarnessError | null
  readonly connections: ConnectionFigures
  readonly generator: ResourceFigures
  /** How long the generator's threads stood still for garbage collection. */
  readonly generatorPauses: PauseFigures
  /** A sample of answers that were not understood, for people; few and short. */
  readonly notUnderstood: readonly string[]
  /** The times of the history are true to so much, against one another and against the origin, ms; absent: exact. */
  readonly clockErrorMs?: number
  /** What a reader of the figures has to know of how they came about, a sentence each. */
  readonly notes?: readonly string[]
}
