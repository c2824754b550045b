/** What is said while a run goes on: one live line on a terminal, one plain line a step elsewhere. */
import type { CheckResult } from '../core/check.ts'
import type { LoadModel, StepRecord } from '../core/run-record.ts'
import type { StepPlan } from '../core/scenario.ts'
import { rateAt } from '../core/step-rate.ts'
import { formatCount, formatMs } from '../core/units.ts'
import { leadingFailure } from './headline.ts'
import { AS_FAST_AS_ANSWERED, soldWords } from './step-words.ts'

/** Counts since the start of the step. */
export interface StepProgress {
  readonly elapsedMs: number
  readonly sold: number
  readonly dropped: number
  readonly achievedRatePerSec: number
  readonly p99ResponseMs: number | null
  /** What is wrong with the sale by now; null: right so far. */
  readonly wrong: string | null
}

/** What the step is one of. */
export interface RunInProgress {
  readonly steps: number
  readonly model: LoadModel
}

const BAR_WIDTH = 16

export function renderProgressLine(plan: StepPlan, progress: StepProgress, { steps, model }: RunInProgress): string {
  const { durationMs } = plan.step
  const askedPerSec = rateAt(plan.step, Math.min(progress.elapsedMs, durationMs))
  const done = Math.min(1, progress.elapsedMs / durationMs)
  const filled = Math.round(done * BAR_WIDTH)
  const leftMs = Math.max(0, durationMs - progress.elapsedMs)
  const left = Math.max(0, plan.initialStock - progress.sold)
  return [
    `step ${plan.stepIndex + 1} of ${steps}`,
    progress.wrong ?? 'right so far',
    `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.ceil(leftMs / 1000)}s`,
    model === 'closed'
      ? `${formatCount(progress.achievedRatePerSec)}/s, ${AS_FAST_AS_ANSWERED}`
      : `${formatCount(progress.achievedRatePerSec)} of ${formatCount(askedPerSec)}/s`,
    // Answers to replays are among them: the ledger alone knows the units.
    `sold ~${formatCount(progress.sold)}`,
    `left ~${formatCount(left)}`,
    `p99 ${progress.p99ResponseMs === null ? '-' : formatMs(progress.p99ResponseMs)}`,
    `dropped ${formatCount(progress.dropped)}`,
  ].join('  ')
}

export function renderStepLine(step: StepRecord, checks: readonly CheckResult[], steps: number): string {
  const p99 = step.responseMs.p99 === null ? '-' : formatMs(step.responseMs.p99)
  const rates =
    step.offeredRatePerSec === null
      ? `${formatCount(step.achievedRatePerSec)}/s, ${AS_FAST_AS_ANSWERED}`
      : `${formatCount(step.achievedRatePerSec)} of ${formatCount(step.offeredRatePerSec)}/s`
  const dropped = step.dropped > 0 ? `, ${formatCount(step.dropped)} dropped` : ''
  return `step ${step.index + 1} of ${steps}: ${rates}, ${soldWords(step)} sold, p99 ${p99}${dropped}: ${wordsOf(step, checks)}`
}

function wordsOf(step: StepRecord, checks: readonly CheckResult[]): string {
  const failure = leadingFailure(checks)
  if (failure !== undefined) return failure.sentence
  if (step.verdict === 'missed') return step.saturated ? 'right, but saturated' : 'right, but a threshold was missed'
  return step.verdict === 'passed' ? 'right' : step.verdict
}
