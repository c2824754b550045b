/** A comparison as a page: the verdict, for each regime who is before whom and what it costs, and where that turns over. */
import { type CompareRecord, type ContestantResult, type Regime, regimeName } from '../core/compare-record.ts'
import type { ServiceRecord } from '../core/run-record.ts'
import {
  byPlace,
  compareHeadline,
  consumersOf,
  consumerTitle,
  countWords,
  intervalWords,
  memoryWords,
  microsAnOrderWords,
  microsWords,
  msWords,
  placeWords,
  priceOf,
  rateWords,
  shareWords,
  sloWords,
  timesShown,
  troublesAt,
} from './compare-words.ts'
import { escaped } from './markdown.ts'

export function compareMarkdown(record: CompareRecord): string {
  const { word, rest } = compareHeadline(record)
  const blocks = [
    `## ${escaped(`${record.scenario.name}: ${word}${rest}`)}`,
    escaped(heldAgainst(record)),
    ...record.regimes.flatMap((regime) => regimeBlocks(regime, record)),
    '### What an order costs, and what it is worth',
    priceTable(record),
    list('### Where the ranking turns over', record.turnsOver),
    list('### Notes', record.notes),
    madeOn(record),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function heldAgainst({ slo, rankedBy, regimes }: CompareRecord): string {
  const ranked = regimes.flatMap(({ results }) => results.flatMap(({ figures }) => figures?.responseMs[rankedBy] ?? []))
  const interval = intervalWords(ranked)
  const figures = interval === '' ? '' : ` Figures are medians over the runs; in brackets the ${interval}.`
  return `Held against: ${slo.join(', ')}. Ranked by ${rankedBy}; those on one place (=) can't be told from its best.${figures}`
}

function regimeBlocks(regime: Regime, record: CompareRecord): string[] {
  return [
    `### At ${escaped(regimeName(regime))}`,
    troubleList(regime, record),
    rankingTable(regime, record),
    costTable(regime),
  ]
}

function troubleList(regime: Regime, record: CompareRecord): string {
  return troublesAt(regime, record)
    .map(
      ({ contestant, verdict, words }) =>
        `- ${verdict === 'wrong' ? '❌' : '⚠️'} **${escaped(contestant)}**: ${escaped(words)}`,
    )
    .join('\n')
}

function rankingTable(regime: Regime, record: CompareRecord): string {
  const times = timesShown(record)
  return table(
    ['place', 'contestant', 'SLO', 'answers', 'sold', ...times],
    byPlace(regime).map((result) => [
      placeWords(regime, result, record),
      code(result.contestant),
      sloWords(result, record),
      rateWords(result.figures?.goodputPerSec),
      rateWords(result.figures?.soldPerSec),
      ...times.map((name) => msWords(result.figures?.responseMs[name])),
    ]),
  )
}

function costTable(regime: Regime): string {
  const measured = byPlace(regime).filter(({ figures }) => figures !== null)
  if (measured.length === 0) return ''
  const consumers = consumersOf(measured)
  const titles = [
    'CPU µs an answer',
    ...consumers.map(consumerTitle),
    'CPU µs an order',
    'memory',
    'errors',
    'reads behind (p99)',
    'overtaken ‰',
  ]
  return table(
    titles,
    measured.map((result) => costRow(result, consumers)),
  )
}

function costRow(result: ContestantResult, consumers: readonly string[]): string[] {
  const { contestant, figures } = result
  return [
    code(contestant),
    ...consumers.map((name) => microsWords(figures?.cpuMicrosPerAnswer[name])),
    microsAnOrderWords(result),
    memoryWords(result),
    shareWords(figures?.errorRate),
    msWords(figures?.readLagP99Ms, false),
    countWords(figures?.overtakenPerThousand),
  ]
}

function priceTable(record: CompareRecord): string {
  return table(
    ['contestant', 'SQL statements', 'Redis commands', 'reads promised', '"sold" is durable'],
    record.contestants.map((contestant) => {
      const { name, sqlAnOrder, redisAnOrder, reads, durableWhen } = priceOf(contestant, record)
      return [code(name), sqlAnOrder, redisAnOrder, reads, escaped(durableWhen)]
    }),
  )
}

/** So that no figure is quoted without its machine. */
function madeOn({ environment, seed, startedAt }: CompareRecord): string {
  if (environment === null) return ''
  const { cpuModel, cores, os, node, services } = environment
  const stores = Object.entries(services).map(([name, { version }]: [string, ServiceRecord]) => `${name} ${version}`)
  return escaped(
    `Measured on ${startedAt.slice(0, 10)}: ${cpuModel}, ${cores} cores, ${os}, Node ${node}, ${stores.join(', ')}; seed ${seed}.`,
  )
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, '', ...lines.map((line) => `- ${escaped(line)}`)].join('\n')
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', '/').replaceAll(/\s+/g, ' ')}\``
}
