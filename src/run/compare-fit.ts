/**
 * What would end a comparison halfway is said before its first run: an engine that isn't there or that the scenario is not
 * for, a service that can't be asked for it, may not be, or would be out of stock, a secret that nobody gave. Starts nothing.
 */
import { HarnessError } from '../core/errors.ts'
import type { LoadModel } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { formatCount } from '../core/units.ts'
import { openAccess, secretsOf } from '../target/index.ts'
import { admit } from './admission.ts'
import type { PlannedContestant } from './contestants.ts'
import { loadEngine } from './engines.ts'
import { refuseOtherModel } from './model-fit.ts'
import { refuseUnfit } from './scenario-fit.ts'
import type { DescribedChoice } from './start-described.ts'

export interface ComparisonTerms {
  readonly contestants: readonly PlannedContestant[]
  readonly scenario: Scenario
  readonly sellThroughs: readonly unknown[]
  readonly repeat: number
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Throws HarnessError. */
export async function refuseUnfitComparison(terms: ComparisonTerms): Promise<void> {
  const { contestants, scenario, env } = terms
  for (const { engine, target } of contestants) {
    const loads = loadEngine(engine, env)
    refuseOtherModel(loads, scenario)
    if (target.kind === 'strategy') continue
    refuseSecondSale(target.descriptor, runsOf(target, terms))
    await refuseUnfitService(target, scenario, loads.model, env)
  }
}

/** Under all of its settings. */
function runsOf({ descriptor }: DescribedChoice, { contestants, sellThroughs, repeat }: ComparisonTerms): number {
  const own = contestants.filter(({ target }) => target.kind === 'service' && target.descriptor === descriptor)
  return own.length * sellThroughs.length * repeat
}

/** What was sold in one run is gone in the next. A service that each run starts itself may begin anew. */
function refuseSecondSale({ name, open, start }: TargetDescriptor, runs: number): void {
  if (open !== null || start !== null || runs === 1) return
  throw new HarnessError('USAGE', {
    message: `${name} would run ${formatCount(runs)} times, and nothing opens a sale on it: what the first run sells, the others don't have`,
    hint: 'Describe `open`, or compare it in a single run: --repeat 1 with one --sell-through (or --stock) and one engine.',
  })
}

/** A host that can't be found ends only its own runs. */
async function refuseUnfitService(
  { descriptor, permittedHosts }: DescribedChoice,
  scenario: Scenario,
  model: LoadModel,
  env: ComparisonTerms['env'],
): Promise<void> {
  refuseUnfit(descriptor, scenario)
  const secrets = secretsOf(descriptor, env)
  const access = openAccess(descriptor, secrets)
  try {
    await admit({ descriptor, permittedHosts, scenario, model, secrets, access })
  } catch (error) {
    if (!(error instanceof HarnessError && error.exitReason === 'environment')) throw error
  } finally {
    await access[Symbol.asyncDispose]()
  }
}
