/**
 * What a gate found of times: by how much each metric changed, drawn with what would matter, then in figures and in
 * sentences, and the tests that say so. What was not judged is listed as that.
 */
import type { GateMetric, GateRecord, MetricJudgement, MetricVerdict } from '../../core/gate-record.ts'
import { effectWords, metricName, probabilityWords, signedEffect } from '../../core/gate-words.ts'
import { formatShare } from '../../core/units.ts'
import { METRIC_TITLES, metricCells, remarkOfSpeed } from '../gate-words.ts'
import { niceEnd } from './nice-end.ts'
import { type Block, type IntervalChart, type Mood, row, type Section, tableBlock, text } from './page.ts'

const MOOD_OF_METRIC: Readonly<Record<MetricVerdict, Mood>> = {
  improved: 'good',
  same: 'plain',
  regressed: 'bad',
  'insufficient samples': 'doubtful',
  'generator-limited': 'doubtful',
  'environment differs': 'doubtful',
  'not measured': 'plain',
}

/** Nothing falls by more, and what rises by more is worse whatever the rest of it. */
const WIDEST = 1

/** null: nothing was judged at all. */
export function timesSection(record: GateRecord): Section | null {
  const { judgement, options } = record
  if (judgement === null) return null
  const { metrics, environmentDiffers, nextRound } = judgement
  if (options.quick) {
    return section([text('No time was judged: work and correctness alone were asked for (--quick).')])
  }
  return section([
    ...environmentDiffers.map((difference) => text(`Times are not judged: ${difference}.`, 'doubtful')),
    ...(nextRound === null ? [] : [text(`Another round is due: ${nextRound}.`, 'doubtful')]),
    ...intervalBlocks(metrics, record),
    ...tables(metrics),
    ...remarkOfSpeed(metrics).map((remark) => text(`${capitalized(remark)}.`)),
    ...roundBlocks(metrics),
  ])
}

function section(blocks: readonly Block[]): Section {
  return { id: 'times', title: 'Times, errors and CPU', lead: 'The candidate against the baseline.', blocks }
}

/** Relative changes have one scale, those in points another. */
function intervalBlocks(metrics: readonly MetricJudgement[], record: GateRecord): Block[] {
  return [
    ...intervalBlock(
      'Change of each metric',
      metrics.filter(({ metric }) => metric !== 'errorRate'),
      record,
    ),
    ...intervalBlock(
      'Change of the error rate',
      metrics.filter(({ metric }) => metric === 'errorRate'),
      record,
    ),
  ]
}

/** Nothing where no change could be told. */
function intervalBlock(title: string, metrics: readonly MetricJudgement[], { options }: GateRecord): Block[] {
  const told = metrics.flatMap(({ metric, verdict, change }) => (change === null ? [] : [{ metric, verdict, change }]))
  const [first] = told
  if (first === undefined) return []
  const limitOf = (metric: GateMetric): number =>
    metric === 'goodputPerSec' ? -options.leastEffect[metric] : options.leastEffect[metric]
  const furthest = told.flatMap(({ metric, change: { low, high } }) => [low, high, limitOf(metric)].map(Math.abs))
  const until = Math.min(WIDEST, niceEnd(Math.max(...furthest)))
  const isCut = furthest.some((value) => value > until)
  const format = (value: number): string => signedEffect(first.metric, value)
  const chart: IntervalChart = {
    title,
    sentence: `A dot is the change, the line its ${formatShare(first.change.confidence)} interval; in the middle nothing changed.${isCut ? ' What lies beyond the scale ends at its edge.' : ''}`,
    from: -until,
    until,
    format,
    formatEnd: format,
    rows: told.map(({ metric, verdict, change: { estimate, low, high } }) => ({
      name: `${metricName(metric)}: ${verdict}`,
      mood: MOOD_OF_METRIC[verdict],
      figure: { median: estimate, low, high },
      limit: limitOf(metric),
    })),
    limit: { at: null, label: 'worse by as much as matters' },
  }
  return [{ kind: 'intervals', intervals: chart }]
}

function tables(metrics: readonly MetricJudgement[]): Block[] {
  if (metrics.length === 0) return [text('No time was judged.', 'doubtful')]
  const last = METRIC_TITLES.length - 1
  const titles = METRIC_TITLES.map((title, index) => (index === 0 || index === last ? title : `>${title}`))
  return [
    tableBlock(
      'Metrics',
      titles,
      metrics.map((metric) => row(metricCells(metric), MOOD_OF_METRIC[metric.verdict])),
    ),
    tableBlock(
      'Metrics in words',
      ['metric', 'in words'],
      metrics.map(({ metric, verdict, sentence }) => row([metricName(metric), sentence], MOOD_OF_METRIC[verdict])),
    ),
  ]
}

const ROUND_TITLES = [
  'metric',
  'round',
  '>visits of the baseline',
  '>of the candidate',
  '>change',
  '>p',
  '>p, corrected',
  '>changed below',
]

function roundBlocks(metrics: readonly MetricJudgement[]): Block[] {
  const rows = metrics.flatMap(({ metric, rounds }) =>
    rounds.map(({ round, visits, estimate, pValue, adjustedPValue, level }) =>
      row([
        metricName(metric),
        round === null ? 'all visits' : String(round),
        ...visits.map(String),
        signedEffect(metric, estimate),
        probabilityWords(pValue),
        probabilityWords(adjustedPValue),
        probabilityWords(level),
      ]),
    ),
  )
  if (rows.length === 0) return []
  return [
    {
      kind: 'folded',
      summary: 'The tests, round by round',
      blocks: [
        text(
          'p: how often chance alone would make a difference like that between arms that are the same. It is corrected for the number of metrics that a round tests, and says that something changed where it lies below the level.',
        ),
        tableBlock('Tests', ROUND_TITLES, rows),
      ],
    },
  ]
}

/** What it said before the rounds. null: nobody could tell. */
export function foreseenSection({ foreseen, options }: GateRecord): Section | null {
  if (foreseen === null || foreseen.length === 0) return null
  const rows = foreseen.map(({ metric, effect }) =>
    row([
      metricName(metric),
      effect === null ? 'nobody could tell' : effectWords(metric, effect),
      effectWords(metric, options.leastEffect[metric]),
    ]),
  )
  return {
    id: 'foreseen',
    title: 'What was foreseen',
    lead: 'Before the rounds: the smallest change for the worse that this gate would see in 95 of 100 cases, on this machine and in its budget.',
    blocks: [tableBlock('Smallest changes', ['metric', '>smallest change seen', '>least that matters'], rows)],
  }
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
