/** What was really sold, read from the stores themselves. */
export { type LedgerRequest, readLedger } from './read-ledger.ts'
