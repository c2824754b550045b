/** The meter that the server hands to its strategy, and what has been told on it so far. */
import { MOST_SKUS, OTHER } from '../../src/core/metric-table.ts'
import { TIME_BOUNDS_SECONDS } from '../../src/core/telemetry.ts'
import type { StoreName } from '../../src/core/catalogue.ts'
import type { Backlog, Funnel, Meter } from '../strategies/meter.ts'
import { FixedHistogram } from './fixed-histogram.ts'

/** Twice the largest batch of any of the server's strategies lies beyond the last. */
const BATCH_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 400, 800, 1_600]

/** Units. */
export type FunnelStages = Record<'checked' | 'deducted' | 'ordered', number>

export class StrategyMeter implements Meter {
  readonly lockWaitSeconds = new FixedHistogram(TIME_BOUNDS_SECONDS)
  readonly poolWaitSeconds: Readonly<Record<StoreName, FixedHistogram>> = {
    postgres: new FixedHistogram(TIME_BOUNDS_SECONDS),
    redis: new FixedHistogram(TIME_BOUNDS_SECONDS),
  }
  readonly batchOrders = new FixedHistogram(BATCH_BOUNDS)
  readonly cacheReads = { hit: 0, miss: 0 }
  readonly redisNotDeducted = { refused: 0, failed: 0 }
  retries = 0
  /** null: the strategy told of none. */
  backlogSource: Backlog | null = null
  readonly #stages = new Map<string, FunnelStages>()
  readonly #otherStages: FunnelStages = { checked: 0, deducted: 0, ordered: 0 }
  #tellsItself = false

  /** There is such a sale: it gets a row of its own in the funnel, unless there are too many. */
  know(sku: string): void {
    this.#ofSale(sku)
  }

  /** A buy comes to the strategy. Of whatever name: so no row is made for it. */
  checked(sku: string, units: number): void {
    const stages = this.#stages.get(sku) ?? this.#otherStages
    stages.checked += units
  }

  /** A new order in an answer, of a strategy that doesn't tell of deductions and orders itself. */
  sold(sku: string, units: number): void {
    if (this.#tellsItself) return
    const stages = this.#ofSale(sku)
    stages.deducted += units
    stages.ordered += units
  }

  funnel(): Funnel {
    this.#tellsItself = true
    return {
      deducted: (sku, units) => {
        this.#ofSale(sku).deducted += units
      },
      ordered: (sku, units) => {
        this.#ofSale(sku).ordered += units
      },
    }
  }

  /** By SKU; those beyond the bound together, if there were any. */
  stages(): readonly (readonly [sku: string, FunnelStages])[] {
    const { checked, deducted, ordered } = this.#otherStages
    return [...this.#stages, ...(checked + deducted + ordered > 0 ? [[OTHER, this.#otherStages] as const] : [])]
  }

  retried(times = 1): void {
    this.retries += times
  }

  lockWaited(ms: number): void {
    this.lockWaitSeconds.observe(ms / 1000)
  }

  poolWaited(store: StoreName, ms: number): void {
    this.poolWaitSeconds[store].observe(ms / 1000)
  }

  batchWritten(orders: number): void {
    this.batchOrders.observe(orders)
  }

  cacheRead(hit: boolean): void {
    this.cacheReads[hit ? 'hit' : 'miss'] += 1
  }

  redisDidNotDeduct(reason: 'refused' | 'failed'): void {
    this.redisNotDeducted[reason] += 1
  }

  backlog(backlog: Backlog): void {
    this.backlogSource = backlog
  }

  #ofSale(sku: string): FunnelStages {
    const known = this.#stages.get(sku)
    if (known !== undefined) return known
    if (this.#stages.size >= MOST_SKUS) return this.#otherStages
    const stages = { checked: 0, deducted: 0, ordered: 0 }
    this.#stages.set(sku, stages)
    return stages
  }
}
