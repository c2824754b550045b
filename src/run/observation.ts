/** Looks at a step while it runs, tells what it sees, and with fail-fast stops its load when a sale is seen to be wrong. */
import { type HistoryColumns, skuAt } from '../core/history.ts'
import type { LiveRecord } from '../core/run-record.ts'
import type { StepPlan } from '../core/scenario.ts'
import type { LoadProgress, RunStepOptions } from '../load/load-engine.ts'
import type { SaleUnderJudgement } from '../oracle/index.ts'
import { HistoryWalk } from './history-walk.ts'
import { LiveJudge, type LiveWord } from './live-judge.ts'
import type { RunTelemetry } from './run-telemetry.ts'

export interface ObservationOptions {
  readonly signal: AbortSignal
  readonly failFast: boolean
  /** Whether the sales can be judged by the history of this step alone. */
  readonly live: boolean
  readonly telemetry: RunTelemetry
  readonly onProgress: (progress: LoadProgress, word: LiveWord | null) => void
}

export interface Observation {
  /** What the load engine is to be told. */
  readonly options: Pick<RunStepOptions, 'signal' | 'onStart' | 'onProgress'>
  /** To be called when nothing is sent or answered any more. `history`: what the engine made of it. */
  loadEnded(history: HistoryColumns): void
  record(): LiveRecord
  /** It stopped the load. */
  failedFast(): boolean
}

/** `sales` by SKU, as they are known before the step. */
export function observe(
  plan: StepPlan,
  sales: ReadonlyMap<string, SaleUnderJudgement>,
  { signal, failFast, live, telemetry, onProgress }: ObservationOptions,
): Observation {
  const stop = new AbortController()
  const { timeoutMs } = sales.values().next().value!
  let walk: HistoryWalk | null = null
  let judge: LiveJudge | null = null
  let [looks, tookMs] = [0, 0]
  const look = (progress: LoadProgress): LiveWord | null => {
    if (walk === null) return null
    const beganAtMs = performance.now()
    const seen = walk.look()
    const word = judge?.judge(seen) ?? null
    telemetry.looked(walk.history.columns, seen, progress, word)
    looks++
    tookMs += performance.now() - beganAtMs
    return word
  }
  return {
    options: {
      signal: AbortSignal.any([signal, stop.signal]),
      onStart: (history) => {
        walk = new HistoryWalk(history)
        if (!live) return
        judge = new LiveJudge(history, {
          sales,
          skuOf: (row) => skuAt(history.columns, row),
          buyCount: plan.distinctBuys,
          mayRetry: plan.retries !== undefined,
          timeoutMs,
        })
      },
      onProgress: (progress) => {
        const word = look(progress)
        onProgress(progress, word)
        if (word !== null && failFast) stop.abort()
      },
    },
    loadEnded: ({ codes }) => {
      if (walk !== null) telemetry.loadEnded(walk.history.columns, walk.last(), codes)
    },
    record: () => ({ firstViolation: judge?.firstViolation ?? null, looks, tookMs }),
    failedFast: () => stop.signal.aborted && !signal.aborted,
  }
}
