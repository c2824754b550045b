/** What a reader of a closed step's figures has to know of how they came about. Pure. */
import { ASSUMED_ANSWER_MS, connectionsOf } from '../../core/closed-model.ts'
import type { Step, StepPlan } from '../../core/scenario.ts'
import { formatCount, formatMs, formatQuantity } from '../../core/units.ts'

export interface ClosedEnd {
  readonly maxInFlight: number
  /** Requests that were sent. */
  readonly sent: number
  /** Time from the step's start to its end. */
  readonly tookMs: number
}

/** A sentence each. */
export function stepNotes(plan: StepPlan, end: ClosedEnd): string[] {
  const { step } = plan
  return [
    ...(step.connections === undefined ? [whereFrom(step, end.maxInFlight)] : []),
    ...(step.shape === undefined
      ? []
      : [
          `closed model: the rate is what is answered, and no ${step.shape.kind}: only the order of its requests is kept`,
        ]),
    ...(plan.retries === undefined ? [] : ['closed model: buyers who are refused do not ask again here']),
    ...(end.sent === plan.length && end.tookMs < step.durationMs
      ? [
          `all ${formatQuantity(plan.length, 'planned request')} were sent after ${formatMs(end.tookMs)}: a higher rate plans more`,
        ]
      : []),
  ]
}

function whereFrom(step: Step, maxInFlight: number): string {
  const connections = connectionsOf(step, maxInFlight)
  const rate = `${formatCount(step.arrivalRatePerSec)}/s at ${ASSUMED_ANSWER_MS} ms a request`
  const needed = connectionsOf(step, Number.POSITIVE_INFINITY)
  const many = formatQuantity(connections, 'connection')
  return needed > connections
    ? `${many}, as many as maxInFlight allows: ${formatCount(needed)} would carry ${rate}`
    : `${many}: as many as carry ${rate}, since the step names no number`
}
