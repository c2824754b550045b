/** Makes the visits of a pool, one after the other, in the order of their blocks; or those that an earlier one lacks. */
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
  /** Of six visits each, with those that there are. */
  readonly blocks: number
  /** Made earlier, by the same machine and of the same visits: continued. null: there is none. */
  readonly earlier: Pool | null
  readonly seed: number
  readonly maxWaitMs: number
  readonly signal: AbortSignal
  /** After each block. */
  readonly onBlock: (pool: Pool) => Promise<void>
}

/** Ends early, with its last whole block, when the signal says so. */
export async function recordPool(request: PoolRequest): Promise<void> {
  const { signal, earlier } = request
  const recordedAt = earlier?.recordedAt ?? new Date().toISOString()
  const blocks = [...(earlier?.blocks ?? [])]
  const costsMs = [...(earlier?.blocks ?? [])].map(() => earlier!.visitMs)
  for (let index = blocks.length; index < request.blocks; index++) {
    await awaitQuietMachine({ maxWaitMs: request.maxWaitMs, signal })
    const block: PoolVisit[] = []
    const blockCostsMs: number[] = []
    let last: RunRecord | null = null
    for (const arm of armsOfBlock(request.seed, index)) {
      const startedAt = performance.now()
      last = await visit(arm, request)
      if (signal.aborted) return
      blockCostsMs.push(performance.now() - startedAt)
      const planned = { arm: 'baseline', round: 1, block: index } as const
      block.push(poolVisitOf(arm, gateVisitOf(planned, { record: last, directory: '', work: null })))
    }
    blocks.push(block)
    costsMs.push(median(blockCostsMs))
    await request.onBlock({
      machine: machineLine(last!.environment, new Date(recordedAt)),
      visit: visitWords(request),
      visitMs: Math.round(median(costsMs)),
      recordedAt,
      blocks,
    })
  }
}

/** What visits are; those of two pools that say the same can stand in one. */
export function visitWords({
  scenario,
  strategy,
  handicap,
}: Pick<PoolRequest, 'scenario' | 'strategy' | 'handicap'>): string {
  const { durationMs, arrivalRatePerSec } = scenario.steps[0]!
  const steps = `${scenario.steps.length} steps of ${durationMs} ms at ${arrivalRatePerSec}/s`
  return `${scenario.name} against ${strategy.name}: ${steps}; slowed by ${handicap}`
}

/** As a gate makes it. */
async function visit(arm: PoolArm, { scenario, strategy, handicap, signal }: PoolRequest): Promise<RunRecord> {
  return await runForBench({ scenario, strategy, probeWork: true, signal, ...(arm === 'slowed' && { handicap }) })
}
