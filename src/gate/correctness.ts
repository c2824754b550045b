/** Whether every sale of every visit was right: a gate without statistics. */
import { CHECK_NAMES } from '../core/check.ts'
import type { ArmFailure, CorrectnessJudgement, GateArm, GateVisit } from '../core/gate-record.ts'
import { formatQuantity } from '../core/units.ts'

const ARMS: readonly GateArm[] = ['candidate', 'baseline']

/** The verdict is the candidate's; what the baseline did wrong is said beside it. */
export function judgeCorrectness(visits: readonly GateVisit[]): CorrectnessJudgement {
  const failures = ARMS.flatMap((arm) => failuresOf(arm, visits))
  const doubts = doubtsOf(visits.filter(({ arm }) => arm === 'candidate'))
  const isWrong = failures.some(({ arm }) => arm === 'candidate')
  return { verdict: isWrong ? 'wrong' : doubts.length > 0 ? 'unknown' : 'right', failures, doubts }
}

/** One a check, the worst first, in the words of its first visit. */
function failuresOf(arm: GateArm, visits: readonly GateVisit[]): ArmFailure[] {
  const own = visits.filter((visit) => visit.arm === arm)
  return CHECK_NAMES.flatMap((check) => {
    const failed = own.flatMap(({ failedChecks }) => failedChecks.filter((failure) => failure.check === check))
    return failed.length === 0 ? [] : [{ ...failed[0]!, arm, visits: failed.length, ofVisits: own.length }]
  })
}

function doubtsOf(visits: readonly GateVisit[]): string[] {
  if (visits.length === 0) return ['no visit of the candidate was made']
  const undecided = new Map<string, number>()
  for (const doubt of visits.flatMap(({ undecidedChecks }) => undecidedChecks)) {
    undecided.set(doubt, (undecided.get(doubt) ?? 0) + 1)
  }
  const ended = visits.filter(({ verdict }) => verdict === 'environment').length
  return [
    ...(visits.some(({ isChecked }) => isChecked) ? [] : ['no check could be made of the candidate']),
    ...(ended === 0 ? [] : [`${formatQuantity(ended, 'visit')} of the candidate ended before its time`]),
    ...[...undecided].map(([doubt, times]) => `${doubt} (in ${formatQuantity(times, 'visit')})`),
  ]
}
