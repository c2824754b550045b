/** What the engine and its worker thread say to one another. Each command but `stop` has exactly one reply. */
import type { DescribedTarget } from '../load-engine.ts'
import type { StepReport } from '../open-loop/worker-messages.ts'

export interface WorkerData {
  readonly state: SharedArrayBuffer
  readonly targetUrl: string
  /** null: by the reference contract. */
  readonly described: DescribedTarget | null
  readonly timeoutMs: number
  readonly originNs: bigint
}

export interface ClosedStep {
  readonly buffer: SharedArrayBuffer
  /** Rows. */
  readonly length: number
  readonly skus: readonly string[]
  readonly requestIdPrefix: string
  readonly connections: number
}

export type WorkerCommand =
  /** Makes ready for a step. Reply: prepared. */
  | { readonly do: 'prepare'; readonly step: ClosedStep }
  /** Runs the step between these moments, ns since the origin. Reply: done, when the last answer is in. */
  | { readonly do: 'go'; readonly startNs: number; readonly endNs: number }
  /** Sends nothing more; the reply to `go` comes when nothing is in flight. */
  | { readonly do: 'stop' }
  /** Reply: closed. */
  | { readonly do: 'close' }

export type WorkerReply =
  | { readonly is: 'prepared' }
  | { readonly is: 'done'; readonly report: ClosedReport }
  | { readonly is: 'closed' }

export interface ClosedReport extends StepReport {
  /** Stopped before its time was over, with rows left. */
  readonly cutShort: boolean
}
