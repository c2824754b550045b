/** Small records of gates for tests: one that passed, and what to change of it. */
import type { GateJudgement, GateRecord, GateVisit, MetricJudgement } from '../../core/gate-record.ts'
import { recordOf, strategyTarget } from './records.ts'

export const same: MetricJudgement = {
  metric: 'p99Ms',
  verdict: 'same',
  baseline: 12.1,
  candidate: 12.2,
  change: { estimate: 0.008, low: -0.021, high: 0.034, confidence: 0.9 },
  isAtOneSpeed: false,
  smallestVisible: 0.141,
  rounds: [],
  moreVisits: null,
  sentence: 'p99 12.1ms -> 12.2ms, +0.8% (-2.1% to +3.4%): no change of 14.1% or more',
}

export const regressed: MetricJudgement = {
  ...same,
  metric: 'cpuMicrosPerOrder',
  verdict: 'regressed',
  baseline: 400,
  candidate: 441,
  change: { estimate: 0.102, low: 0.081, high: 0.124, confidence: 0.9 },
  smallestVisible: 0.06,
  sentence: 'CPU per order 400us -> 441us, +10.2% (+8.1% to +12.4%): regressed in both rounds (p 0.003 and 0.0004)',
}

export function judgementOf(changes: Partial<GateJudgement> = {}): GateJudgement {
  return {
    correctness: { verdict: 'right', failures: [], doubts: [] },
    work: { verdict: 'same', exactCounts: 12, changes: [], notExact: [], notes: [] },
    metrics: [same],
    environmentDiffers: [],
    nextRound: null,
    word: 'PASSED',
    headline: 'right in every visit, 1 metric no worse',
    verdict: 'passed',
    exitCode: 0,
    ...changes,
  }
}

export function gateOf(changes: Partial<GateRecord> = {}): GateRecord {
  const { scenario, environment } = recordOf()
  const judgement = changes.judgement === undefined ? judgementOf() : changes.judgement
  return {
    schema: 'doorbuster.gate/1',
    gateId: 'g1',
    status: 'complete',
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:14:26.000Z',
    scenario,
    seed: 1,
    budgetMs: 300_000,
    options: {
      leastEffect: { goodputPerSec: 0.05, p50Ms: 0.05, p99Ms: 0.1, errorRate: 0.01, cpuMicrosPerOrder: 0.05 },
      work: 'strict',
      onInconclusive: 'fail',
      quick: false,
    },
    arms: {
      baseline: { name: 'shop.yaml at main (1a2b3c4)', target: strategyTarget },
      candidate: { name: 'the working tree', target: strategyTarget },
    },
    environment,
    calibration: [],
    foreseen: null,
    visits: [visitOf('baseline'), visitOf('candidate')],
    judgement,
    notes: [],
    verdict: judgement?.verdict ?? null,
    exitCode: judgement?.exitCode ?? null,
    ...changes,
  }
}

export function visitOf(arm: GateVisit['arm'], changes: Partial<GateVisit> = {}): GateVisit {
  return {
    arm,
    round: 1,
    block: 0,
    directory: `visits/${arm}`,
    runId: arm,
    startedAt: '2026-03-14T15:09:26.000Z',
    verdict: 'passed',
    failedChecks: [],
    undecidedChecks: [],
    isChecked: true,
    figures: { goodputPerSec: 200, p50Ms: 1, p99Ms: 12, errorRate: 0, cpuMicrosPerOrder: 400 },
    generator: { onTimeShare: 1, cpuShare: 0.1, cpuMicrosPerRequest: 250 },
    work: null,
    ...changes,
  }
}
