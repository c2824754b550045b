/** Scenarios: loading, planning, and the thresholds they set. Pure. */
export { evaluateStepThresholds, evaluateWholeThresholds } from './evaluate-thresholds.ts'
export type { FoundFile, ScenarioFiles } from './files.ts'
export { loadScenario } from './load-scenario.ts'
export type { ScenarioOverrides } from './overrides.ts'
export { planWarnings } from './plan-warnings.ts'
export { planStep } from './plan-step.ts'
