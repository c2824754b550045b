/** Response times: how they were distributed, up to p99.99, and how they went over time. */
import { OUTCOME_KINDS } from '../../core/operation.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { formatCount } from '../../core/units.ts'
import { offeredWords } from '../step-words.ts'
import { OUTCOME_NAMES, quantileWords, shortTime, timeWords } from './names.ts'
import { timeObjectives } from './objectives.ts'
import { type Axis, type Chart, columns, row, type Section, type Series } from './page.ts'
import type { Distribution, StepDigest } from './step-digest.ts'
import { bucketPoints, clock, someOf, stepMarks, thinnedWords, timeAxis, timelineOf } from './timeline.ts'

/** null: no history could be read. */
export function timesSection(record: RunRecord, digests: readonly StepDigest[]): Section | null {
  const telling = tellingStep(record, digests)
  if (telling === null) return null
  const which = digests.length > 1 ? ` The distribution is that of ${stepWords(record, telling)}.` : ''
  return {
    id: 'times',
    title: 'Response time',
    lead: `From the planned moment to the answer, so that a stall is seen by everyone who waited through it. A request without an answer counts as the time-out or more.${which}`,
    blocks: [
      { kind: 'chart', chart: distributionChart(record, telling) },
      { kind: 'chart', chart: overTimeChart(record, digests) },
    ],
  }
}

/** The first that was wrong or too slow; where none was, the one with the highest load. */
function tellingStep({ steps }: RunRecord, digests: readonly StepDigest[]): StepDigest | null {
  const withSamples = digests.filter(({ response }) => response.count > 0)
  const recordOf = ({ index }: StepDigest) => steps.find((step) => step.index === index)
  const failed = withSamples.find((digest) => ['wrong', 'missed'].includes(recordOf(digest)?.verdict ?? ''))
  const byLoad = withSamples.toSorted(
    (a, b) => (recordOf(b)?.achievedRatePerSec ?? 0) - (recordOf(a)?.achievedRatePerSec ?? 0),
  )
  return failed ?? byLoad[0] ?? null
}

function stepWords(record: RunRecord, { index }: StepDigest): string {
  const step = record.steps.find((one) => one.index === index)!
  return `step ${index + 1}, ${offeredWords(step, record)}`
}

/** 1 / (1 - q), so that each further nine has as much room as the one before. */
const QUANTILE_TICKS = [0, 0.9, 0.99, 0.999, 0.9999]

const QUANTILE_AXIS: Axis = {
  label: 'percentile',
  scale: 'log',
  min: 1,
  max: 10_000,
  ticks: QUANTILE_TICKS.map((quantile) => Math.round(1 / (1 - quantile))),
  format: (value) => quantileWords(1 - 1 / value),
}

function distributionChart(record: RunRecord, { response, responseByOutcome }: StepDigest): Chart {
  const kinds = OUTCOME_KINDS.filter((kind) => responseByOutcome[kind] !== undefined)
  const byOutcome = kinds.map(
    (kind): Series => ({
      name: OUTCOME_NAMES[kind],
      look: kind,
      draw: 'line',
      points: pointsOf(responseByOutcome[kind]!),
    }),
  )
  const all: Series = { name: 'all', look: 'line-5', draw: 'line', points: pointsOf(response) }
  const named = [
    ...(kinds.length > 1 ? [{ name: 'all', of: response }] : []),
    ...kinds.map((kind) => ({ name: OUTCOME_NAMES[kind], of: responseByOutcome[kind]! })),
  ]
  return {
    title: 'Distribution by outcome',
    sentence: `Response time by percentile on logarithmic scales, up to 99.99%. ${formatCount(response.count)} requests: half within ${timeWords(at(response, 0.5))}, 99% within ${timeWords(at(response, 0.99))}.`,
    x: QUANTILE_AXIS,
    y: { label: 'response time', scale: 'log', format: shortTime },
    series: kinds.length > 1 ? [...byOutcome, all] : byOutcome,
    marks: timeObjectives(record),
    table: {
      caption: 'Response time by percentile and outcome',
      columns: columns('outcome', '>requests', ...TABLE_QUANTILES.map((quantile) => `>${quantileWords(quantile)}`)),
      rows: named.map(({ name, of }) =>
        row([name, formatCount(of.count), ...TABLE_QUANTILES.map((quantile) => timeWords(at(of, quantile)))]),
      ),
      more: '',
    },
  }
}

const TABLE_QUANTILES = [0.5, 0.9, 0.99, 0.999, 0.9999]

function pointsOf({ points }: Distribution) {
  return points.map(({ quantile, ms }) => ({ x: 1 / (1 - quantile), y: ms }))
}

/** The nearest point at or above; null: too few samples say so much. */
function at({ points }: Distribution, quantile: number): number | null {
  return points.find((point) => point.quantile >= quantile - 1e-9)?.ms ?? null
}

function overTimeChart(record: RunRecord, digests: readonly StepDigest[]): Chart {
  const timeline = timelineOf(digests)
  const p50 = bucketPoints(digests, timeline, ({ p50Ms }) => p50Ms)
  const p99 = bucketPoints(digests, timeline, ({ p99Ms }) => p99Ms)
  const moments = p50.flatMap(({ x, y }, index) => (y === null ? [] : [{ x, p50: y, p99: p99[index]!.y }]))
  const highest = Math.max(0, ...moments.map((moment) => moment.p99 ?? 0))
  return {
    title: 'Response time over time',
    sentence: `Median and 99th percentile of what was due in each ${shortTime(digests[0]!.bucketMs)}, on a logarithmic scale; the highest p99 was ${timeWords(highest)}.`,
    x: timeAxis(timeline),
    y: { label: 'response time', scale: 'log', format: shortTime },
    series: [
      { name: 'p50', look: 'line-0', draw: 'line', points: p50 },
      { name: 'p99', look: 'line-1', draw: 'line', points: p99 },
    ],
    marks: [...timeObjectives(record), ...stepMarks(digests, timeline)],
    table: {
      caption: 'Response time over time',
      columns: columns('>time', '>p50', '>p99'),
      rows: someOf(moments).map((moment) => row([clock(moment.x), timeWords(moment.p50), timeWords(moment.p99)])),
      more: thinnedWords(moments.length),
    },
  }
}
