/** Several targets side by side: the order of their runs, their figures, their ranking. Pure. */
export { assembleComparison } from './assemble.ts'
export type { MeasuredRun } from './contestant-result.ts'
export { orderOfRuns, type PlannedRun } from './order.ts'
