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

const GENERATOR = { onTimeShare: 1, cpuShare: 0.1, cpuMicrosPerRequest: 250 }

const SLOWED: ReadonlySet<GateMetric> = new Set(['p50Ms', 'p99Ms', 'cpuMicrosPerOrder'])

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
    generator: GENERATOR,
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
  /** Standard deviation of the logarithm of the machine's speed, from visit to visit: it slows the generator as well. */
  readonly speed?: number
  /** What a request of the candidate's costs the generator more than one of the baseline's, relative. */
  readonly generatorEffect?: number
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
      const slowness = machine.speed === undefined ? 0 : machine.speed * gaussian(random)
      return visitOf(planned.arm, {
        ...planned,
        figures: figuresOf(machine, planned.arm, { random, carried, outlier, slowness }),
        generator: generatorOf(machine, planned.arm, slowness),
      })
    })
}

function generatorOf({ generatorEffect = 0 }: MadeMachine, arm: GateArm, slowness: number): GateVisit['generator'] {
  const more = arm === 'candidate' ? 1 + generatorEffect : 1
  return { ...GENERATOR, cpuMicrosPerRequest: GENERATOR.cpuMicrosPerRequest * more * Math.exp(slowness) }
}

interface VisitNoise {
  readonly random: Random
  readonly carried: number
  readonly outlier: number
  /** Of the machine: what takes time takes so much longer, as a logarithm. */
  readonly slowness: number
}

function figuresOf(
  { noise, effect, drift = 0 }: MadeMachine,
  arm: GateArm,
  { random, carried, outlier, slowness }: VisitNoise,
): GateVisit['figures'] {
  const noisy = Object.entries(FIGURES).map(([name, value]) => {
    const metric = name as GateMetric
    const spread = noise[metric]
    const change = arm === 'candidate' ? Math.log1p(effect?.[metric] ?? 0) : 0
    const slow = SLOWED.has(metric) ? slowness : 0
    if (spread === undefined) return [metric, value * Math.exp(change + slow)]
    const own = gaussian(random) * (drift > 0 ? Math.SQRT1_2 : 1)
    const shared = drift > 0 ? carried * Math.SQRT1_2 : 0
    return [metric, value * Math.exp(change + slow + spread * (own + shared) + outlier)]
  })
  return Object.fromEntries(noisy) as GateVisit['figures']
}

/** Box and Muller. */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
