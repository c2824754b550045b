/**
 * What is raced: a server whose calls of its stores lead through the gates, and which opens a fresh sale for each order. The
 * reference server is one, a service of the user's own another.
 */
import type { LedgerSnapshot } from '../../core/ledger.ts'
import type { Outcome } from '../../core/operation.ts'
import type { StoreName } from '../../core/catalogue.ts'
import type { RunTarget } from '../../core/run-record.ts'
import type { SaleUnderJudgement } from '../../oracle/index.ts'

export interface RacedTarget extends AsyncDisposable {
  readonly record: RunTarget
  /** Opens the sale of an order, counted from 0. Its store calls pass the gates. Throws HarnessError. */
  openSale(order: number, stock: number, perUserLimit: number | null): Promise<RacedSale>
  /** Sends a buy; resolves to what its buyer was told, however late. Never rejects. */
  buy(request: RacedBuy): Promise<BuyersAnswer>
  /** Whether it has nothing to do until somebody writes to it, as far as can be known; asked again and again. */
  isIdle(): Promise<boolean>
  /** Whether nothing is pending any more within the deadline. Its store calls pass the gates. */
  settle(sku: string, deadlineMs: number): Promise<boolean>
  /** What was really sold, read past the gates, but for what the target itself shows; null: nothing can be read. Throws HarnessError. */
  readLedger(sku: string, settled: boolean, requestIdPrefix: string): Promise<LedgerSnapshot | null>
  /** Units left by each store, past the gates; a store that can't be asked is missing. */
  readStock(sku: string): Promise<Partial<Record<StoreName, number | null>>>
  /** Its store calls pass the gates. */
  closeSale(sku: string): Promise<void>
  /** Ends the server as a crash would: SIGKILL to its whole group. */
  kill(): Promise<void>
  /** After a kill. Throws HarnessError. */
  restart(): Promise<void>
  /** As the oracle hears of the sale. */
  saleTerms(sale: RacedSale, perUserLimit: number | null): SaleUnderJudgement
  /** What the server last wrote to its standard error. */
  lastWords(): string
}

export interface RacedSale {
  readonly sku: string
  readonly initialStock: number
}

export interface RacedBuy {
  readonly sku: string
  /** From 1. */
  readonly userNumber: number
  readonly requestId: string
  readonly attempt: number
}

export interface BuyersAnswer {
  readonly outcome: Outcome
  /** As a person would say it: "sold", "sold out", "no answer". */
  readonly words: string
}
