/** Which scenario a gate runs: one that is named, as long as a visit is, or the one that was stored. */
import { HarnessError } from '../core/errors.ts'
import type { Scenario } from '../core/scenario.ts'
import {
  lengthLike,
  type VisitLength,
  visitScenario,
  type VisitScenario,
  wholeScenario,
} from '../run/gate/visit-scenario.ts'
import type { GateSides } from './gate-sides.ts'
import type { GateWay } from './gate-way.ts'
import { readScenario } from './scenario-source.ts'

export interface GateScenarioOptions {
  readonly rate?: string
  readonly duration?: string
  readonly set?: readonly string[]
  readonly seed?: string
  readonly quick?: true
}

/** Many short sales tell more of a target than a few long ones: it is started anew for each visit. */
export const VISIT: VisitLength = { steps: 2, longestStepMs: 1_000 }
const QUICK_VISIT: VisitLength = { steps: 1, longestStepMs: 5_000 }

/**
 * Before anything is checked out and built. null: the one that is stored.
 * Throws HarnessError USAGE or SCENARIO_INVALID.
 */
export function namedScenario(name: string | undefined, way: GateWay, options: GateScenarioOptions): Scenario | null {
  const { rate, duration, seed, set } = options
  if (name !== undefined) return readScenario(name, { rate, duration, seed, set })
  if (!way.by.startsWith('stored')) throw noScenario()
  const given = Object.entries({ rate, duration, seed, set }).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option}`],
  )
  if (given.length === 0) return null
  throw new HarnessError('USAGE', {
    message: `${given.join(', ')} can't be used without a scenario: what is stored is run as it was`,
    hint: 'Name the scenario that is meant, such as `doorbuster gate smoke --baseline DIR ...`.',
  })
}

/** What is run of it, or what was run then. */
export function gateScenario(
  named: Scenario | null,
  { baseline }: Pick<GateSides, 'baseline'>,
  options: GateScenarioOptions,
): VisitScenario {
  const stored = baseline.kind === 'stored' ? baseline.stored.record.scenario : null
  if (named === null) {
    if (stored === null) throw noScenario()
    return wholeScenario(stored)
  }
  const length = lengthOf(stored, options.quick === true)
  if (length === null) return wholeScenario(named)
  // A length that was asked for is not cut.
  return visitScenario(named, options.duration === undefined ? length : { ...length, longestStepMs: Infinity })
}

/** Where no time is judged, what was stored may have been longer. */
function lengthOf(stored: Scenario | null, isQuick: boolean): VisitLength | null {
  if (isQuick) return QUICK_VISIT
  return stored === null ? VISIT : lengthLike(stored)
}

function noScenario(): HarnessError {
  return new HarnessError('USAGE', {
    message: 'which scenario? Name one, such as smoke: `doorbuster list scenarios` shows those that are shipped',
  })
}
