export {
  CONFORMANCE_CASES,
  type ConformanceCase,
  type ConformanceTarget,
  isBuiltToFail,
} from './cases.ts'
export { ConformanceClient } from './client.ts'
export { failureSentence } from './failure.ts'
