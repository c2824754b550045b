/**
 * What a strategy may tell of its work beside its counters; the server adds it up and shows it to Prometheus. All of it
 * is optional. Telling costs an addition or two: nothing is labelled, written or kept for a request.
 */
import type { StoreName } from '../../src/core/catalogue.ts'

/** Units, when they get so far; a retry that is answered with its order gets nowhere. */
export interface Funnel {
  /** They were taken from the stock that this strategy deducts from. */
  deducted(sku: string, units: number): void
  /** Their order was written where it lasts. */
  ordered(sku: string, units: number): void
}

export interface Backlog {
  /** Every instance would give the same number: one is asked. Else each is asked for its own, and they are added up. */
  readonly isShared: boolean
  /** Orders that were promised and are not written yet. Asked when Prometheus asks; may fail, or come too late. */
  read(): number | Promise<number>
}

export interface Meter {
  /**
   * Whoever calls this, at the start, tells of deductions and orders by itself. Of the others the server counts a new
   * order as deducted and as ordered when `buy` resolves, which is right where one transaction does both.
   */
  funnel(): Funnel
  /** A deduction is tried again, since somebody else was first. */
  retried(times?: number): void
  /** A buy waited for a lock of the strategy's own, ms; 0: it got it at once. */
  lockWaited(ms: number): void
  /** A query waited for a connection, ms. Pools of settings from `postgresOf` tell so themselves. */
  poolWaited(store: StoreName, ms: number): void
  /** So many orders were written together. With a backlog also 1: it is the pace at which the backlog is worked off. */
  batchWritten(orders: number): void
  /** The stock was looked up in a cache. */
  cacheRead(hit: boolean): void
  /** Redis did not deduct: it was not to (sold out, limit, no such sale), or it failed. */
  redisDidNotDeduct(reason: 'refused' | 'failed'): void
  /** Where orders are written after their buyers are told. To be called once, at the start. */
  backlog(backlog: Backlog): void
}

/** For whoever runs a strategy without metrics. */
export const SILENT_METER: Meter = {
  funnel: () => ({ deducted() {}, ordered() {} }),
  retried() {},
  lockWaited() {},
  poolWaited() {},
  batchWritten() {},
  cacheRead() {},
  redisDidNotDeduct() {},
  backlog() {},
}
