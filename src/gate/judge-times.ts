/**
 * Whether the candidate got slower, metric by metric. A metric has changed when two rounds say so, each by a rank test of
 * its own, and both together measured more than the least effect that matters and more than noise. Rounds that are too
 * small to say anything by themselves, and visits that were stored, are tested together, as strictly.
 */
import {
  GATE_METRICS,
  type GateMetric,
  type GateOptions,
  type GateVisit,
  type MetricJudgement,
  type RoundTest,
} from '../core/gate-record.ts'
import { holm } from '../core/statistics/holm.ts'
import { judgeMetric } from './judge-metric.ts'
import { canTell, LEVEL_OF_ALL, levelOf, type TestPlan } from './levels.ts'
import { figureAtOneSpeed, metricsAtOneSpeed } from './machine-speed.ts'
import { changeOf, type MetricSample, sampleBy, scaledFigure, shapeOf } from './metric-sample.ts'
import { pValueOf, shiftOf, varies } from './sample-statistics.ts'

export interface TimesEvidence {
  readonly visits: readonly GateVisit[]
  /** Of the baseline alone: they tell how the machine's speed shows, and are in no comparison. */
  readonly calibration: readonly GateVisit[]
  readonly leastEffect: GateOptions['leastEffect']
  readonly canGoOn: boolean
  readonly seed: number
}

/** In the order of GATE_METRICS. */
export function judgeTimes({ visits, calibration, leastEffect, canGoOn, seed }: TimesEvidence): MetricJudgement[] {
  const { plan, stages } = stagesOf(visits, canGoOn)
  const atOneSpeed = metricsAtOneSpeed({ visits, calibration })
  const sampleOf: Sampling = (some, metric) =>
    sampleBy(some, (visit) => (atOneSpeed.has(metric) ? figureAtOneSpeed(visit, metric) : scaledFigure(visit, metric)))
  const tests = testsOf(stages, sampleOf)
  const tested = [...tests.values()].filter((ofMetric) => ofMetric.length > 0).length
  return GATE_METRICS.map((metric, index) =>
    judgeMetric({
      metric,
      visits,
      sample: sampleOf(visits, metric),
      isAtOneSpeed: atOneSpeed.has(metric),
      tests: tests.get(metric) ?? [],
      plan,
      canTell: stages.every((stage) => canTellOf(sampleOf(stage.visits, metric), stage.level, tested)),
      tested,
      leastEffect,
      seed: seed + index,
    }),
  )
}

/** What some visits measured of a metric, as it is compared. */
type Sampling = (visits: readonly GateVisit[], metric: GateMetric) => MetricSample | null

/** What is tested by itself. */
interface Stage {
  /** null: all visits together. */
  readonly round: number | null
  readonly level: number
  readonly visits: readonly GateVisit[]
}

/** Round by round where each could say something of every metric; else, unless another follows, all visits in one test. */
function stagesOf(
  visits: readonly GateVisit[],
  canGoOn: boolean,
): { readonly plan: TestPlan; readonly stages: readonly Stage[] } {
  const rounds = [...new Set(visits.map(({ round }) => round))]
    .sort((a, b) => a - b)
    .map((round): Stage => ({ round, level: levelOf(round), visits: visits.filter((visit) => visit.round === round) }))
  if (rounds.length === 1 && canGoOn) return { plan: 'first round', stages: rounds }
  const eachTells = rounds.length > 1 && rounds.every((stage) => canTell(shapeOf(stage.visits), stage.level))
  if (eachTells) return { plan: 'two rounds', stages: rounds }
  return { plan: 'together', stages: [{ round: null, level: LEVEL_OF_ALL, visits }] }
}

function canTellOf(sample: MetricSample | null, level: number, tested: number): boolean {
  return sample !== null && canTell(sample.blocks ?? [sample], level, tested)
}

/** The first tests every metric that varies at all, the second those that the first suspects. */
function testsOf(stages: readonly Stage[], sampleOf: Sampling): Map<GateMetric, RoundTest[]> {
  const tests = new Map<GateMetric, RoundTest[]>()
  let suspects: readonly GateMetric[] = GATE_METRICS
  for (const stage of stages) {
    const ofStage = testStage(stage, suspects, sampleOf)
    for (const [metric, test] of ofStage) tests.set(metric, [...(tests.get(metric) ?? []), test])
    suspects = ofStage.filter(([, test]) => test.adjustedPValue < test.level).map(([metric]) => metric)
  }
  return tests
}

function testStage(
  { round, level, visits }: Stage,
  metrics: readonly GateMetric[],
  sampleOf: Sampling,
): [GateMetric, RoundTest][] {
  const samples = metrics.flatMap((metric): [GateMetric, MetricSample][] => {
    const sample = sampleOf(visits, metric)
    return sample !== null && varies(sample) ? [[metric, sample]] : []
  })
  const pValues = samples.map(([, sample]) => pValueOf(sample))
  const adjusted = holm(pValues)
  return samples.map(([metric, sample], index) => [
    metric,
    {
      round,
      visits: [sample.first.length, sample.second.length],
      estimate: changeOf(metric, shiftOf(sample)),
      pValue: pValues[index]!,
      adjustedPValue: adjusted[index]!,
      level,
    },
  ])
}
