/** The oracle: what makes a sale right, decided from its history and its ledger alone. Pure: no I/O, no clock. */
export { historyLineOf, openLineOf } from './history-line.ts'
export { createHistoryCourt, type HistoryCourt } from './history-court.ts'
export { createSaleJudge, judgeSale } from './judge.ts'
export { judgeSales } from './judge-sales.ts'
export { type LiveFinding, type LiveWatch, watchSale } from './live-watch.ts'
export type { JudgementOptions, SaleJudge, SaleUnderJudgement } from './sale.ts'
export {
  createStreamCourt,
  type StreamCourt,
  type StreamFinding,
  type StreamStanding,
  type StreamTerms,
} from './stream-court.ts'
export type { RecordedRow } from './operation-recorder.ts'
