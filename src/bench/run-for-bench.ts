/** One run of a scenario in a folder that is gone afterwards: what is left is its record. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StrategyDescription } from '../core/catalogue.ts'
import type { RunRecord } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import { runScenario } from '../run/run-scenario.ts'

/** As the benchmarks' figures are meant: an order is on disk when it is acknowledged, and Redis flushes every second. */
export const SETTINGS = { synchronousCommit: 'on', appendfsync: 'everysec' } as const

export interface BenchRun {
  readonly scenario: Scenario
  readonly strategy: StrategyDescription
  /** Server processes; 1 unless said. */
  readonly instances?: number
  /** What the server does more than the strategy asks of it (src/core/handicap.ts). */
  readonly handicap?: string
  /** Also counts what one request of each kind costs the stores. */
  readonly probeWork?: boolean
  readonly signal?: AbortSignal
}

export async function runForBench({
  scenario,
  strategy,
  instances = 1,
  handicap,
  probeWork = false,
  signal,
}: BenchRun): Promise<RunRecord> {
  const resultsRoot = await mkdtemp(join(tmpdir(), 'doorbuster-bench-'))
  try {
    const { record } = await runScenario({
      scenario,
      target: { kind: 'strategy', strategy, instances, handicap },
      servicesMode: 'auto',
      settings: SETTINGS,
      probeWork,
      directory: { resultsRoot },
      signal: signal ?? new AbortController().signal,
      env: process.env,
    })
    return record
  } finally {
    await rm(resultsRoot, { recursive: true, force: true })
  }
}
