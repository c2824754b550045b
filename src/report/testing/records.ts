/** Small run records for tests: a right one, and what to change of it. */
import { CHECK_NAMES, type CheckName, type CheckResult } from '../../core/check.ts'
import type { RunRecord, StepRecord, TimeFigures, StrategyTarget } from '../../core/run-record.ts'

const times: TimeFigures = { count: 4000, mean: 1.5, p50: 1.25, p90: 2, p95: 3, p99: 4.5, p999: 9, max: 12 }

export function stepOf(index: number, changes: Partial<StepRecord> = {}): StepRecord {
  return {
    index,
    startedAtNs: 0,
    interrupted: false,
    offeredRatePerSec: 12_800,
    achievedRatePerSec: 12_800,
    durationMs: 25_000,
    arrivals: 320_000,
    sent: 320_000,
    completed: 320_000,
    dropped: 0,
    errorRate: 0,
    outcomes: { sold: 160_000, soldOut: 160_000, limitReached: 0, refused: 0, shown: 0, unknown: 0, dropped: 0 },
    errorCodes: {},
    saturated: false,
    onTimeShare: 1,
    responseMs: times,
    serviceMs: times,
    responseMsByOutcome: {},
    beforeSellOut: null,
    afterSellOut: null,
    sendLatenessMs: times,
    retries: {
      made: 0,
      outcomes: { sold: 0, soldOut: 0, limitReached: 0, refused: 0, shown: 0, unknown: 0, dropped: 0 },
    },
    live: { firstViolation: null, looks: 100, tookMs: 12 },
    targetClock: null,
    connections: { opened: 0, reused: 320_000, reset: 0 },
    generatorPauses: { count: 3, totalMs: 4.5, maxMs: 2 },
    notUnderstood: [],
    clockErrorMs: 0,
    notes: [],
    work: { counters: {}, sql: null, redis: null, notCounted: [] },
    resources: {},
    sales: [
      {
        sku: `step-${index + 1}`,
        initial: 160_000,
        remaining: 0,
        sold: 160_000,
        orders: 160_000,
        settled: true,
        hours: null,
        takenAt: '2026-03-14T15:09:26.000Z',
      },
    ],
    verdict: 'passed',
    ...changes,
  }
}

export function checkOf(check: CheckName, changes: Partial<CheckResult> = {}): CheckResult {
  return {
    check,
    step: 0,
    sku: 'step-1',
    verdict: 'pass',
    measured: 0,
    allowed: 0,
    unit: 'units',
    sentence: `${check} holds`,
    details: {},
    evidence: [],
    ...changes,
  }
}

export const strategyTarget: StrategyTarget = {
  kind: 'strategy',
  strategy: 'redis-lua',
  summary: 'one script',
  control: false,
  instances: 1,
  promise: { reads: { kind: 'linearizable' }, sellsThrough: true },
  durableWhen: 'as Redis is',
}

/** A run of one step in which everything was checked and held; `changes` replaces members. */
export function recordOf(changes: Partial<RunRecord> = {}): RunRecord {
  const stepPlan = { arrivalRatePerSec: 12_800, durationMs: 25_000, arrivals: 'uniform' as const }
  const steps = changes.steps ?? [stepOf(0)]
  return {
    schema: 'doorbuster.run/1',
    runId: 'r1',
    status: 'complete',
    writer: { pid: 1, startedAtTicks: null },
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:10:26.000Z',
    scenario: {
      name: 'flat-12800',
      description: '',
      seed: 1,
      sale: {
        stock: { kind: 'sellThrough', share: 0.5 },
        perUserLimit: null,
        opensAfterMs: null,
        closesAfterMs: null,
        skus: null,
      },
      buyers: {
        population: 1_000_000,
        quantities: [{ quantity: 1, weight: 1 }],
        doubleClickShare: 0,
        readShare: 0,
        retries: null,
        bots: null,
      },
      steps: steps.map(() => stepPlan),
      maxInFlight: 1_024,
      timeoutMs: 2_000,
      thresholds: [],
    },
    seed: 1,
    target: strategyTarget,
    engine: { name: 'open-loop', version: '1', model: 'open', workers: 1 },
    environment: {
      cpuModel: 'cpu',
      cores: 2,
      memoryBytes: 1,
      os: 'Linux',
      node: 'v20',
      doorbuster: '0.1.0',
      services: {},
    },
    workAnOrder: null,
    steps,
    checks: CHECK_NAMES.map((name) => checkOf(name)),
    thresholds: [],
    verdict: 'passed',
    exitCode: 0,
    endedBy: null,
    endedEarly: null,
    ...changes,
  }
}

/** The checks of {@link recordOf} with some replaced. */
export function checksWith(...replaced: readonly CheckResult[]): CheckResult[] {
  return CHECK_NAMES.flatMap((name) => {
    const own = replaced.filter(({ check }) => check === name)
    return own.length > 0 ? own : [checkOf(name)]
  })
}
