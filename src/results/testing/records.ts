/** A run record in which every member is there, the optional ones too. */
import type { RunRecord, StepRecord, TimeFigures } from '../../core/run-record.ts'
import type { WorkTotals } from '../../core/work-record.ts'

const times: TimeFigures = { count: 3, mean: 1.5, p50: 1.25, p90: 2, p95: 3, p99: 4.5, p999: null, max: 12 }
const resources = { cpuSeconds: 0.5, maxRssBytes: 1e8, eventLoopDelayMs: { p50: 0.1, p99: 2, max: 3 } }
const regime = { arrivals: 2, achievedRatePerSec: 2, responseMs: times }

const work: WorkTotals = {
  counters: { retries: 2 },
  sql: {
    statements: [{ text: 'SELECT o_code, o_order FROM sell($1)', calls: 4, rows: 4 }],
    nested: [{ text: 'UPDATE stock SET remaining = remaining - $1', calls: 1, rows: 1 }],
    transactions: 4,
    walBytes: 512,
    walRecords: 3,
  },
  redis: { commands: { evalsha: 4 }, receivedBytes: 400, sentBytes: 20 },
  notCounted: ['2 statements were forgotten'],
}

export function fullStep(index: number): StepRecord {
  return {
    index,
    startedAtNs: 1_000_000_000,
    interrupted: false,
    offeredRatePerSec: 4,
    achievedRatePerSec: 3,
    durationMs: 1000,
    arrivals: 4,
    sent: 4,
    completed: 3,
    dropped: 0,
    errorRate: 0.25,
    outcomes: { sold: 1, soldOut: 1, limitReached: 0, refused: 0, shown: 1, unknown: 1, dropped: 0 },
    errorCodes: { TIMEOUT: 1 },
    saturated: false,
    onTimeShare: 1,
    responseMs: times,
    serviceMs: times,
    responseMsByOutcome: { sold: times, unknown: times },
    beforeSellOut: regime,
    afterSellOut: null,
    sendLatenessMs: times,
    retries: {
      made: 2,
      outcomes: { sold: 1, soldOut: 0, limitReached: 0, refused: 0, shown: 0, unknown: 1, dropped: 0 },
    },
    live: {
      firstViolation: {
        check: 'no-oversell',
        sku: 'step-1',
        sentence: 'OVERSOLD by 1 unit so far, by what buyers were told',
        seenAtNs: 2_000_000_000,
      },
      looks: 4,
      tookMs: 1.5,
    },
    targetClock: { offsetMs: 0.25, errorMs: 0.75 },
    connections: { opened: 4, reused: 0, reset: 1 },
    generatorPauses: { count: 3, totalMs: 4.5, maxMs: 2 },
    notUnderstood: ['HTTP/1.1 200 OK'],
    clockErrorMs: 0,
    notes: [],
    work,
    resources: {
      target: resources,
      postgres: { cpuSeconds: 1, maxRssBytes: 2 },
      generator: { ...resources, eventLoopDelayMs: null },
    },
    sales: [
      {
        sku: 'step-1',
        initial: 1,
        remaining: null,
        sold: 1,
        orders: 1,
        settled: true,
        hours: { opensAtNs: 1_500_000_000, closesAtNs: null, errorMs: 0.75 },
        takenAt: '2026-03-14T15:09:27.000Z',
      },
    ],
    verdict: 'wrong',
  }
}

export function fullRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 'doorbuster.run/1',
    runId: 'r1',
    status: 'complete',
    writer: { pid: 1, startedAtTicks: '42' },
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:10:26.000Z',
    scenario: {
      name: 'smoke',
      description: 'a small one',
      seed: 1,
      sale: {
        stock: { kind: 'sellThrough', share: 0.5 },
        perUserLimit: 2,
        opensAfterMs: null,
        closesAfterMs: null,
        skus: null,
      },
      buyers: {
        population: 10,
        quantities: [{ quantity: 1, weight: 1 }],
        doubleClickShare: 0.05,
        readShare: 0.1,
        retries: null,
        bots: null,
      },
      steps: [
        { arrivalRatePerSec: 4, durationMs: 1000, arrivals: 'poisson' },
        { arrivalRatePerSec: 8, durationMs: 1000, arrivals: 'uniform' },
      ],
      maxInFlight: 1024,
      timeoutMs: 2000,
      thresholds: [
        { expression: 'p99 < 42ms', metric: 'p99', comparison: '<', limit: 42, scope: 'each', origin: 'scenario' },
        { expression: 'unsold == 0', metric: 'unsold', comparison: '==', limit: 0, scope: 1, origin: 'option' },
      ],
    },
    seed: 1,
    target: {
      kind: 'strategy',
      strategy: 'naive',
      summary: 'reads and writes',
      control: true,
      instances: 2,
      promise: { reads: { kind: 'stale', maxAgeMs: 200 }, sellsThrough: true },
      durableWhen: 'at COMMIT',
      module: '/home/me/mine.ts',
      lostReplyShare: 0.01,
      handicap: 'cpu=10%',
    },
    engine: { name: 'open-loop', version: '1', model: 'open', workers: 1 },
    environment: {
      cpuModel: 'cpu',
      cores: 2,
      memoryBytes: 8e9,
      os: 'Linux',
      node: 'v20.19.0',
      doorbuster: '0.1.0',
      services: { postgres: { provider: 'embedded', version: '18.4', settings: { synchronous_commit: 'on' } } },
    },
    workAnOrder: [
      { ...work, kind: 'sold', sent: 20, requests: 20 },
      { counters: {}, sql: null, redis: null, notCounted: ['not probed'], kind: 'read', sent: 0, requests: 0 },
    ],
    steps: [fullStep(0), fullStep(1)],
    checks: [
      {
        check: 'no-oversell',
        step: 0,
        sku: 'step-1',
        verdict: 'fail',
        measured: 1,
        allowed: 0,
        unit: 'units',
        sentence: 'oversold by 1 unit',
        details: { sold: 2 },
        evidence: [
          {
            sentence: 'the last one',
            operations: [
              {
                seq: 3,
                stepIndex: 0,
                sku: 'step-1',
                kind: 'buy',
                userId: 'u1',
                requestId: null,
                attempt: 1,
                quantity: 1,
                scheduledAtNs: 1,
                sentAtNs: 2.5,
                completedAtNs: null,
                outcome: { kind: 'sold', orderId: null },
              },
            ],
          },
        ],
      },
    ],
    thresholds: [
      { expression: 'p99 < 42ms', step: null, metric: 'p99', measured: null, verdict: 'unknown', sentence: 'too few' },
    ],
    verdict: 'wrong',
    exitCode: 1,
    endedBy: null,
    endedEarly: null,
    ...changes,
  }
}
