/** Visits of a made machine: what is asked for, with noise of its own that drifts and has outliers. */
import type { GateArm, GateMetric, GateVisit } from '../../core/gate-record.ts'
import { createRandom, type Random } from '../../core/random.ts'
import { planRound } from '../plan-round.ts'

const FIGURES: Readonly<Record<GateMetric, number>> = {
  goodputPerSec: 200,
  p50Ms: 1.2,
  p99Ms: 6,
  errorRate: 0,
  cpuMicrosPerOrder: 400,
}

export function visitOf(arm: GateArm, changes: Partial<GateVisit> = {}): GateVisit {
  return {
    arm,
    round: 1,
    block: null,
    directory: `visits/${arm}`,
    runId: 'r',
    startedAt: '2026-03-14T15:09:26.000Z',
    verdict: 'passed',
    failedChecks: [],
    undecidedChecks: [],
    isChecked: true,
    figures: FIGURES,
    generator: { onTimeShare: 1, cpuShare: 0.1 },
    work: null,
    ...changes,
  }
}

export interface MadeMachine {
  /** Standard deviation of the logarithms from visit to visit. */
  readonly noise: Partial<Record<GateMetric, number>>
  /** Share of the noise that a visit hands on to the next. */
  readonly drift?: number
  /** Share of visits that take half as long again, or longer. */
  readonly outliers?: number
  /** Of the candidate, relative. */
  readonly effect?: Partial<Record<GateMetric, number>>
}

/** Rounds of interleaved visits. */
export function roundsOn(
  machine: MadeMachine,
  plan: { readonly blocks: number; readonly rounds: number; readonly seed: number },
): GateVisit[] {
  const random = createRandom(plan.seed, 99)
  let carried = 0
  return Array.from({ length: plan.rounds }, (_, index) =>
    planRound({ round: index + 1, blocks: plan.blocks, earlierBlocks: index * plan.blocks, seed: plan.seed }),
  )
    .flat()
    .map((planned) => {
      const drift = machine.drift ?? 0
      carried = drift * carried + Math.sqrt(1 - drift ** 2) * gaussian(random)
      const outlier = random.next() < (machine.outliers ?? 0) ? 0.4 + random.exponential(0.3) : 0
      return visitOf(planned.arm, {
        ...planned,
        figures: figuresOf(machine, planned.arm, { random, carried, outlier }),
      })
    })
}

function figuresOf(
  { noise, effect, drift = 0 }: MadeMachine,
  arm: GateArm,
  { random, carried, outlier }: { readonly random: Random; readonly carried: number; readonly outlier: number },
): GateVisit['figures'] {
  const noisy = Object.entries(FIGURES).map(([name, value]) => {
    const metric = name as GateMetric
    const spread = noise[metric]
    const change = arm === 'candidate' ? Math.log1p(effect?.[metric] ?? 0) : 0
    if (spread === undefined) return [metric, value * Math.exp(change)]
    const own = gaussian(random) * (drift > 0 ? Math.SQRT1_2 : 1)
    const shared = drift > 0 ? carried * Math.SQRT1_2 : 0
    return [metric, value * Math.exp(change + spread * (own + shared) + outlier)]
  })
  return Object.fromEntries(noisy) as GateVisit['figures']
}

/** Box and Muller. */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
