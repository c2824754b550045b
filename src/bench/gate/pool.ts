/**
 * Short visits of three arms that were made in turn, so that gates can be drawn from them without running any: the same
 * target twice, `baseline` and `control`, and `slowed`, which takes more CPU an order. Pure.
 */
import {
  GATE_METRICS,
  type GateMetric,
  type GateVisit,
  type PlannedVisit,
  type VisitGenerator,
} from '../../core/gate-record.ts'
import { createRandom } from '../../core/random.ts'

export const POOL_ARMS = ['baseline', 'control', 'slowed'] as const

export type PoolArm = (typeof POOL_ARMS)[number]

export interface Pool {
  /** Machine, versions and day. */
  readonly machine: string
  /** How a visit was made. */
  readonly visit: string
  /** What one took in the middle, with its services and its server. */
  readonly visitMs: number
  readonly recordedAt: string
  /** Blocks of six visits in the order in which they were made: every arm, and every arm in reverse. */
  readonly blocks: readonly (readonly PoolVisit[])[]
}

export interface PoolVisit extends VisitGenerator {
  readonly arm: PoolArm
  /** In the order of GATE_METRICS. */
  readonly figures: readonly (number | null)[]
}

/** The order of one block: any two of its arms stand in it as A B B A. */
export function armsOfBlock(seed: number, block: number): PoolArm[] {
  const random = createRandom(seed, block)
  const left = [...POOL_ARMS]
  const order = POOL_ARMS.map(() => left.splice(random.below(left.length), 1)[0]!)
  return [...order, ...order.toReversed()]
}

export function poolVisitOf(arm: PoolArm, { figures, generator }: GateVisit): PoolVisit {
  return {
    arm,
    figures: GATE_METRICS.map((metric) => shortened(figures[metric])),
    onTimeShare: shortened(generator.onTimeShare),
    cpuShare: shortened(generator.cpuShare),
    cpuMicrosPerRequest: shortened(generator.cpuMicrosPerRequest),
  }
}

/** As a gate has it. What a pool doesn't hold is as of a visit that went well. */
export function gateVisitFrom({ arm: _arm, figures, ...generator }: PoolVisit, planned: PlannedVisit): GateVisit {
  return {
    ...planned,
    directory: '',
    runId: '',
    startedAt: '',
    verdict: 'passed',
    failedChecks: [],
    undecidedChecks: [],
    isChecked: true,
    figures: Object.fromEntries(GATE_METRICS.map((metric, index) => [metric, figures[index] ?? null])) as Record<
      GateMetric,
      number | null
    >,
    generator,
    work: null,
  }
}

/** As if nobody had measured how fast the machine was. */
export function withoutSpeed(pool: Pool): Pool {
  const blocks = pool.blocks.map((block) => block.map((visit) => ({ ...visit, cpuMicrosPerRequest: null })))
  return { ...pool, blocks }
}

/** Five digits: a pool is shipped. */
function shortened<T extends number | null>(value: T): T {
  return (value === null ? null : Number(value.toPrecision(5))) as T
}
