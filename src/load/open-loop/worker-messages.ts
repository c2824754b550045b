/** What the engine and its worker threads say to one another. Each command but `stop` has exactly one reply. */
import type { MessagePort } from 'node:worker_threads'
import type { ConnectionFigures } from '../../core/run-record.ts'
import type { PauseFigures } from '../../core/run-record.ts'
import type { PlannedRetries } from '../../core/retries.ts'
import type { DescribedTarget } from '../load-engine.ts'
import type { TransportName } from '../transport/index.ts'
import type { NumberedChunk } from './order-id-arena.ts'
import type { RowRange } from './retry-queue.ts'

export interface WorkerData {
  readonly index: number
  readonly workers: number
  readonly state: SharedArrayBuffer
  /** Where ticks come from; null: the worker's own timer of 1 ms. */
  readonly ticks: MessagePort | null
  readonly targetUrl: string
  /** null: by the reference contract. */
  readonly described: DescribedTarget | null
  /** Of the reference contract. */
  readonly transport: TransportName
  readonly maxInFlight: number
  readonly timeoutMs: number
  readonly originNs: bigint
}

/** The step as one worker sees it. */
export interface StepShare {
  readonly buffer: SharedArrayBuffer
  /** Rows, and how many of them are the plan's. */
  readonly length: number
  readonly planned: number
  /** Rows dealt to this worker, in order of time; null: all. */
  readonly rows: Uint32Array | null
  /** One a sale of the step. */
  readonly skus: readonly string[]
  readonly requestIdPrefix: string
  /** null: nobody asks again. */
  readonly retries: { readonly planned: PlannedRetries; readonly rows: RowRange } | null
}

export type WorkerCommand =
  /** Opens connections until `connections` are idle. Reply: opened. */
  | { readonly do: 'open'; readonly connections: number }
  /** Makes ready for a step. Reply: prepared. */
  | { readonly do: 'prepare'; readonly share: StepShare }
  /** The schedule is fixed: runs the step. Reply: done, when the last answer is in. No retry falls due later than said. */
  | { readonly do: 'go'; readonly retriesUntilNs: number }
  /** Sends nothing more; the reply to `go` comes when nothing is in flight. */
  | { readonly do: 'stop' }
  /** Reply: closed. */
  | { readonly do: 'close' }

export type WorkerReply =
  | { readonly is: 'opened'; readonly open: number; readonly error: string | null }
  | { readonly is: 'prepared' }
  | { readonly is: 'done'; readonly report: StepReport }
  | { readonly is: 'closed' }

export interface StepReport {
  /** Rows of its share that were sent or dropped; the others were not reached. */
  readonly reached: number
  /** Retries that were due later when the step was cut short. */
  readonly retriesLeft: number
  /** Nothing but refused connects for one second: the detail of the last. */
  readonly unreachable: string | null
  readonly chunks: readonly NumberedChunk[]
  readonly addedCodes: readonly string[]
  readonly notUnderstood: readonly string[]
  readonly connections: ConnectionFigures
  /** null where the system doesn't tell a thread's time. */
  readonly cpuSeconds: number | null
  readonly pauses: PauseFigures
}
