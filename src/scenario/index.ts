/** Scenarios: loading, planning, and the thresholds they set. Pure. */
export { loadScenario } from './load-scenario.ts'
export type { ScenarioOverrides } from './overrides.ts'
export { planStep } from './plan-step.ts'
