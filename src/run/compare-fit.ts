/**
 * What would end a comparison halfway is said before its first run: an engine that isn't there or that the scenario is not
 * for, a service that can't be asked for it, a secret that nobody gave. Starts nothing.
 */
import type { Scenario } from '../core/scenario.ts'
import { secretsOf } from '../target/index.ts'
import type { PlannedContestant } from './contestants.ts'
import { loadEngine } from './engines.ts'
import { refuseOtherModel } from './model-fit.ts'
import { refuseUnfit } from './scenario-fit.ts'

/** Throws HarnessError. */
export function refuseUnfitContestants(
  contestants: readonly PlannedContestant[],
  scenario: Scenario,
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const { engine, target } of contestants) {
    refuseOtherModel(loadEngine(engine, env), scenario)
    if (target.kind === 'strategy') continue
    refuseUnfit(target.descriptor, scenario)
    secretsOf(target.descriptor, env)
  }
}
