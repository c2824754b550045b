/** Gates that are run as anybody runs them, each in a folder that is gone afterwards: what is left is its record. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StrategyDescription } from '../../core/catalogue.ts'
import type { GateRecord } from '../../core/gate-record.ts'
import type { Scenario } from '../../core/scenario.ts'
import { gateOptions } from '../../gate/index.ts'
import type { GateSide } from '../../run/gate/gate-arm.ts'
import { type GateObserver, runGate } from '../../run/gate/run-gate.ts'
import { SETTINGS } from '../run-for-bench.ts'
import { LIVE_KINDS, type LiveGate, type LiveKind } from './live-table.ts'

export interface LiveRequest {
  /** Of every visit. */
  readonly scenario: Scenario
  readonly strategy: StrategyDescription
  /** Of each kind. */
  readonly gates: number
  readonly budgetMs: number
  readonly maxWaitMs: number
  /** Of the first gate; each has its own. */
  readonly seed: number
  readonly signal: AbortSignal
  readonly onGate: (gate: LiveGate) => void
}

/** The kinds in turn, so that what the hours do falls on all alike. Ends early, with its last whole gate. */
export async function runLiveGates(request: LiveRequest): Promise<LiveGate[]> {
  const made: LiveGate[] = []
  for (let index = 0; index < request.gates; index++) {
    for (const kind of LIVE_KINDS) {
      const record = await runOne(kind, request, request.seed + made.length)
      if (request.signal.aborted) return made
      made.push({ kind, record })
      request.onGate({ kind, record })
    }
  }
  return made
}

async function runOne(kind: LiveKind, request: LiveRequest, seed: number): Promise<GateRecord> {
  const root = await mkdtemp(join(tmpdir(), 'doorbuster-bench-'))
  const { scenario, strategy, budgetMs, maxWaitMs, signal } = request
  try {
    const { record, failure } = await runGate({
      scenario,
      sides: { baseline: sideOf(strategy, null), candidate: sideOf(strategy, kind.handicap) },
      options: gateOptions(),
      seed,
      budgetMs,
      maxWaitMs,
      notes: [],
      servicesMode: 'auto',
      settings: SETTINGS,
      folder: { out: join(root, 'gate') },
      signal,
      env: process.env,
      observer: SILENT,
    })
    if (failure !== null) throw failure.error
    return record
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

function sideOf(strategy: StrategyDescription, handicap: string | null): GateSide {
  const target = { kind: 'strategy', strategy, instances: 1, ...(handicap !== null && { handicap }) } as const
  return { kind: 'target', name: strategy.name, target }
}

const SILENT: GateObserver = {
  started: () => undefined,
  waiting: () => undefined,
  visiting: () => undefined,
  visited: () => undefined,
  foreseen: () => undefined,
  suspected: () => undefined,
}
