/** The oracle: what makes a sale right, decided from its history and its ledger alone. Pure: no I/O, no clock. */
export { type CourtTerms, createHistoryCourt, type HistoryCourt } from './history-court.ts'
export { type HistoryLine, type OpenLine, type OperationLine, parseHistoryLine } from './history-line.ts'
export { createSaleJudge, judgeSale } from './judge.ts'
export { type LedgerLine, parseLedgerLine } from './ledger-line.ts'
export type { JudgementOptions, SaleJudge, SaleUnderJudgement } from './sale.ts'
