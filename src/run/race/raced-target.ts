/**
 * What is raced, as the race sees it: a server whose store calls lead through the gates. A race opens a sale for each
 * order, lets buyers come, and reads what was really sold; how the server is spoken to stands behind this contract.
 *
 * Wherever a store call passes the gates, it stands there until it is let through: whoever waits for one of these has to
 * let the calls through meanwhile.
 */
import type { StoreName } from '../../core/catalogue.ts'
import type { LedgerSnapshot } from '../../core/ledger.ts'
import type { Outcome } from '../../core/operation.ts'
import type { RunTarget } from '../../core/run-record.ts'
import type { SaleUnderJudgement } from '../../oracle/index.ts'

/** What is raced: a server whose store calls lead through the gates, opened anew for each order. */
export interface RacedTarget extends AsyncDisposable {
  readonly record: RunTarget
  readonly url: string
  /** Units that the sale of each order has; opens it, and says its SKU. Its store calls pass the gates. */
  openSale(order: number, stock: number, perUserLimit: number | null): Promise<RacedSale>
  /**
   * Sends a buy; resolves to its outcome, however late. Never rejects. Who is told that the buy is queued asks after it in
   * {@link settle}, and has an outcome when that has come back.
   */
  buy(request: RacedBuy): Promise<BuyersAnswer>
  /** As the ledger has it. */
  userIdOf(userNumber: number): string
  /** Whether it has nothing to do until somebody writes to it, as far as can be known; asked again and again. */
  isIdle(): Promise<boolean>
  /**
   * Throws HarnessError where an order can't be trusted in which calls of two buyers stood on one connection of these stores.
   * Absent: it can.
   */
  refuseShared?(stores: readonly StoreName[]): void
  /** Whether the server has ended by itself, or does so within the deadline: what buyers were told then says nothing of the sale. */
  endedWithin(deadlineMs: number): Promise<boolean>
  /** Nothing is pending any more, within the deadline. Its store calls pass the gates. */
  settle(sku: string, deadlineMs: number): Promise<boolean>
  /** What was really sold: read past the gates. */
  readLedger(sku: string, settled: boolean, requestIdPrefix: string): Promise<LedgerSnapshot | null>
  /** Units left by each store, past the gates; what can't be asked is missing. */
  readStock(sku: string): Promise<Partial<Record<StoreName, number | null>>>
  closeSale(sku: string): Promise<void>
  /** Ends the server as a crash would (SIGKILL to its whole group), and starts it again. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** Terms of the oracle. */
  saleTerms(sku: string, initialStock: number, perUserLimit: number | null): SaleUnderJudgement
  lastWords(): string
}

export interface RacedSale {
  readonly sku: string
  readonly initialStock: number
  /** Of this sale alone, though another one may have had its SKU; does not end with a digit. */
  readonly requestIdPrefix: string
}

export interface BuyersAnswer {
  readonly outcome: Outcome
  /** As a person would say it: "sold", "sold out", "no answer". */
  readonly words: string
}

export interface RacedBuy {
  readonly sku: string
  /** From 1 up to the number of buyers of the race. */
  readonly userNumber: number
  /** The sale's prefix, and behind it a number. */
  readonly requestId: string
  /** From 1. */
  readonly attempt: number
  /** Called when the buyer was told to ask later: nothing of the buy is inside the server then, until the sale settles. */
  readonly onQueued?: () => void
}
