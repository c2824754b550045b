/** Results of contestants for tests: who is right with which times. */
import type { ContestantResult, Regime } from '../../core/compare-record.ts'
import { createRandom, type Random } from '../../core/random.ts'
import type { RunRecord, StepRecord, TimeFigures } from '../../core/run-record.ts'
import type { Estimate } from '../../core/statistics/estimate.ts'
import { placesOf } from '../ranking.ts'

export const random = (): Random => createRandom(1)

/** Of these values, as measured in turn. */
export function estimateOf(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]!
  return { median: middle, low: sorted[0]!, high: sorted.at(-1)!, confidence: 0.95, values }
}

/** `p99`: ms, one a run; null: nothing was measured. */
export function resultOf(
  contestant: string,
  p99: readonly number[] | null,
  changes: Partial<ContestantResult> = {},
): ContestantResult {
  const time = p99 === null ? null : estimateOf(p99)
  const rate = estimateOf([100])
  return {
    contestant,
    runs: [],
    verdict: 'passed',
    failedChecks: [],
    headline: 'PASSED',
    meetsSlo: true,
    figures:
      p99 === null
        ? null
        : {
            goodputPerSec: rate,
            soldPerSec: rate,
            errorRate: estimateOf([0]),
            responseMs: { mean: null, p50: null, p90: null, p95: null, p99: time, p999: null, max: null },
            cpuMicrosPerAnswer: {},
            cpuMicrosPerOrder: {},
            memoryBytes: {},
            readLagP99Ms: null,
            overtakenPerThousand: null,
          },
    work: null,
    ...changes,
  }
}

export function regimeOf(sellThrough: number, results: readonly ContestantResult[]): Regime {
  return { sellThrough, results, places: placesOf(results, new Set(), 'p99') }
}

const NO_TIMES: TimeFigures = {
  count: 0,
  mean: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  p999: null,
  max: null,
}

/** As much of a run's record as figures are taken from. */
export type JudgedRun = Pick<RunRecord, 'steps' | 'checks' | 'endedBy'>

/** A step of two seconds with 200 arrivals, all answered. */
export function stepWith(changes: Partial<StepRecord>): StepRecord {
  const outcomes = { sold: 100, soldOut: 80, limitReached: 0, refused: 0, shown: 20, unknown: 0, dropped: 0 }
  return {
    arrivals: 200,
    completed: 200,
    achievedRatePerSec: 100,
    durationMs: 2_000,
    errorRate: 0,
    outcomes,
    responseMs: NO_TIMES,
    resources: {},
    ...changes,
  } as StepRecord
}

export function timesWith(changes: Partial<TimeFigures>): TimeFigures {
  return { ...NO_TIMES, ...changes }
}
