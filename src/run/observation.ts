/** Looks at a step while it runs, and with fail-fast stops its load when a sale is seen to be wrong. */
import { skuAt } from '../core/history.ts'
import type { LiveRecord } from '../core/run-record.ts'
import type { StepPlan } from '../core/scenario.ts'
import type { LoadProgress, RunStepOptions } from '../load/load-engine.ts'
import type { SaleUnderJudgement } from '../oracle/index.ts'
import { LiveJudge, type LiveWord } from './live-judge.ts'

export interface ObservationOptions {
  readonly signal: AbortSignal
  readonly failFast: boolean
  /** Whether the sales can be judged by the history of this step alone. */
  readonly live: boolean
  readonly onProgress: (progress: LoadProgress, word: LiveWord | null) => void
}

export interface Observation {
  /** What the load engine is to be told. */
  readonly options: Pick<RunStepOptions, 'signal' | 'onStart' | 'onProgress'>
  record(): LiveRecord
  /** It stopped the load. */
  failedFast(): boolean
}

/** `sales` by SKU, as they are known before the step. */
export function observe(
  plan: StepPlan,
  sales: ReadonlyMap<string, SaleUnderJudgement>,
  { signal, failFast, live, onProgress }: ObservationOptions,
): Observation {
  const stop = new AbortController()
  const { timeoutMs } = sales.values().next().value!
  let judge: LiveJudge | null = null
  return {
    options: {
      signal: AbortSignal.any([signal, stop.signal]),
      onStart: (history) => {
        if (!live) return
        judge = new LiveJudge(history, {
          sales,
          skuOf: (row) => skuAt(history.columns, row),
          buyCount: plan.distinctBuys,
          mayRetry: plan.retries !== undefined,
          timeoutMs,
          clockMs: () => performance.now(),
        })
      },
      onProgress: (progress) => {
        const word = judge?.look() ?? null
        onProgress(progress, word)
        if (word !== null && failFast) stop.abort()
      },
    },
    record: () => judge?.record ?? { firstViolation: null, looks: 0, tookMs: 0 },
    failedFast: () => stop.signal.aborted && !signal.aborted,
  }
}
