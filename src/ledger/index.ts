/** What was really sold, read from the stores themselves. */
export {
  type Baseline,
  type DescribedLedgerRequest,
  readBaseline,
  readDescribedLedger,
} from './described/read-described-ledger.ts'
export { readRemaining } from './described/remaining.ts'
export { type LedgerRequest, readLedger, readLedgers } from './read-ledger.ts'
