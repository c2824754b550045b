/** Whether a candidate may go on: statistics on stored visits. Pure: no I/O, no clock, randomness from a seed. */
export { changedWork } from './changed-work.ts'
export { environmentDifferences } from './environment-differences.ts'
export { judgeGate, type GateEvidence } from './judge-gate.ts'
export { gateOptions, parseLeastEffect } from './gate-options.ts'
export { blocksWithin, type GatePlan, planGate, planRound, type RoundRequest } from './plan-round.ts'
export { smallestVisibleEffect } from './smallest-visible-effect.ts'
export { gateVisitOf, type VisitedRun } from './visit.ts'
