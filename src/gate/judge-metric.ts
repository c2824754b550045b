/** One metric: improved, the same, regressed, or too few samples to say, and how many more it takes. */
import type { GateMetric, GateOptions, GateVisit, MetricJudgement, RoundTest } from '../core/gate-record.ts'
import { median } from '../core/statistics/estimate.ts'
import { type TestPlan, visibleShift, visitsToTell } from './levels.ts'
import { metricSentence } from './metric-words.ts'
import { changeOf, type MetricSample, sizeOf, valuesOf, worsening } from './metric-sample.ts'
import { CONFIDENCE, type SampleStatistics, standardErrorOf, statisticsOf, varies } from './sample-statistics.ts'
import { leastShiftOf } from './smallest-visible-effect.ts'

export interface MetricEvidence {
  readonly metric: GateMetric
  readonly visits: readonly GateVisit[]
  /** Of all rounds together; null: not measured. */
  readonly sample: MetricSample | null
  /** The sample is one of times at one speed of the machine. */
  readonly isAtOneSpeed: boolean
  /** Of those that the plan asks for, which tested it. */
  readonly tests: readonly RoundTest[]
  readonly plan: TestPlan
  /** Whether each of them could be significant, however large the change. */
  readonly canTell: boolean
  /** Metrics that the first of them tested. */
  readonly tested: number
  readonly leastEffect: GateOptions['leastEffect']
  readonly seed: number
}

/** Where noise would hide a doubling, nothing is called the same. */
const LARGEST_VISIBLE = Math.LN2
/** More would be no advice. */
const MOST_MORE_VISITS = 1_000

interface Measured extends SampleStatistics {
  /** The smallest shift that is seen. Infinity: nobody can tell. */
  readonly visible: number
}

export function judgeMetric(evidence: MetricEvidence): MetricJudgement {
  const { metric, sample } = evidence
  if (sample === null) return unjudgedMetric(metric, evidence.visits, 'not measured')
  const measured = measure(evidence, sample)
  const verdict = verdictOf(evidence, measured)
  const judgement = {
    ...unjudgedMetric(metric, evidence.visits, verdict),
    change: changeBetween(metric, measured),
    isAtOneSpeed: evidence.isAtOneSpeed,
    smallestVisible: Number.isFinite(measured.visible) ? sizeOf(metric, measured.visible) : null,
    rounds: evidence.tests,
    moreVisits: verdict === 'insufficient samples' ? moreVisits(evidence, sample, measured) : null,
  }
  return { ...judgement, sentence: metricSentence(judgement, isSuspected(evidence)) }
}

function changeBetween(metric: GateMetric, { shift, interval }: SampleStatistics): MetricJudgement['change'] {
  if (interval === null) return null
  return {
    estimate: changeOf(metric, shift),
    low: changeOf(metric, interval.low),
    high: changeOf(metric, interval.high),
    confidence: CONFIDENCE,
  }
}

/** With its medians and nothing more: what was measured can't be judged. */
export function unjudgedMetric(
  metric: GateMetric,
  visits: readonly GateVisit[],
  verdict: MetricJudgement['verdict'],
): MetricJudgement {
  const [baseline, candidate] = (['baseline', 'candidate'] as const).map((arm) => {
    const values = valuesOf(visits, arm, metric)
    return values.length === 0 ? null : median(values)
  })
  const judgement = {
    metric,
    verdict,
    baseline: baseline ?? null,
    candidate: candidate ?? null,
    change: null,
    isAtOneSpeed: false,
    smallestVisible: null,
    rounds: [],
    moreVisits: null,
  }
  return { ...judgement, sentence: metricSentence(judgement, false) }
}

function measure(evidence: MetricEvidence, sample: MetricSample): Measured {
  const statistics = statisticsOf(sample, evidence.seed)
  const least = leastShiftOf(evidence.metric, evidence.leastEffect)
  const { interval, noiseFloor } = statistics
  if (interval !== null && !varies(sample)) return { ...statistics, noiseFloor: 0, visible: least }
  if (interval === null || noiseFloor === null || !evidence.canTell) return { ...statistics, visible: Infinity }
  const { plan, tested } = evidence
  return { ...statistics, visible: visibleShift({ plan, tested, pooledError: standardErrorOf(noiseFloor) }, least) }
}

function verdictOf(evidence: MetricEvidence, measured: Measured): MetricJudgement['verdict'] {
  const { metric, plan } = evidence
  const { shift, interval, visible, noiseFloor } = measured
  if (interval === null) return 'insufficient samples'
  const least = leastShiftOf(metric, evidence.leastEffect)
  const matters = Math.max(least, noiseFloor ?? Infinity)
  if (isConfirmed(evidence, shift) && Math.abs(shift) >= matters)
    return worsening(metric, shift) > 0 ? 'regressed' : 'improved'
  // Sure, but surely too small to matter: another round would change nothing.
  const mayMatter = interval.low < -least || interval.high > least
  if (plan === 'first round' && mayMatter && isSuspected(evidence)) return 'insufficient samples'
  const furthest = Math.max(-interval.low, interval.high)
  const isSame = furthest <= visible || (interval.low <= 0 && interval.high >= 0)
  return isSame && Math.max(visible, furthest) <= LARGEST_VISIBLE ? 'same' : 'insufficient samples'
}

/** By every test that the plan asks for. */
function isConfirmed({ metric, tests, plan }: MetricEvidence, shift: number): boolean {
  const asked = plan === 'together' ? 1 : 2
  return tests.length === asked && tests.every((test) => isChanged(metric, test, shift))
}

/** Significant, and in the direction of all visits together. */
function isChanged(metric: GateMetric, test: RoundTest, shift: number): boolean {
  return test.adjustedPValue < test.level && worsening(metric, test.estimate) * worsening(metric, shift) > 0
}

/** By its last test, whatever the size: a second one tells whether it matters. */
function isSuspected({ tests }: MetricEvidence): boolean {
  const last = tests.at(-1)
  return last !== undefined && last.adjustedPValue < last.level
}

/**
 * Visits an arm until a test can say anything, and then until the interval is as narrow as the verdict needs: its width
 * falls with the root of their number.
 */
function moreVisits(
  { tested }: MetricEvidence,
  sample: MetricSample,
  { shift, interval, visible }: Measured,
): number | null {
  const visits = Math.min(sample.first.length, sample.second.length)
  if (interval === null || !Number.isFinite(visible)) {
    return Math.max(2, visitsToTell(sample.blocks !== null, tested) - visits)
  }
  const [wide, wanted] =
    visible > LARGEST_VISIBLE
      ? [visible, LARGEST_VISIBLE]
      : [(interval.high - interval.low) / 2, Math.abs(visible - Math.abs(shift))]
  const more = Math.ceil(visits * ((wide / wanted) ** 2 - 1))
  return Math.min(MOST_MORE_VISITS, Math.max(2, Number.isFinite(more) ? more : MOST_MORE_VISITS))
}
