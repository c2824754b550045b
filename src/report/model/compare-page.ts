/**
 * The report of a comparison: who was wrong first, then who is before whom in each regime, with intervals, what each costs
 * and what it is worth, and where the order turns over.
 */
import {
  type CompareRecord,
  type ContestantResult,
  type Regime,
  regimeName,
  type ResponseFigure,
} from '../../core/compare-record.ts'
import type { RunVerdict } from '../../core/exit-codes.ts'
import type { Estimate } from '../../core/statistics/estimate.ts'
import { formatCount, formatMs, formatQuantity } from '../../core/units.ts'
import {
  byPlace,
  compareHeadline,
  consumersOf,
  consumerTitle,
  countWords,
  memoryWords,
  microsWords,
  msWords,
  placeWords,
  priceOf,
  rateWords,
  shareWords,
  sloWords,
  timesShown,
} from '../compare-words.ts'
import { MOOD_OF_RUN } from './names.ts'
import {
  type Block,
  type Command,
  type IntervalChart,
  type Mood,
  type Page,
  row,
  type Section,
  tableBlock,
  text,
} from './page.ts'
import { environmentFacts, settingsBlocks } from './repeat-section.ts'
import { probedBlocks } from './work-section.ts'

export interface CompareReport {
  readonly record: CompareRecord
  readonly commands: readonly Command[]
}

export function comparePage({ record, commands }: CompareReport): Page {
  const { word, rest, verdict } = compareHeadline(record)
  const { scenario, slo, rankedBy, startedAt, exitCode, notes, status } = record
  const subject = `${scenario.name}: ${formatQuantity(record.contestants.length, 'contestant')} compared`
  const sections: readonly (Section | null)[] = [
    verdictsSection(record),
    listSection('turns', 'Where the ranking turns over', record.turnsOver),
    ...record.regimes.map((regime, index) => regimeSection(regime, record, index)),
    priceSection(record),
    workSection(record),
    listSection('notes', 'How the figures came about', notes),
    repeatSection(record, commands),
  ]
  return {
    title: `${word} – ${subject}`,
    kicker: subject,
    banner: {
      mood: MOOD_OF_RUN[verdict],
      word,
      rest: rest.replace(/^[:;\s]+/, ''),
      circumstances: [
        `Held against ${slo.join(', ')}; ranked by ${rankedBy}.`,
        `exit ${exitCode ?? '–'} · ${startedAt}`,
        ...(status === 'complete' ? [] : [`The comparison is not complete: ${status}.`]),
      ],
    },
    sections: sections.filter((section) => section !== null),
    colophon: `Made by doorbuster from comparison ${record.compareId}.`,
  }
}

function moodOf(verdict: RunVerdict | null): Mood {
  return verdict === null ? 'plain' : MOOD_OF_RUN[verdict]
}

/** A wrong one is never called fast. */
function verdictsSection({ regimes, contestants }: CompareRecord): Section {
  const rows = contestants.map(({ name }) => {
    const results = regimes.map((regime) => regime.results.find(({ contestant }) => contestant === name))
    const worst =
      results.find((result) => result?.verdict === 'wrong') ?? results.find((result) => result?.verdict !== 'passed')
    return row(
      [
        name,
        ...results.map((result) => result?.verdict ?? 'has not run'),
        worst?.headline ?? results.find((result) => result !== undefined)?.headline ?? '',
      ],
      worst === undefined ? 'good' : moodOf(worst.verdict),
    )
  })
  return {
    id: 'verdicts',
    title: 'Who was right',
    lead: 'Of each contestant, over all its runs in a regime. Who was wrong is not ranked, however fast it was.',
    blocks: [tableBlock('Verdicts', ['contestant', ...regimes.map(regimeName), 'in words'], rows)],
  }
}

function listSection(id: string, title: string, lines: readonly string[]): Section | null {
  return lines.length === 0 ? null : { id, title, lead: '', blocks: lines.map((line) => text(line)) }
}

function regimeSection(regime: Regime, record: CompareRecord, index: number): Section {
  const ranked = byPlace(regime)
  return {
    id: `regime-${index + 1}`,
    title: `At ${regimeName(regime)}`,
    lead: 'Best first. Contestants on one place (=) can not be told apart by so many runs.',
    blocks: [
      ...chartBlocks(regime, record, ranked),
      rankingTable(regime, record, ranked),
      ...costBlocks(ranked.filter(({ figures }) => figures !== null)),
    ],
  }
}

function chartBlocks(regime: Regime, record: CompareRecord, ranked: readonly ContestantResult[]): Block[] {
  const { rankedBy } = record
  const chart = (
    title: string,
    sentence: string,
    of: (result: ContestantResult) => Estimate | null | undefined,
    format: (value: number) => string,
    limit: IntervalChart['limit'],
  ): Block[] => {
    const estimates = ranked.flatMap((result) => of(result) ?? [])
    if (estimates.length === 0) return []
    const until = niceEnd(Math.max(...estimates.map(({ high }) => high), limit?.at ?? 0))
    const rows = ranked.map((result) => ({
      name: nameInPlace(regime, result),
      note: '',
      mood: moodOf(result.verdict),
      figure: of(result) ?? null,
    }))
    return [{ kind: 'intervals', intervals: { title, sentence, from: 0, until, format, rows, limit } }]
  }
  const interval = 'A dot is the median over the runs, the line its interval of 95 %.'
  const limit = limitOf(record, rankedBy)
  return [
    ...chart(
      `Response time, ${rankedBy}`,
      `The lower, the better. ${interval}`,
      ({ figures }) => figures?.responseMs[rankedBy],
      formatMs,
      limit,
    ),
    ...chart(
      'Goodput',
      `Definite answers per second: the higher, the better. ${interval}`,
      ({ figures }) => figures?.goodputPerSec,
      (value) => `${formatCount(value)}/s`,
      null,
    ),
  ]
}

/** "1. redis-lua", "1=. batched", "naive (wrong)". */
function nameInPlace(regime: Regime, result: ContestantResult): string {
  const isRanked = regime.places.some(({ contestants }) => contestants.includes(result.contestant))
  if (isRanked) return `${placeWords(regime, result)}. ${result.contestant}`
  return result.verdict === 'wrong' ? `${result.contestant} (wrong)` : result.contestant
}

/** What the SLO allows of the figure; null: nothing. */
function limitOf({ scenario, slo }: CompareRecord, figure: ResponseFigure): IntervalChart['limit'] {
  const threshold = scenario.thresholds.find(
    ({ metric, expression, comparison }) => metric === figure && slo.includes(expression) && comparison.startsWith('<'),
  )
  return threshold === undefined ? null : { at: threshold.limit, label: `allowed: ${formatMs(threshold.limit)}` }
}

/** 1, 1.5, 2, 3, 5 or 7 times a power of ten, at least so much. */
function niceEnd(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 1.5, 2, 3, 5, 7, 10].map((factor) => factor * power).find((end) => end >= value * (1 - 1e-9))!
}

function rankingTable(regime: Regime, record: CompareRecord, ranked: readonly ContestantResult[]): Block {
  const times = timesShown(record)
  const titles = ['place', 'contestant', 'SLO', '>answers', '>sold', '>errors', ...times.map((name) => `>${name}`)]
  const rows = ranked.map((result) =>
    row(
      [
        placeWords(regime, result),
        result.contestant,
        sloWords(result),
        rateWords(result.figures?.goodputPerSec),
        rateWords(result.figures?.soldPerSec),
        shareWords(result.figures?.errorRate),
        ...times.map((name) => msWords(result.figures?.responseMs[name])),
      ],
      result.verdict === 'wrong' ? 'bad' : 'plain',
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
    '>memory',
    '>reads behind (p99)',
    '>overtaken ‰',
  ]
  const rows = measured.map((result) =>
    row([
      result.contestant,
      ...consumers.map((name) => microsWords(result.figures?.cpuMicrosPerAnswer[name])),
      memoryWords(result),
      msWords(result.figures?.readLagP99Ms, false),
      countWords(result.figures?.overtakenPerThousand),
    ]),
  )
  return [text('What it costs: CPU in µs an answer, by who used it.'), tableBlock('What it costs', titles, rows)]
}

function priceSection(record: CompareRecord): Section {
  const rows = record.contestants.map((contestant) => {
    const { name, durableWhen, reads, sqlAnOrder, redisAnOrder } = priceOf(contestant, record)
    const settings = Object.entries(contestant.settings).map(([key, value]) => `${key}: ${value}`)
    return row([name, durableWhen, reads, sqlAnOrder, redisAnOrder, settings.join(', ')])
  })
  return {
    id: 'price',
    title: 'What it costs to be that fast',
    lead: 'What a "sold" is worth, what reads may show, and what the stores do for an order.',
    blocks: [
      tableBlock(
        'Price',
        ['contestant', '"sold" is durable', 'reads promised', '>SQL an order', '>Redis an order', 'settings'],
        rows,
      ),
    ],
  }
}

function workSection({ contestants, regimes }: CompareRecord): Section | null {
  const blocks = contestants.flatMap(({ name }): Block[] => {
    const probed = regimes
      .flatMap(({ results }) => results.filter(({ contestant }) => contestant === name))
      .find(({ work }) => work !== null)
    const inner = probedBlocks(probed?.work ?? [])
    return inner.length === 0 ? [] : [{ kind: 'folded', summary: name, blocks: inner }]
  })
  if (blocks.length === 0) return null
  return {
    id: 'work',
    title: 'Work an order',
    lead: 'Counts of one request with nothing else in flight: the same on any machine.',
    blocks,
  }
}

function repeatSection(record: CompareRecord, commands: readonly Command[]): Section {
  const { environment, compareId, startedAt, finishedAt, scenario, seed, repeat } = record
  const facts = [
    ['comparison', compareId],
    ['began, ended', `${startedAt} to ${finishedAt ?? 'not yet'}`],
    ['scenario', `${scenario.name}, seed ${seed}`],
    ['runs', `${repeat} of each contestant in each regime, in an order that the seed decides`],
    ...(environment === null ? [] : environmentFacts(environment)),
  ]
  return {
    id: 'repeat',
    title: 'Environment, and how to repeat it',
    lead: '',
    blocks: [
      ...(commands.length === 0 ? [] : [{ kind: 'commands', commands } as const]),
      tableBlock(
        'Environment',
        ['', ''],
        facts.map((fact) => row(fact)),
      ),
      ...(environment === null ? [] : settingsBlocks(environment)),
    ],
  }
}
