/** One regime of a comparison: who is before whom, with intervals, and what each costs. */
import {
  type CompareRecord,
  type ContestantResult,
  type Regime,
  regimeName,
  type ResponseFigure,
} from '../../core/compare-record.ts'
import type { Estimate } from '../../core/statistics/estimate.ts'
import { formatCount, formatMs } from '../../core/units.ts'
import {
  byPlace,
  consumersOf,
  consumerTitle,
  countWords,
  intervalWords,
  isWrongAnywhere,
  memoryWords,
  microsAnOrderWords,
  microsWords,
  msWords,
  placeWords,
  rateWords,
  shareWords,
  sloWords,
  timesShown,
} from '../compare-words.ts'
import { moodOf, shortTime } from './names.ts'
import { niceEnd } from './nice-end.ts'
import { type Block, type IntervalChart, row, type Section, tableBlock, text } from './page.ts'

export function regimeSection(regime: Regime, record: CompareRecord, index: number): Section {
  const ranked = byPlace(regime)
  return {
    id: `regime-${index + 1}`,
    title: `At ${regimeName(regime)}`,
    lead: 'Best first. Contestants on one place (=) can not be told apart by so many runs.',
    blocks: [
      ...chartBlocks(regime, record),
      rankingTable(regime, record, ranked),
      ...costBlocks(ranked.filter(({ figures }) => figures !== null)),
    ],
  }
}

function chartBlocks(regime: Regime, record: CompareRecord): Block[] {
  const { rankedBy } = record
  const perSecond = (value: number): string => `${formatCount(value)}/s`
  return [
    ...intervalBlock(regime, record, ({ figures }) => figures?.responseMs[rankedBy], {
      title: `Response time, ${rankedBy}`,
      sentence: 'The lower, the better.',
      format: formatMs,
      formatEnd: shortTime,
      limit: limitOf(record, rankedBy),
    }),
    ...intervalBlock(regime, record, ({ figures }) => figures?.goodputPerSec, {
      title: 'Goodput',
      sentence: 'Definite answers per second: the higher, the better.',
      format: perSecond,
      formatEnd: perSecond,
      limit: null,
    }),
  ]
}

/** Nothing where nobody measured it. */
function intervalBlock(
  regime: Regime,
  record: CompareRecord,
  figureOf: (result: ContestantResult) => Estimate | null | undefined,
  chart: Omit<IntervalChart, 'from' | 'until' | 'rows'>,
): Block[] {
  const ranked = byPlace(regime)
  const estimates = ranked.flatMap((result) => figureOf(result) ?? [])
  if (estimates.length === 0) return []
  const until = niceEnd(Math.max(...estimates.map(({ high }) => high), chart.limit?.at ?? 0))
  const rows = ranked.map((result) => ({
    name: nameInPlace(regime, result, record),
    mood: isWrongAnywhere(result, record) ? 'bad' : moodOf(result.verdict),
    figure: figureOf(result) ?? null,
  }))
  const interval = intervalWords(estimates)
  const drawn = interval === '' ? '' : ` A dot is the median over the runs, the line the ${interval}.`
  return [{ kind: 'intervals', intervals: { ...chart, sentence: chart.sentence + drawn, from: 0, until, rows } }]
}

/** "1. redis-lua", "1= batched", "naive (wrong)", "naive (wrong at 1)". */
function nameInPlace(regime: Regime, result: ContestantResult, record: CompareRecord): string {
  const place = placeWords(regime, result, record)
  if (isWrongAnywhere(result, record)) return `${result.contestant} (${place})`
  const isRanked = regime.places.some(({ contestants }) => contestants.includes(result.contestant))
  return isRanked ? `${place}${place.endsWith('=') ? '' : '.'} ${result.contestant}` : result.contestant
}

/** What the SLO allows of the figure; null: nothing. */
function limitOf({ scenario, slo }: CompareRecord, figure: ResponseFigure): IntervalChart['limit'] {
  const threshold = scenario.thresholds.find(
    ({ metric, expression, comparison }) => metric === figure && slo.includes(expression) && comparison.startsWith('<'),
  )
  return threshold === undefined ? null : { at: threshold.limit, label: `allowed: ${formatMs(threshold.limit)}` }
}

function rankingTable(regime: Regime, record: CompareRecord, ranked: readonly ContestantResult[]): Block {
  const times = timesShown(record)
  const titles = ['place', 'contestant', 'SLO', '>answers', '>sold', '>errors', ...times.map((name) => `>${name}`)]
  const rows = ranked.map((result) =>
    row(
      [
        placeWords(regime, result, record),
        result.contestant,
        sloWords(result, record),
        rateWords(result.figures?.goodputPerSec),
        rateWords(result.figures?.soldPerSec),
        shareWords(result.figures?.errorRate),
        ...times.map((name) => msWords(result.figures?.responseMs[name])),
      ],
      isWrongAnywhere(result, record) ? 'bad' : 'plain',
    ),
  )
  return tableBlock(`Ranking at ${regimeName(regime)}`, titles, rows)
}

function costBlocks(measured: readonly ContestantResult[]): Block[] {
  if (measured.length === 0) return []
  const consumers = consumersOf(measured)
  const titles = [
    'contestant',
    ...consumers.map((name) => `>${consumerTitle(name)}`),
    '>an order',
    '>memory',
    '>reads behind (p99)',
    '>overtaken ‰',
  ]
  const rows = measured.map((result) =>
    row([
      result.contestant,
      ...consumers.map((name) => microsWords(result.figures?.cpuMicrosPerAnswer[name])),
      microsAnOrderWords(result),
      memoryWords(result),
      msWords(result.figures?.readLagP99Ms, false),
      countWords(result.figures?.overtakenPerThousand),
    ]),
  )
  return [
    text(
      'What it costs: CPU in µs an answer, by who used it; an order: of server and stores together, for each that was sold.',
    ),
    tableBlock('What it costs', titles, rows),
  ]
}
