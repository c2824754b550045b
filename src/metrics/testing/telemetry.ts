/** Telemetry of a made-up run that has something to say of everything. */
import { type Telemetry, TELEMETRY_SCHEMA, TIME_BOUNDS_SECONDS, type TimeHistogram } from '../../core/telemetry.ts'

/** One in the first bucket, two in the last but one, one beyond. */
const TIMES: TimeHistogram = {
  counts: [1, ...TIME_BOUNDS_SECONDS.slice(2).map(() => 0), 2, 1],
  sumSeconds: 31.5,
}

export function telemetry(changes: Partial<Telemetry> = {}): Telemetry {
  return {
    schema: TELEMETRY_SCHEMA,
    atMs: 1_800_000_000_000,
    source: {
      kind: 'run',
      runId: 'r1',
      scenario: 'smoke',
      target: 'naive',
      engine: 'open-loop',
      model: 'open',
      stores: { postgres: '18.4' },
      objectives: { '0.99': 0.042 },
    },
    phase: 'load',
    step: {
      number: 2,
      of: 3,
      offeredRatePerSec: 400,
      durationMs: 10_000,
      elapsedMs: 500,
      saturated: null,
      generatorLate: null,
    },
    counts: {
      offered: 10,
      sent: 9,
      achieved: 7,
      inFlight: 1,
      dropped: { IN_FLIGHT_BOUND: 1 },
      outcomes: { sold: 4, soldOut: 3, limitReached: 0, refused: 1, shown: 0, unknown: 0, dropped: 1 },
      failures: { BUSY: 1 },
    },
    responseTime: { sold: TIMES },
    serviceTime: { sold: TIMES },
    sendLateness: TIMES,
    sales: [
      { sku: 'step-1', step: 1, stock: 3, sold: 4, oversold: 1, lost: 2, unknown: 0 },
      { sku: 'step-2', step: 2, stock: 5, sold: 1, oversold: 0, lost: null, unknown: 3 },
    ],
    checks: [{ check: 'no-oversell', verdict: 'fail', sku: 'step-1', sentence: 'oversold by 1 unit' }],
    resources: { target: { cpuSeconds: 1.5, maxRssBytes: 1024 } },
    work: { postgres: { wal_bytes: 77 } },
    verdict: null,
    sentence: 'OVERSOLD by 1 unit so far, by what buyers were told',
    ...changes,
  }
}
