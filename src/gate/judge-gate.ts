/** From the visits of both arms to one answer: wrong, other work, slower, the same, or none. */
import type { GateJudgement, GateOptions, GateVisit } from '../core/gate-record.ts'

export interface GateEvidence {
  /** Of both arms, in the order in which they were made. */
  readonly visits: readonly GateVisit[]
  /** Of the baseline alone; they tell which counts of work are exact, and are in no comparison of times. */
  readonly calibration: readonly GateVisit[]
  readonly options: GateOptions
  /** From `environmentDifferences`. */
  readonly environmentDiffers: readonly string[]
  /** Whether a second round may follow. Without one, visits of a single round are halved into two. */
  readonly canGoOn: boolean
  readonly seed: number
}

export function judgeGate(evidence: GateEvidence): GateJudgement {
  throw new RangeError(String(evidence.seed))
}
