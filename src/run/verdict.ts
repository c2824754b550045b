/**
 * From checks, thresholds and load figures to the one verdict that decides the exit code.
 * Pure, so that a stored run judged again comes to the same end.
 */
import type { CheckResult } from '../core/check.ts'
import { decidingVerdict, type RunVerdict } from '../core/exit-codes.ts'
import type { LoadFigures, RunRecord, ThresholdResult } from '../core/run-record.ts'
import { hasUnreadAnswers } from '../core/unread-answers.ts'

/** Below this share of arrivals that left on time, the generator was the limit. */
const ON_TIME_SHARE = 0.99

export interface StepOutcome {
  readonly checks: readonly CheckResult[]
  /** The thresholds of this step alone. */
  readonly thresholds: readonly ThresholdResult[]
  readonly figures: Pick<LoadFigures, 'onTimeShare' | 'saturated' | 'sent' | 'errorCodes'>
  readonly interrupted: boolean
}

/** Where several hold, `decidingVerdict` knows which counts. A check that was not made counts for nothing. */
export function stepVerdict(step: StepOutcome): RunVerdict {
  const verdicts: RunVerdict[] = [...verdictsOfChecks(step.checks)]
  if (step.interrupted) verdicts.push('interrupted')
  else {
    // Thresholds that are missed because a rule is wrong are not the target's.
    if (hasUnreadAnswers(step.figures)) verdicts.push('inconclusive')
    else verdicts.push(...verdictsOfThresholds(step.thresholds))
    if (isGeneratorLate(step.figures)) verdicts.push('inconclusive')
  }
  return decidingVerdict(verdicts)
}

export interface RunOutcome {
  readonly steps: readonly RunVerdict[]
  /** Thresholds over all steps together. */
  readonly wholeThresholds: readonly ThresholdResult[]
  /** In some step nobody could make sense of many answers: then thresholds over all steps say nothing. False unless given. */
  readonly hasUnreadAnswers?: boolean
  /** What ended the run before its last step, if anything did. */
  readonly endedBy: RunRecord['endedBy']
}

export function runVerdict(run: RunOutcome): RunVerdict {
  const { endedBy } = run
  // Cut short by whom is what counts: a target that died in a step is no Ctrl-C.
  const isCutByOthers = endedBy === 'environment' || endedBy === 'fail-fast'
  const steps = isCutByOthers ? run.steps.filter((verdict) => verdict !== 'interrupted') : run.steps
  const thresholds = run.hasUnreadAnswers === true ? [] : verdictsOfThresholds(run.wholeThresholds)
  const verdicts: RunVerdict[] = [...steps, ...thresholds]
  // A run that ended at a violation is as wrong as the checks say; without one of them nothing was shown.
  if (endedBy === 'fail-fast') verdicts.push('inconclusive')
  else if (endedBy !== null) verdicts.push(endedBy)
  else if (run.steps.length === 0) verdicts.push('inconclusive')
  return decidingVerdict(verdicts)
}

/** Verdict over checks alone, for a history that came without a run. All of them not made: inconclusive. */
export function checksVerdict(checks: readonly CheckResult[]): RunVerdict {
  if (checks.every(({ verdict }) => verdict === 'not-checked')) return 'inconclusive'
  return decidingVerdict(verdictsOfChecks(checks))
}

/** Saturation outranks lateness: a target that drops at the bound holds the generator up. */
export function isGeneratorLate(figures: Pick<LoadFigures, 'onTimeShare' | 'saturated'>): boolean {
  return !figures.saturated && figures.onTimeShare < ON_TIME_SHARE
}

function verdictsOfChecks(checks: readonly CheckResult[]): RunVerdict[] {
  return checks.flatMap(({ verdict }): RunVerdict[] => {
    switch (verdict) {
      case 'fail':
        return ['wrong']
      case 'unknown':
        return ['inconclusive']
      case 'pass':
      case 'not-checked':
        return []
    }
  })
}

function verdictsOfThresholds(thresholds: readonly ThresholdResult[]): RunVerdict[] {
  return thresholds.flatMap(({ verdict }): RunVerdict[] => {
    switch (verdict) {
      case 'fail':
        return ['missed']
      case 'unknown':
        return ['inconclusive']
      case 'pass':
        return []
    }
  })
}
