/** Postgres and Redis for a run. */
export { acquireServices, sweepDeadRuns } from './acquire.ts'
export { diagnoseServices, type ServiceDiagnosis } from './diagnose.ts'
export { findOnPath } from './local/search-path.ts'
export { resourcesOfTree } from './server/resources.ts'
export { readStoreWork, type StoreWorkReader } from './store-work.ts'
export { type ForeignStores, readForeignCounts, readStoreCounts } from './work/store-counts.ts'
export { type StoreCounts, storeWorkBetween } from './work/work-between.ts'
export type * from './service.ts'
