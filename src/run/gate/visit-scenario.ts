/**
 * What one visit of a gate runs: the same short step several times over, each a fresh sale, so that a visit has a median
 * and every visit has the same arrivals. Beside visits that were stored, what they ran. Pure.
 */
import type { Scenario, Step, Threshold } from '../../core/scenario.ts'
import { formatQuantity } from '../../core/units.ts'

export interface VisitLength {
  readonly steps: number
  /** A step that is longer is cut to it, where it can be: one whose rate changes keeps its length. */
  readonly longestStepMs: number
}

export interface VisitScenario {
  readonly scenario: Scenario
  /** What of the scenario is not in it, a sentence each. */
  readonly notes: readonly string[]
}

export function visitScenario(scenario: Scenario, { steps, longestStepMs }: VisitLength): VisitScenario {
  const [first, ...others] = scenario.steps as readonly [Step, ...Step[]]
  const step = first.shape === undefined ? { ...first, durationMs: Math.min(first.durationMs, longestStepMs) } : first
  const visit = wholeScenario({ ...scenario, steps: Array.from({ length: steps }, () => step) })
  return { ...visit, notes: [...noteOfSteps(others.length), ...visit.notes] }
}

/** All its steps: a gate judges a candidate by its baseline, and by no limit. */
export function wholeScenario(scenario: Scenario): VisitScenario {
  return { scenario: { ...scenario, thresholds: [] }, notes: noteOfThresholds(scenario.thresholds) }
}

/** How long a visit is that is held against one of a stored scenario; null: it runs all steps, as they are. */
export function lengthLike({ steps }: Scenario): VisitLength | null {
  const areAlike = new Set(steps.map((step) => JSON.stringify(step))).size === 1
  return areAlike ? { steps: steps.length, longestStepMs: steps[0]!.durationMs } : null
}

function noteOfSteps(others: number): string[] {
  if (others === 0) return []
  return [
    `a gate runs one step over and over: the first of the scenario, and not the ${formatQuantity(others, 'other')}`,
  ]
}

/** What holds for any scenario was never asked for. */
function noteOfThresholds(thresholds: readonly Threshold[]): string[] {
  const asked = thresholds.filter(({ origin }) => origin !== 'default').map(({ expression }) => expression)
  if (asked.length === 0) return []
  return [`thresholds are judged by \`doorbuster run\`, and not by a gate: ${asked.join(', ')}`]
}
