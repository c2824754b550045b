/** A gate's record in which every member is there, the optional ones too. */
import type { GateRecord, GateVisit, MetricJudgement } from '../../core/gate-record.ts'
import { fullRecord } from './records.ts'

const visit: GateVisit = {
  arm: 'baseline',
  round: 1,
  block: 0,
  directory: 'visits/006-baseline',
  runId: 'r6',
  startedAt: '2026-03-14T15:10:26.000Z',
  verdict: 'wrong',
  failedChecks: [{ check: 'no-oversell', sentence: 'oversold by 1 unit' }],
  undecidedChecks: ['fairness could not be decided'],
  isChecked: true,
  figures: { goodputPerSec: 200, p50Ms: 1, p99Ms: 12, errorRate: 0, cpuMicrosPerOrder: null },
  generator: { onTimeShare: 0.998, cpuShare: 0.1, cpuMicrosPerRequest: 250 },
  work: [{ kind: 'sold', requests: 20, stores: ['sql', 'redis'], counts: [{ name: 'sql: SELECT 1', perRequest: 1 }] }],
}

const p99: MetricJudgement = {
  metric: 'p99Ms',
  verdict: 'regressed',
  baseline: 12,
  candidate: 15,
  change: { estimate: 0.25, low: 0.2, high: 0.31, confidence: 0.9 },
  isAtOneSpeed: true,
  smallestVisible: 0.14,
  rounds: [{ round: 1, visits: [8, 8], estimate: 0.24, pValue: 0.001, adjustedPValue: 0.003, level: 0.05 }],
  moreVisits: 4,
  sentence: 'p99 12.0ms -> 15.0ms',
}

export function fullGate(changes: Partial<GateRecord> = {}): GateRecord {
  const { scenario, environment, target } = fullRecord()
  return {
    schema: 'doorbuster.gate/1',
    gateId: 'g1',
    status: 'complete',
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:14:26.000Z',
    scenario,
    seed: 1,
    command: ['smoke', '--baseline-target', 'atomic-update', '--candidate-target', 'naive'],
    budgetMs: 300_000,
    options: {
      leastEffect: { goodputPerSec: 0.05, p50Ms: 0.05, p99Ms: 0.1, errorRate: 0.01, cpuMicrosPerOrder: 0.05 },
      work: 'strict',
      onInconclusive: 'fail',
      quick: false,
    },
    arms: { baseline: { name: 'atomic-update', target }, candidate: { name: 'naive', target: null } },
    environment,
    calibration: [{ ...visit, work: null }],
    foreseen: [
      { metric: 'p99Ms', effect: 0.14 },
      { metric: 'errorRate', effect: null },
    ],
    visits: [visit, { ...visit, arm: 'candidate', block: null }],
    judgement: {
      correctness: {
        verdict: 'wrong',
        failures: [{ arm: 'candidate', check: 'no-oversell', sentence: 'oversold by 1 unit', visits: 1, ofVisits: 1 }],
        doubts: ['fairness could not be decided (in 1 visit)'],
      },
      work: {
        verdict: 'changed',
        exactCounts: 12,
        changes: [{ kind: 'sold', name: 'sql: SELECT 1', baseline: 1, candidate: 2, sentence: '+1 SELECT 1' }],
        notExact: ['wal records an order sold'],
        notes: ['a read: the baseline counted none'],
      },
      metrics: [
        p99,
        { ...p99, metric: 'errorRate', verdict: 'not measured', change: null, smallestVisible: null, moreVisits: null },
      ],
      environmentDiffers: ['cores: 2 where the baseline had 4'],
      nextRound: 'p99 is suspected',
      word: 'WRONG',
      headline: "the candidate's sale was wrong",
      verdict: 'wrong',
      exitCode: 1,
    },
    notes: ['both refs are the same commit'],
    verdict: 'wrong',
    exitCode: 1,
    ...changes,
  }
}
