/** Plans for tests. */
import { NO_BUY } from '../../../core/history.ts'
import type { StepPlan } from '../../../core/scenario.ts'

export interface PlannedRequest {
  readonly atMs: number
  /** null: a read. */
  readonly buy: number | null
  readonly user?: number
  readonly quantity?: number
  /** Index of its sale. */
  readonly sale?: number
}

export function planOf(requests: readonly PlannedRequest[], skus: readonly string[] = ['sku-1']): StepPlan {
  const buys = new Set(requests.flatMap(({ buy }) => (buy === null ? [] : [buy])))
  const durationMs = Math.max(1, requests.at(-1)?.atMs ?? 0)
  return {
    stepIndex: 0,
    step: { arrivalRatePerSec: (requests.length / durationMs) * 1000, durationMs, arrivals: 'uniform' },
    length: requests.length,
    atNs: Float64Array.from(requests, ({ atMs }) => atMs * 1e6),
    kind: Uint8Array.from(requests, ({ buy }) => (buy === null ? 1 : 0)),
    user: Uint32Array.from(requests, ({ user, buy }) => user ?? buy ?? 0),
    buy: Uint32Array.from(requests, ({ buy }) => buy ?? NO_BUY),
    quantity: Uint16Array.from(requests, ({ buy, quantity }) => (buy === null ? 0 : (quantity ?? 1))),
    distinctBuys: buys.size,
    unitsAskedFor: buys.size,
    distinctUsers: buys.size,
    initialStock: buys.size,
    sales: skus.map((sku) => ({ sku, unitsAskedFor: buys.size, initialStock: buys.size })),
    saleIndex: skus.length === 1 ? null : Uint16Array.from(requests, ({ sale }) => sale ?? 0),
  }
}

/** `count` buys, one each `everyMs`; each `readEvery`-th is a read. */
export function evenPlan(count: number, everyMs: number, readEvery = Infinity): StepPlan {
  return planOf(
    Array.from({ length: count }, (_, i) => ({ atMs: i * everyMs, buy: (i + 1) % readEvery === 0 ? null : i })),
  )
}
