/**
 * Gates drawn from a pool, as they would have been run: neighbouring blocks, and a second round where one is due. A
 * first round may begin at any block of the pool, the second at any other that shares none with it. Pure.
 */
import type { GateArm, GateJudgement, GateVisit } from '../../core/gate-record.ts'
import { createRandom, type Random } from '../../core/random.ts'
import { gateOptions, judgeGate } from '../../gate/index.ts'
import { gateVisitFrom, type Pool, type PoolArm } from './pool.ts'

export interface DrawOptions {
  readonly pool: Pool
  /** Held against each other; which of them is the baseline is drawn where they are the same target. */
  readonly candidate: Exclude<PoolArm, 'baseline'>
  readonly gates: number
  /** Of the first round, and of the second: that has the time which is left. */
  readonly blocks: readonly [first: number, second: number]
  readonly seed: number
}

export interface DrawnGates {
  readonly gates: number
  /** `regressed` in any metric, so that the build would fail. */
  readonly regressed: number
  /** The same by its CPU per order. */
  readonly regressedCpu: number
  readonly improved: number
  readonly passed: number
  readonly noAnswer: number
  readonly secondRounds: number
  /** Metrics that were left open or changed: name and verdict -> gates. */
  readonly reasons: Readonly<Record<string, number>>
}

/** Throws RangeError where the pool has too few blocks for two rounds that share none. */
export function drawGates(options: DrawOptions): DrawnGates {
  const { pool, blocks } = options
  if (Math.min(...blocks) < 1 || pool.blocks.length < blocks[0] + blocks[1]) {
    throw new RangeError(`a pool of ${pool.blocks.length} blocks holds no rounds of ${blocks.join(' and ')}`)
  }
  const random = createRandom(options.seed)
  const counts = { regressed: 0, regressedCpu: 0, improved: 0, passed: 0, noAnswer: 0, secondRounds: 0 }
  const reasons: Record<string, number> = {}
  for (let gate = 0; gate < options.gates; gate++) {
    const { judgement, rounds } = drawGate(options, random, gate)
    const has = (verdict: string): boolean => judgement.metrics.some((metric) => metric.verdict === verdict)
    if (rounds > 1) counts.secondRounds++
    if (judgement.word === 'PASSED') counts.passed++
    if (judgement.word === 'NO ANSWER') counts.noAnswer++
    if (has('regressed')) counts.regressed++
    if (has('improved')) counts.improved++
    for (const { metric, verdict } of judgement.metrics) {
      if (metric === 'cpuMicrosPerOrder' && verdict === 'regressed') counts.regressedCpu++
      if (verdict === 'same' || verdict === 'not measured') continue
      const reason = `${metric} ${verdict}`
      reasons[reason] = (reasons[reason] ?? 0) + 1
    }
  }
  return { gates: options.gates, ...counts, reasons }
}

function drawGate(
  options: DrawOptions,
  random: Random,
  seed: number,
): { readonly judgement: GateJudgement; readonly rounds: number } {
  const isTurned = options.candidate === 'control' && random.below(2) === 1
  const armOf = (arm: PoolArm): GateArm => ((arm === 'baseline') === isTurned ? 'candidate' : 'baseline')
  const start = random.below(options.pool.blocks.length)
  const judge = (visits: readonly GateVisit[], canGoOn: boolean): GateJudgement =>
    judgeGate({ visits, calibration: [], options: gateOptions(), environmentDiffers: [], canGoOn, seed })
  const first = drawRound(options, start, 1, armOf)
  const judgement = judge(first, true)
  if (judgement.nextRound === null) return { judgement, rounds: 1 }
  const second = drawRound(options, afterFirst(options, start, random), 2, armOf)
  return { judgement: judge([...first, ...second], false), rounds: 2 }
}

/** Where the second round begins: a visit can't be in both. */
function afterFirst({ pool, blocks: [first, second] }: DrawOptions, start: number, random: Random): number {
  const free = pool.blocks.length - first - second + 1
  return start + first + random.below(free)
}

/** Neighbouring blocks from there on; behind the last comes the first. */
function drawRound(
  { pool, candidate, blocks }: DrawOptions,
  start: number,
  round: 1 | 2,
  armOf: (arm: PoolArm) => GateArm,
): GateVisit[] {
  return Array.from({ length: blocks[round - 1]! }, (_, index) => {
    const visits = pool.blocks[(start + index) % pool.blocks.length]!
    const block = (round === 1 ? 0 : blocks[0]) + index
    return visits
      .filter(({ arm }) => arm === 'baseline' || arm === candidate)
      .map((visit) => gateVisitFrom(visit, { arm: armOf(visit.arm), round, block }))
  }).flat()
}
