/** A small comparison for tests: a right one, a slower right one, and a wrong one that is quickest. */
import type { CompareRecord, ContestantResult } from '../../core/compare-record.ts'
import type { Estimate } from '../../core/statistics/estimate.ts'
import { recordOf, strategyTarget } from './records.ts'

export function estimateOf(median: number, low = median, high = median): Estimate {
  return { median, low, high, confidence: 0.95, values: low === high ? [median] : [low, median, high] }
}

export function resultOf(contestant: string, p99: Estimate, changes: Partial<ContestantResult> = {}): ContestantResult {
  return {
    contestant,
    runs: [],
    verdict: 'passed',
    failedChecks: [],
    headline: 'PASSED  12,800/s',
    meetsSlo: true,
    figures: {
      goodputPerSec: estimateOf(12_800, 12_700, 12_850),
      soldPerSec: estimateOf(128),
      errorRate: estimateOf(0),
      responseMs: { mean: null, p50: estimateOf(1.2), p90: null, p95: null, p99, p999: null, max: null },
      cpuMicrosPerAnswer: { generator: estimateOf(30), target: estimateOf(101), postgres: estimateOf(20) },
      cpuMicrosPerOrder: { target: estimateOf(10_100) },
      memoryBytes: { target: estimateOf(80_000_000) },
      readLagP99Ms: null,
      overtakenPerThousand: estimateOf(0.25),
    },
    work: null,
    ...changes,
  }
}

export function comparisonOf(changes: Partial<CompareRecord> = {}): CompareRecord {
  const { scenario, environment } = recordOf()
  const contestant = { target: strategyTarget, promise: strategyTarget.promise, durableWhen: 'at COMMIT', settings: {} }
  const names = ['atomic-update', 'redis-lua', 'naive']
  return {
    schema: 'doorbuster.compare/1',
    compareId: 'c1',
    status: 'complete',
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:10:26.000Z',
    scenario: {
      ...scenario,
      thresholds: [
        { expression: 'p99 < 42ms', metric: 'p99', comparison: '<', limit: 42, scope: 'each', origin: 'option' },
      ],
    },
    seed: 1,
    repeat: 3,
    slo: ['p99 < 42ms'],
    rankedBy: 'p99',
    environment,
    contestants: names.map((name) => ({
      ...contestant,
      target: { ...strategyTarget, strategy: name },
      name,
      builtWrong: name === 'naive',
    })),
    regimes: [
      {
        sellThrough: 0.01,
        results: [
          resultOf('atomic-update', estimateOf(20, 19, 21)),
          resultOf('redis-lua', estimateOf(8, 7.9, 8.4)),
          resultOf('naive', estimateOf(1), { verdict: 'wrong', headline: 'OVERSOLD by 214 units', meetsSlo: false }),
        ],
        places: [
          { place: 1, contestants: ['redis-lua'], meetsSlo: true, because: 'p99 8.00 ms (7.9-8.4)' },
          { place: 2, contestants: ['atomic-update'], meetsSlo: true, because: '' },
        ],
      },
    ],
    turnsOver: [],
    notes: ['one run of each'],
    verdict: 'wrong',
    exitCode: 1,
    ...changes,
  }
}
