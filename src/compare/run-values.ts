/**
 * The figures of one run, a number each, from what its record says of its steps. Percentiles of several steps can't be
 * put together from their figures: those of the worst step stand, since a threshold has to hold in each. Pure.
 */
import type { CheckName } from '../core/check.ts'
import type { ResponseFigure } from '../core/compare-record.ts'
import type { ResourceFigures, RunRecord, StepRecord } from '../core/run-record.ts'

export const RESPONSE_FIGURES: readonly ResponseFigure[] = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max']

/** null: not measured. */
export interface RunValues {
  readonly goodputPerSec: number
  readonly soldPerSec: number
  readonly errorRate: number
  readonly responseMs: Readonly<Record<ResponseFigure, number | null>>
  readonly cpuMicrosPerAnswer: Readonly<Record<string, number>>
  readonly cpuMicrosPerOrder: Readonly<Record<string, number>>
  readonly memoryBytes: Readonly<Record<string, number>>
  readonly readLagP99Ms: number | null
  readonly overtakenPerThousand: number | null
}

const MICROS_PER_SECOND = 1_000_000

/** null: the run did not come to its end, or nothing was asked in it. */
export function valuesOfRun({ steps, checks, endedBy }: RunRecord): RunValues | null {
  const arrivals = sumOf(steps, (step) => step.arrivals)
  const seconds = sumOf(steps, ({ durationMs }) => durationMs) / 1_000
  if (endedBy !== null || arrivals === 0 || seconds === 0) return null
  const answers = sumOf(steps, ({ completed }) => completed)
  const sold = sumOf(steps, ({ outcomes }) => outcomes.sold)
  const perSecond = (count: number): number => count / seconds
  return {
    // Not of `completed`: what was answered after the end of its step is no part of the achieved rate.
    goodputPerSec: perSecond(sumOf(steps, (step) => (step.achievedRatePerSec * step.durationMs) / 1_000)),
    soldPerSec: perSecond(sold),
    errorRate: sumOf(steps, (step) => step.errorRate * step.arrivals) / arrivals,
    responseMs: responseOf(steps),
    cpuMicrosPerAnswer: cpuOf(steps, answers),
    cpuMicrosPerOrder: cpuOf(steps, sold),
    memoryBytes: memoryOf(steps),
    readLagP99Ms: readLagOf(checks),
    overtakenPerThousand: overtakenOf(checks, arrivals - sumOf(steps, ({ outcomes }) => outcomes.shown)),
  }
}

function responseOf(steps: readonly StepRecord[]): RunValues['responseMs'] {
  return Object.fromEntries(
    RESPONSE_FIGURES.map((figure) => [figure, highest(steps.map(({ responseMs }) => responseMs[figure]))]),
  ) as Record<ResponseFigure, number | null>
}

/** Microseconds for each of so many; none of nothing. */
function cpuOf(steps: readonly StepRecord[], count: number): Record<string, number> {
  if (count === 0) return {}
  const seconds = byConsumer(
    steps,
    ({ cpuSeconds }) => cpuSeconds,
    (a, b) => a + b,
  )
  return Object.fromEntries(
    Object.entries(seconds).map(([consumer, used]) => [consumer, (used * MICROS_PER_SECOND) / count]),
  )
}

function memoryOf(steps: readonly StepRecord[]): Record<string, number> {
  return byConsumer(steps, ({ maxRssBytes }) => maxRssBytes, Math.max)
}

/** Of those that were read in every step: a sum with a part missing is no sum. */
function byConsumer(
  steps: readonly StepRecord[],
  of: (figures: ResourceFigures) => number,
  together: (a: number, b: number) => number,
): Record<string, number> {
  const [first, ...others] = steps.map(({ resources }) => resources)
  const consumers = Object.keys(first ?? {}).filter((name) => others.every((resources) => name in resources))
  return Object.fromEntries(
    consumers.map((name) => [
      name,
      steps.map(({ resources }) => of(resources[name]!)).reduce((a, b) => together(a, b)),
    ]),
  )
}

/** Of the sale whose reads were oldest. */
function readLagOf(checks: RunRecord['checks']): number | null {
  return highest(detailsOf(checks, 'stale-reads', 'lagP99Ms'))
}

function overtakenOf(checks: RunRecord['checks'], buys: number): number | null {
  const overtaken = detailsOf(checks, 'fairness', 'inversions')
  if (overtaken.length === 0 || buys <= 0) return null
  return (1_000 * sumOf(overtaken, (count) => count)) / buys
}

function detailsOf(checks: RunRecord['checks'], name: CheckName, detail: string): number[] {
  return checks.flatMap(({ check, details }) => (check === name ? (details[detail] ?? []) : []))
}

function highest(values: readonly (number | null)[]): number | null {
  const measured = values.filter((value) => value !== null)
  return measured.length === 0 ? null : Math.max(...measured)
}

function sumOf<T>(things: readonly T[], of: (thing: T) => number): number {
  return things.reduce((sum, thing) => sum + of(thing), 0)
}
