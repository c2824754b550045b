/**
 * What one visit of a gate runs: the same short step several times over, each a fresh sale, so that a visit has a median
 * and every visit has the same arrivals. Pure.
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
  const kept = scenario.thresholds.filter(({ scope }) => typeof scope !== 'number')
  return {
    scenario: { ...scenario, steps: Array.from({ length: steps }, () => step), thresholds: kept },
    notes: [...noteOfSteps(others.length), ...noteOfThresholds(scenario.thresholds, kept)],
  }
}

function noteOfSteps(others: number): string[] {
  if (others === 0) return []
  return [
    `a gate runs one step over and over: the first of the scenario, and not the ${formatQuantity(others, 'other')}`,
  ]
}

function noteOfThresholds(all: readonly Threshold[], kept: readonly Threshold[]): string[] {
  if (all.length === kept.length) return []
  const left = all.filter((threshold) => !kept.includes(threshold)).map(({ expression }) => expression)
  return [`thresholds of single steps are not judged: ${left.join(', ')}`]
}
