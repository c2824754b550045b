/** What was really sold, read from the stores themselves. */
export {
  type Baseline,
  type DescribedLedgerRequest,
  readBaseline,
  readDescribedLedger,
} from './described/read-described-ledger.ts'
export { readRemaining } from './described/remaining.ts'
export { createLedgerClient } from './postgres-book.ts'
export { createLedgerRedis } from './redis-book.ts'
export { type LedgerRequest, readLedger, readLedgers } from './read-ledger.ts'
