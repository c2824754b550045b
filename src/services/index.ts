/** Postgres and Redis for a run. */
export { acquireServices, sweepDeadRuns } from './acquire.ts'
export type * from './service.ts'
