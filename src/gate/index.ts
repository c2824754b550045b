/** Whether a candidate may go on: statistics on stored visits. Pure: no I/O, no clock, randomness from a seed. */
export { environmentDifferences } from './environment-differences.ts'
export { SLOWED_METRICS } from './machine-speed.ts'
export { judgeGate } from './judge-gate.ts'
export { gateOptions, parseLeastEffect } from './gate-options.ts'
export { blocksWithin, type GatePlan, planGate, planRound } from './plan-round.ts'
export { smallestVisibleEffect } from './smallest-visible-effect.ts'
export { gateVisitOf } from './visit.ts'
