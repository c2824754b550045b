/** From the visits of both arms to one answer: wrong, slower, other work, the same, or none. */
import {
  GATE_METRICS,
  type GateJudgement,
  type GateOptions,
  type GateVisit,
  type MetricJudgement,
} from '../core/gate-record.ts'
import { median } from '../core/statistics/estimate.ts'
import { changedWork } from './changed-work.ts'
import { judgeCorrectness } from './correctness.ts'
import { answerOf } from './gate-answer.ts'
import { unjudgedMetric } from './judge-metric.ts'
import { judgeTimes } from './judge-times.ts'

export interface GateEvidence {
  /** Of both arms, in the order in which they were made. */
  readonly visits: readonly GateVisit[]
  /** Of the baseline alone; they tell which counts of work are exact, and are in no comparison of times. */
  readonly calibration: readonly GateVisit[]
  readonly options: GateOptions
  /** From `environmentDifferences`. */
  readonly environmentDiffers: readonly string[]
  /** Whether a second round may follow. Without one, visits of a single round are tested once, as strictly as two. */
  readonly canGoOn: boolean
  readonly seed: number
}

/** Below this share of requests that left on time, the generator was the limit (src/run/verdict.ts). */
const ON_TIME_SHARE = 0.99
/** Above this share of the machine, what the generator takes is taken from the target. */
const MOST_CPU_SHARE = 0.8

/** The same from the same evidence. */
export function judgeGate(evidence: GateEvidence): GateJudgement {
  const { visits, calibration, options, environmentDiffers } = evidence
  const correctness = judgeCorrectness([...calibration, ...visits])
  const work = changedWork(workOf([...calibration, ...visits], 'baseline'), workOf(visits, 'candidate'))
  const metrics = options.quick ? [] : timesOf(evidence)
  const found = { correctness, work, metrics, environmentDiffers }
  return {
    ...found,
    nextRound: evidence.canGoOn && visits.every(({ round }) => round === 1) ? reasonForMore(metrics) : null,
    ...answerOf(found, options),
  }
}

function timesOf(evidence: GateEvidence): MetricJudgement[] {
  const { visits, environmentDiffers, options } = evidence
  const unjudged = (verdict: MetricJudgement['verdict']): MetricJudgement[] =>
    GATE_METRICS.map((metric) => unjudgedMetric(metric, visits, verdict))
  if (environmentDiffers.length > 0) return unjudged('environment differs')
  if (isGeneratorLimited(visits)) return unjudged('generator-limited')
  return judgeTimes({ ...evidence, leastEffect: options.leastEffect })
}

/** Of either arm: where the baseline's load came late, there is nothing to hold the candidate's against. */
function isGeneratorLimited(visits: readonly GateVisit[]): boolean {
  return (['baseline', 'candidate'] as const).some((arm) => {
    const generators = visits.filter((visit) => visit.arm === arm).map(({ generator }) => generator)
    if (generators.length === 0) return false
    const cpu = generators.flatMap(({ cpuShare }) => cpuShare ?? [])
    const isLate = median(generators.map(({ onTimeShare }) => onTimeShare)) < ON_TIME_SHARE
    return isLate || (cpu.length > 0 && median(cpu) > MOST_CPU_SHARE)
  })
}

function reasonForMore(metrics: readonly MetricJudgement[]): string | null {
  const open = metrics.find(({ verdict }) => verdict === 'insufficient samples')
  return open?.sentence ?? null
}

function workOf(visits: readonly GateVisit[], arm: GateVisit['arm']): NonNullable<GateVisit['work']>[] {
  return visits.flatMap((visit) => (visit.arm === arm && visit.work !== null ? [visit.work] : []))
}
