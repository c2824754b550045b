/** Makes the visits of a pool, one after the other, in the order of their blocks. What was made so far is handed on. */
import type { StrategyDescription } from '../../core/catalogue.ts'
import type { RunRecord } from '../../core/run-record.ts'
import type { Scenario } from '../../core/scenario.ts'
import { median } from '../../core/statistics/estimate.ts'
import { gateVisitOf } from '../../gate/index.ts'
import { awaitQuietMachine } from '../../run/quiet-machine.ts'
import { machineLine } from '../document.ts'
import { runForBench } from '../run-for-bench.ts'
import { armsOfBlock, type Pool, type PoolArm, type PoolVisit, poolVisitOf } from './pool.ts'

export interface PoolRequest {
  /** Of every visit: some short steps that are alike. */
  readonly scenario: Scenario
  readonly strategy: StrategyDescription
  /** Of the slowed arm. */
  readonly handicap: string
  /** Of six visits each. */
  readonly blocks: number
  readonly seed: number
  readonly maxWaitMs: number
  readonly signal: AbortSignal
  /** After each block. */
  readonly onBlock: (pool: Pool) => Promise<void>
}

/** Ends early, with its last whole block, when the signal says so. */
export async function recordPool(request: PoolRequest): Promise<void> {
  const { scenario, strategy, signal } = request
  const recordedAt = new Date().toISOString()
  const blocks: PoolVisit[][] = []
  const costsMs: number[] = []
  for (let index = 0; index < request.blocks; index++) {
    await awaitQuietMachine({ maxWaitMs: request.maxWaitMs, signal })
    const block: PoolVisit[] = []
    let last: RunRecord | null = null
    for (const arm of armsOfBlock(request.seed, index)) {
      const startedAt = performance.now()
      last = await visit(arm, request)
      if (signal.aborted) return
      costsMs.push(performance.now() - startedAt)
      const planned = { arm: 'baseline', round: 1, block: index } as const
      block.push(poolVisitOf(arm, gateVisitOf(planned, { record: last, directory: '', work: null })))
    }
    blocks.push(block)
    const step = scenario.steps[0]!
    await request.onBlock({
      machine: machineLine(last!.environment, new Date(recordedAt)),
      visit: `${scenario.name} against ${strategy.name}: ${scenario.steps.length} steps of ${step.durationMs} ms at ${step.arrivalRatePerSec}/s; slowed by ${request.handicap}`,
      visitMs: Math.round(median(costsMs)),
      recordedAt,
      blocks,
    })
  }
}

async function visit(arm: PoolArm, { scenario, strategy, handicap, signal }: PoolRequest): Promise<RunRecord> {
  return await runForBench({ scenario, strategy, signal, ...(arm === 'slowed' && { handicap }) })
}
