/** What a reader of a step's figures has to know of how k6 drove it. Pure. */
import type { StepPlan } from '../../core/scenario.ts'
import { k6Exit } from './exit-codes.ts'

export interface StepCourse {
  readonly plan: StepPlan
  /** As the scenario has it. */
  readonly maxInFlight: number
  /** As k6 had it. */
  readonly inFlight: number
  /** Share of the machine's CPU that k6 used while nothing was left of it, 0..1; null: requests were not dropped for that. */
  readonly starvedShare: number | null
  /** Requests that were sent, and never told of. */
  readonly lost: number
  /** Of its processes; null: ended by a signal, or still there. */
  readonly exitCodes: readonly (number | null)[]
}

const THRESHOLDS_CROSSED = 99

/** A sentence each. */
export function stepNotes(course: StepCourse): string[] {
  const { maxInFlight, inFlight, starvedShare, lost, exitCodes } = course
  const notes = planNotes(course.plan)
  if (inFlight !== maxInFlight) {
    notes.push(`in equal parts for each process, ${inFlight} of ${maxInFlight} may be in flight`)
  }
  if (starvedShare !== null) {
    const used = `${Math.round(starvedShare * 100)}%`
    notes.push(`this machine had no CPU left, k6 used ${used} of it: the target may stand more than was sent`)
  }
  if (lost > 0) notes.push(`k6 told nothing of ${lost} requests that it sent: they count as unknown`)
  for (const code of exitCodes) {
    if (code === THRESHOLDS_CROSSED) notes.push(`${k6Exit(code).meaning}: what counts are those of the scenario`)
  }
  return notes
}

function planNotes({ step, retries }: StepPlan): string[] {
  const notes: string[] = []
  if (step.arrivals === 'poisson') notes.push('k6 has no Poisson arrivals: they came at an even rate')
  if (step.shape?.kind === 'spike') notes.push('k6 drew the spike in straight lines')
  if (step.shape?.kind === 'replay') notes.push('k6 kept the rate of the replay, not its single moments')
  if (retries !== undefined) {
    notes.push('buyers who would ask again did not: with k6 a waiting buyer would hold a place')
  }
  return notes
}
