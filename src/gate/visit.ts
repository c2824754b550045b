/** What a gate takes of one run. */
import type { CheckResult } from '../core/check.ts'
import type { GateMetric, GateVisit, PlannedVisit, VisitWork } from '../core/gate-record.ts'
import type { RunRecord, StepRecord } from '../core/run-record.ts'
import { median } from '../core/statistics/estimate.ts'

interface VisitedRun {
  readonly record: RunRecord
  /** Of the run, as it is to be named. */
  readonly directory: string
  /** What the probe counted, per request; null: nothing could be counted. */
  readonly work: readonly VisitWork[] | null
}

/** Steps that were cut short, and those of a run that ended before its time, give no figures. */
export function gateVisitOf(planned: PlannedVisit, { record, directory, work }: VisitedRun): GateVisit {
  const steps = record.status === 'complete' ? record.steps.filter(({ interrupted }) => !interrupted) : []
  return {
    ...planned,
    directory,
    runId: record.runId,
    startedAt: record.startedAt,
    verdict: record.verdict ?? 'interrupted',
    failedChecks: distinctChecks(record.checks.filter(({ verdict }) => verdict === 'fail')),
    undecidedChecks: distinctChecks(record.checks.filter(({ verdict }) => verdict === 'unknown')).map(
      ({ check, sentence }) => `${check}: ${sentence}`,
    ),
    isChecked: record.checks.some(({ verdict }) => verdict === 'pass'),
    figures: {
      goodputPerSec: medianOf(steps, ({ achievedRatePerSec }) => achievedRatePerSec),
      p50Ms: medianOf(steps, ({ responseMs }) => responseMs.p50),
      p99Ms: medianOf(steps, ({ responseMs }) => responseMs.p99),
      errorRate: medianOf(steps, ({ errorRate }) => errorRate),
      cpuMicrosPerOrder: cpuMicrosPerRequest(steps, cpuOfTarget),
    } satisfies Record<GateMetric, number | null>,
    generator: generatorOf(steps, record.environment.cores),
    work,
  }
}

/** Each check once, with the sentence of its first failure. */
function distinctChecks(results: readonly CheckResult[]): { check: CheckResult['check']; sentence: string }[] {
  const first = new Map(results.toReversed().map(({ check, sentence }) => [check, sentence]))
  return [...new Set(results.map(({ check }) => check))].map((check) => ({ check, sentence: first.get(check)! }))
}

/** null where one of them has none: a median over other steps each time is another figure each time. */
function medianOf(steps: readonly StepRecord[], of: (step: StepRecord) => number | null): number | null {
  const values = steps.map(of)
  return values.length === 0 || values.includes(null) ? null : median(values as number[])
}

/** Over all its steps together: CPU time comes in ticks, of which a step has few. null: not measured in one of them. */
function cpuMicrosPerRequest(steps: readonly StepRecord[], of: (step: StepRecord) => number | null): number | null {
  const seconds = steps.map(of)
  const completed = steps.reduce((sum, step) => sum + step.completed, 0)
  if (completed === 0 || seconds.includes(null)) return null
  return ((seconds as number[]).reduce((sum, one) => sum + one, 0) * 1e6) / completed
}

/** Of the target alone: `target`, or whatever its descriptor names beside the stores. */
function cpuOfTarget({ resources }: StepRecord): number | null {
  const { target, postgres: _postgres, redis: _redis, generator: _generator, ...named } = resources
  const own = target === undefined ? Object.values(named) : [target]
  return own.length === 0 ? null : own.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
}

function cpuOfGenerator({ resources }: StepRecord): number | null {
  return resources['generator']?.cpuSeconds ?? null
}

/** Saturation outranks lateness: a target that drops at the bound holds the generator up. */
function generatorOf(steps: readonly StepRecord[], cores: number): GateVisit['generator'] {
  const onTime = steps.filter(({ saturated }) => !saturated).map(({ onTimeShare }) => onTimeShare)
  const cpu = steps.flatMap((step) => {
    const seconds = cpuOfGenerator(step)
    return seconds === null ? [] : [seconds / ((step.durationMs / 1000) * cores)]
  })
  return {
    onTimeShare: Math.min(1, ...onTime),
    cpuShare: cpu.length === 0 ? null : Math.max(...cpu),
    cpuMicrosPerRequest: cpuMicrosPerRequest(steps, cpuOfGenerator),
  }
}
