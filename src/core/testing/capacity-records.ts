/** The record of a search for capacity in which every member is there, the optional ones too. */
import type { CapacityRecord, CapacityTrial } from '../capacity-record.ts'
import type { RunRecord } from '../run-record.ts'

export function fullTrial(changes: Partial<CapacityTrial> = {}): CapacityTrial {
  return {
    number: 1,
    purpose: 'search',
    directory: 'trials/01-400',
    runId: 'r1',
    machine: {
      quiet: false,
      idleShare: 0.4,
      stealShare: 0,
      heavy: [{ pid: 42, name: 'tsc', cores: 1.1 }],
      waitedMs: 10_000,
    },
    ratePerSec: 400,
    durationMs: 2_000,
    sellThrough: 0.5,
    readShare: 0.1,
    doubleClickShare: 0.05,
    answer: 'good',
    because: 'p99 was 9.1ms, allowed < 42ms',
    achievedRatePerSec: 399.5,
    saturated: false,
    responseMs: { count: 800, mean: 3, p50: 2, p90: 5, p95: 6, p99: 9.1, p999: 20, max: 31 },
    requests: { sold: 350, soldOut: 350, replayed: 20, read: 80 },
    cpuSeconds: { target: 0.2, redis: 0.03, generator: 0.1 },
    verdict: 'passed',
    ...changes,
  }
}

/** Made of runs such as this one. */
export function fullCapacity(
  { scenario, target, environment }: Pick<RunRecord, 'scenario' | 'target' | 'environment'>,
  changes: Partial<CapacityRecord> = {},
): CapacityRecord {
  const demand = { seconds: 0.0004, low: 0.0003, high: 0.0005 }
  const perRequest = { sold: demand, soldOut: demand, replayed: null, read: demand }
  const ceiling = { ratePerSec: 2_500, low: 2_000, high: 3_300 }
  return {
    schema: 'doorbuster.capacity/1',
    capacityId: 'c1',
    status: 'complete',
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:14:26.000Z',
    command: ['smoke', '--strategy', 'redis-lua', '--slo', 'p99 < 42ms'],
    scenario,
    seed: 1,
    target,
    environment,
    slo: ['p99 < 42ms', 'achieved >= 99%'],
    sloFrom: 'option',
    budgetMs: 300_000,
    search: {
      fromRatePerSec: 100,
      toRatePerSec: 200_000,
      precision: 0.05,
      phases: [{ trialMs: 2_000, durationSumMs: 6_000, width: 0.05 }],
    },
    trials: [
      fullTrial(),
      fullTrial({ number: 2, directory: 'trials/02-800', ratePerSec: 800, answer: 'bad', because: 'p99 was 410ms' }),
      fullTrial({ number: 3, directory: 'trials/03-800', ratePerSec: 800, answer: 'none', because: 'it was late' }),
      fullTrial({ number: 4, directory: 'trials/04-200', ratePerSec: 200, purpose: 'demand', sellThrough: null }),
    ],
    capacity: {
      lowerRatePerSec: 400,
      upperRatePerSec: 800,
      relevantLowerRatePerSec: 400,
      relevantUpperRatePerSec: 800,
      conditionalThroughputPerSec: 398,
      trialMs: 2_000,
      ended: 'budget',
    },
    knee: { ratePerSec: 150, responseMs: 12 },
    demand: {
      resources: [
        {
          resource: 'target',
          cores: 1,
          coresBecause: 'one a server process',
          perRequest,
          idleCores: 0.05,
          perMixedRequest: demand,
          secondsAtCapacity: 0.0003,
          ceiling,
        },
        {
          resource: 'postgres',
          cores: 2,
          coresBecause: 'all of the machine',
          perRequest,
          idleCores: 0,
          perMixedRequest: demand,
          secondsAtCapacity: null,
          ceiling: { ratePerSec: 600_000, low: 30_000, high: 600_000 },
        },
        {
          resource: 'generator',
          cores: 2,
          coresBecause: 'all of the machine',
          perRequest,
          idleCores: 0,
          perMixedRequest: demand,
          secondsAtCapacity: null,
          ceiling,
        },
      ],
      machine: { cores: 2, ceilingRatePerSec: 1_900 },
      mix: { sold: 0.45, soldOut: 0.45, replayed: 0.02, read: 0.08 },
      bottleneck: {
        resource: 'target',
        second: 'postgres',
        sentence: "the server's one core: 0.40 ms a request, which sets a ceiling of 2,500/s",
        utilisation: { target: 0.16, postgres: 0.01, machine: 0.3 },
      },
      trials: 4,
      doubts: ['who asked twice can not be told from who was refused'],
    },
    scalability: {
      fitted: true,
      perRequestInFlightPerSec: 300,
      contention: 0.1,
      coherency: 0.001,
      peak: { inFlight: 30, ratePerSec: 2_400 },
      worstResidual: 0.04,
      levels: 6,
    },
    plan: {
      ratePerSec: 100_000,
      stock: 10_000,
      readShare: 0.9,
      durationMs: 60_000,
      headroom: 0.7,
      expected: { sold: 10_000, refused: 590_000, reads: 5_400_000 },
      soldOutAfterMs: 1_000,
      instances: { needed: 58, low: 40, high: 71 },
      resources: [
        { resource: 'redis', cores: 1, utilisation: { share: 4.4, low: 0.4, high: 7.3 } },
        { resource: 'postgres', cores: 2, utilisation: { share: 0.2, low: 0.1, high: 0.3 } },
      ],
      breaksFirst: { resource: 'redis', atRatePerSec: 22_000, interval: { low: 13_000, high: 250_000 } },
      assumptions: ['everybody asks once'],
    },
    prediction: {
      lowLoadShare: 0.3,
      saturation: {
        predictedPerSec: { low: 700, high: 1_900 },
        resource: 'target',
        measuredAtLeastPerSec: 400,
        measuredBelowPerSec: 800,
      },
      response: {
        ratePerSec: 600,
        predictedMeanMs: { low: 2, high: Number.POSITIVE_INFINITY },
        measuredMeanMs: 12.5,
      },
    },
    wrong: null,
    notes: ['a note'],
    verdict: 'passed',
    exitCode: 0,
    ...changes,
  }
}
