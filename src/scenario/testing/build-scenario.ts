/** A scenario with some members of one's own, for tests. */
import type { Buyers, SaleTerms, Scenario, Step, Threshold } from '../../core/scenario.ts'
import { parseThreshold } from '../threshold-expression.ts'

export interface ScenarioParts {
  readonly seed?: number
  readonly sale?: Partial<SaleTerms>
  readonly buyers?: Partial<Buyers>
  readonly steps?: readonly Partial<Step>[]
  readonly thresholds?: readonly string[]
}

export function buildScenario(parts: ScenarioParts = {}): Scenario {
  return {
    name: 'test',
    description: '',
    seed: parts.seed ?? 1,
    sale: {
      stock: { kind: 'sellThrough', share: 0.5 },
      perUserLimit: null,
      opensAfterMs: null,
      closesAfterMs: null,
      skus: null,
      ...parts.sale,
    },
    buyers: {
      population: 10_000,
      quantities: [{ quantity: 1, weight: 1 }],
      doubleClickShare: 0,
      readShare: 0,
      retries: null,
      bots: null,
      ...parts.buyers,
    },
    steps: (parts.steps ?? [{}]).map((step) => ({
      arrivalRatePerSec: 100,
      durationMs: 1_000,
      arrivals: 'uniform',
      ...step,
    })),
    maxInFlight: 1_024,
    timeoutMs: 2_000,
    thresholds: (parts.thresholds ?? []).map(thresholdOf),
  }
}

function thresholdOf(expression: string): Threshold {
  const parsed = parseThreshold(expression)
  if (!parsed.ok) throw new Error(parsed.sentence)
  return { ...parsed.threshold, origin: 'scenario' }
}
