/**
 * Steps that were cut short. In the open model their figures are over the planned length, which most of them never saw:
 * a report shows them over the time that passed, as far as a history tells.
 */
import type { RunRecord, StepRecord } from '../../core/run-record.ts'
import type { StepDigest } from './step-digest.ts'

/** The record with lengths and rates of such steps over the time that passed; one without a digest stays as it is. */
export function withTimeThatPassed(record: RunRecord, digests: readonly StepDigest[]): RunRecord {
  const passedMs = ({ index }: StepRecord): number | null =>
    digests.find((digest) => digest.index === index)?.passedMs ?? null
  const steps = record.steps.map((step) => (step.interrupted ? overTime(step, passedMs(step)) : step))
  return { ...record, steps }
}

function overTime(step: StepRecord, passedMs: number | null): StepRecord {
  if (passedMs === null) return step
  const { durationMs, offeredRatePerSec: offered, achievedRatePerSec } = step
  const scale = passedMs === 0 ? 0 : durationMs / passedMs
  return {
    ...step,
    durationMs: passedMs,
    offeredRatePerSec: offered === null ? null : offered * scale,
    achievedRatePerSec: achievedRatePerSec * scale,
  }
}

/** Those that say what the target carries. */
export function wholeSteps({ steps }: Pick<RunRecord, 'steps'>): StepRecord[] {
  return steps.filter(({ interrupted }) => !interrupted)
}
