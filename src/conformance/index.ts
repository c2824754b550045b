export { CONFORMANCE_CASES, isBuiltToFail } from './cases.ts'
export { ConformanceClient } from './client.ts'
export { failureSentence } from './failure.ts'
export type { ConformanceCase, ConformanceTarget } from './opened-sale.ts'
