/** What was really sold, read from the stores themselves. */
export { type LedgerRequest, readLedger, readLedgers } from './read-ledger.ts'
