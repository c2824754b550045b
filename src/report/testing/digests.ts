/** A small digest of a step for tests: four buckets of a second, a sale that goes down. */
import { OUTCOME_KINDS, type OutcomeKind } from '../../core/operation.ts'
import type { StepDigest } from '../model/step-digest.ts'

export function digestOf(index: number, changes: Partial<StepDigest> = {}): StepDigest {
  const outcomes = (counts: Partial<Record<OutcomeKind, number>>): Record<OutcomeKind, number> => ({
    ...(Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 0])) as Record<OutcomeKind, number>),
    ...counts,
  })
  const response = {
    count: 400,
    points: [
      { quantile: 0, ms: 1 },
      { quantile: 0.5, ms: 2 },
      { quantile: 0.9, ms: 5 },
      { quantile: 0.99, ms: 9 },
    ],
  }
  return {
    index,
    passedMs: 4_000,
    bucketMs: 1_000,
    buckets: [100, 100, 0, 0].map((sold) => ({
      outcomes: outcomes({ sold, soldOut: 100 - sold }),
      p50Ms: 2,
      p99Ms: 9,
    })),
    response,
    responseByOutcome: { sold: response, soldOut: response },
    stock: [{ sku: `step-${index + 1}`, left: [200, 100, 0, 0, 0], shown: [{ low: 90, high: 200 }, null, null, null] }],
    ...changes,
  }
}
