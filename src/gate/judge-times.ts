/**
 * Whether the candidate got slower, metric by metric. A metric has changed when two rounds say so, each by a rank test of
 * its own, and both together measured more than the least effect that matters and more than noise.
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
import { levelOf } from './levels.ts'
import { changeOf, type MetricSample, sampleOf } from './metric-sample.ts'
import { pValueOf, shiftOf, varies } from './sample-statistics.ts'

export interface TimesEvidence {
  readonly visits: readonly GateVisit[]
  readonly leastEffect: GateOptions['leastEffect']
  readonly canGoOn: boolean
  readonly seed: number
}

/** In the order of GATE_METRICS. */
export function judgeTimes({ visits, leastEffect, canGoOn, seed }: TimesEvidence): MetricJudgement[] {
  const rounds = roundsOf(visits, canGoOn)
  const tests = testsOf(rounds)
  const tested = [...tests.values()].filter((ofMetric) => ofMetric.length > 0).length
  return GATE_METRICS.map((metric, index) =>
    judgeMetric({
      metric,
      visits,
      sample: sampleOf(visits, metric),
      tests: tests.get(metric) ?? [],
      rounds: rounds.length,
      tested,
      leastEffect,
      seed: seed + index,
      canGoOn,
    }),
  )
}

/** Visits by round. Those of one round that no other follows are halved: two halves are as independent as two rounds. */
function roundsOf(visits: readonly GateVisit[], canGoOn: boolean): GateVisit[][] {
  const numbers = [...new Set(visits.map(({ round }) => round))].sort((a, b) => a - b)
  if (numbers.length > 1 || canGoOn) {
    return numbers.map((number) => visits.filter(({ round }) => round === number))
  }
  const blocks = [...new Set(visits.map(({ block }) => block))]
  const isInterleaved = blocks.every((block) => block !== null)
  const firstBlocks = new Set(blocks.slice(0, Math.ceil(blocks.length / 2)))
  const isFirstHalf = isInterleaved ? ({ block }: GateVisit): boolean => firstBlocks.has(block) : halfOfEachArm(visits)
  const second = visits.filter((visit) => !isFirstHalf(visit))
  return second.length === 0 ? [[...visits]] : [visits.filter((visit) => isFirstHalf(visit)), second]
}

function halfOfEachArm(visits: readonly GateVisit[]): (visit: GateVisit) => boolean {
  const first = new Set(
    (['baseline', 'candidate'] as const).flatMap((arm) => {
      const own = visits.filter((visit) => visit.arm === arm)
      return own.slice(0, Math.ceil(own.length / 2))
    }),
  )
  return (visit) => first.has(visit)
}

/** The first round tests every metric that varies at all, the second those that the first suspects. */
function testsOf(rounds: readonly (readonly GateVisit[])[]): Map<GateMetric, RoundTest[]> {
  const tests = new Map<GateMetric, RoundTest[]>()
  let suspects: readonly GateMetric[] = GATE_METRICS
  for (const [index, visits] of rounds.entries()) {
    const ofRound = testRound(index + 1, visits, suspects)
    for (const [metric, test] of ofRound) tests.set(metric, [...(tests.get(metric) ?? []), test])
    suspects = ofRound.filter(([, test]) => test.adjustedPValue < test.level).map(([metric]) => metric)
  }
  return tests
}

function testRound(
  round: number,
  visits: readonly GateVisit[],
  metrics: readonly GateMetric[],
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
      level: levelOf(round),
    },
  ])
}
