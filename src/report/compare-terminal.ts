/**
 * A comparison as a person reads it: who was wrong first, then who is before whom in each regime and what it costs, then
 * where the ranking turns over. Two narrow tables in the place of one that no terminal holds.
 */
import pc from 'picocolors'
import { type CompareRecord, type ContestantResult, type Regime, regimeName } from '../core/compare-record.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import {
  byPlace,
  compareHeadline,
  consumersOf,
  consumerTitle,
  countWords,
  isWrongAnywhere,
  memoryWords,
  microsAnOrderWords,
  microsWords,
  msWords,
  placeWords,
  type Price,
  priceOf,
  rateWords,
  shareWords,
  sloWords,
  timesShown,
  troublesAt,
} from './compare-words.ts'
import { plain, visibleWidth, wrap } from './plain-text.ts'
import type { TerminalStyle } from './terminal.ts'
import { type Column, renderTable } from './text-table.ts'

type Colors = ReturnType<typeof pc.createColors>

const INDENT = '    '
/** All of them stand in compare.json. */
const TURN_OVERS_SHOWN = 8

export function renderComparison(record: CompareRecord, style: TerminalStyle & { readonly directory: string }): string {
  const colors = pc.createColors(style.color)
  const { word, rest, verdict } = compareHeadline(record)
  const blocks = [
    wrap(colors.bold(toneOf(verdict, colors)(word)) + plain(rest), style.width, '  '),
    wrap(
      colors.dim(plain(`${record.scenario.name} · SLO: ${record.slo.join(', ')} · ranked by ${record.rankedBy}`)),
      style.width,
      INDENT,
    ),
    ...record.regimes.flatMap((regime) => regimeBlocks(regime, record, style)),
    priceTable(record, style),
    turnOverLines(record, style),
    record.notes.flatMap((note) => wrap(`- ${plain(note)}`, style.width, '  ').map((line) => colors.dim(line))),
    [`${colors.dim('files:')} ${style.directory}`],
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function regimeBlocks(regime: Regime, record: CompareRecord, style: TerminalStyle): string[][] {
  const colors = pc.createColors(style.color)
  return [
    [colors.bold(regimeName(regime)), ...troubleLines(regime, record, style), ...rankingTable(regime, record, style)],
    costTable(regime, style),
  ]
}

/** What a table has no room for: why somebody was wrong, or missed the SLO, or shows nothing. */
function troubleLines(regime: Regime, record: CompareRecord, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  return troublesAt(regime, record).flatMap(({ contestant, verdict, words }) =>
    wrap(`${mark(verdict, colors)} ${colors.bold(plain(contestant))}  ${plain(words)}`, style.width, INDENT),
  )
}

/** With fewer intervals, then fewer columns, where the terminal is narrow. */
function rankingTable(regime: Regime, record: CompareRecord, style: TerminalStyle): string[] {
  const { rankedBy } = record
  const all = timesShown(record)
  const forms = [
    { times: all, interval: all, sold: true },
    { times: all, interval: [rankedBy], sold: true },
    { times: [rankedBy], interval: [rankedBy], sold: true },
    { times: [rankedBy], interval: [], sold: true },
    { times: [rankedBy], interval: [], sold: false },
  ]
  const drawn = forms.map(({ times, interval, sold }) => {
    const columns = [
      right('place'),
      left('contestant'),
      left('SLO'),
      right('answers'),
      ...(sold ? [right('sold')] : []),
      ...times.map((name) => right(name)),
    ]
    const rows = byPlace(regime).map((result) => [
      placeWords(regime, result, record),
      plain(result.contestant),
      sloWords(result, record),
      rateWords(result.figures?.goodputPerSec),
      ...(sold ? [rateWords(result.figures?.soldPerSec)] : []),
      ...times.map((name) => msWords(result.figures?.responseMs[name], (interval as string[]).includes(name))),
    ])
    return tableLines(columns, rows, regime, record, style)
  })
  return drawn.find((lines) => fits(lines, style)) ?? drawn.at(-1)!
}

function costTable(regime: Regime, style: TerminalStyle): string[] {
  const measured = byPlace(regime).filter(({ figures }) => figures !== null)
  if (measured.length === 0) return []
  const consumers = consumersOf(measured)
  const columns = [
    left('CPU µs an answer'),
    ...consumers.map((name) => right(plain(consumerTitle(name), 20))),
    right('an order'),
    right('memory'),
    right('errors'),
    right('behind'),
    right('overtaken'),
  ]
  const rows = measured.map((result) => costRow(result, consumers))
  const dispensable = [0, 1, 2, 3, 4, 5].map((count) => columns.length - count)
  const drawn = dispensable.map((kept) =>
    renderTable(
      columns.slice(0, kept),
      rows.map((row) => row.slice(0, kept)),
      pc.createColors(style.color).dim,
    ),
  )
  return drawn.find((lines) => fits(lines, style)) ?? drawn.at(-1)!
}

function costRow(result: ContestantResult, consumers: readonly string[]): string[] {
  const { contestant, figures } = result
  const overtaken = countWords(figures?.overtakenPerThousand)
  return [
    plain(contestant),
    ...consumers.map((name) => microsWords(figures?.cpuMicrosPerAnswer[name])),
    microsAnOrderWords(result),
    memoryWords(result),
    shareWords(figures?.errorRate),
    msWords(figures?.readLagP99Ms, false),
    overtaken === '-' ? overtaken : `${overtaken}‰`,
  ]
}

/** What stores do for an order, and what a read and a "sold" are worth. */
function priceTable(record: CompareRecord, style: TerminalStyle): string[] {
  const { dim } = pc.createColors(style.color)
  const prices = record.contestants.map((contestant) => priceOf(contestant, record))
  const columns = [left('an order'), right('SQL'), right('Redis'), left('reads promised')]
  const rows = prices.map(({ name, sqlAnOrder, redisAnOrder, reads }) => [plain(name), sqlAnOrder, redisAnOrder, reads])
  return [...renderTable(columns, rows, dim), ...durableLines(prices, style)]
}

/** A line a promise: those who make the same stand together. */
function durableLines(prices: readonly Price[], style: TerminalStyle): string[] {
  const { dim } = pc.createColors(style.color)
  return [...new Set(prices.map(({ durableWhen }) => durableWhen))].flatMap((when) => {
    const names = prices.filter(({ durableWhen }) => durableWhen === when).map(({ name }) => plain(name))
    return wrap(`${dim('"sold" is durable')} ${plain(when)}: ${names.join(', ')}`, style.width, INDENT)
  })
}

function turnOverLines({ turnsOver }: CompareRecord, style: TerminalStyle): string[] {
  if (turnsOver.length === 0) return []
  const more = turnsOver.length - TURN_OVERS_SHOWN
  return [
    pc.createColors(style.color).bold('The ranking turns over:'),
    ...turnsOver.slice(0, TURN_OVERS_SHOWN).flatMap((line) => wrap(`  ${plain(line)}`, style.width, INDENT)),
    ...(more > 0 ? [`  and in ${more} more pairs: compare.json has them all`] : []),
  ]
}

/** A row of somebody wrong stands there for its figures alone. */
function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  regime: Regime,
  record: CompareRecord,
  style: TerminalStyle,
): string[] {
  const colors = pc.createColors(style.color)
  const results = byPlace(regime)
  return renderTable(columns, rows, colors.dim).map((line, index) => {
    const result = results[index - 1]
    return result !== undefined && isWrongAnywhere(result, record) ? colors.red(line) : line
  })
}

function fits(lines: readonly string[], { width }: TerminalStyle): boolean {
  return lines.every((line) => visibleWidth(line) <= width)
}

function left(title: string): Column {
  return { title, align: 'left' }
}

function right(title: string): Column {
  return { title, align: 'right' }
}

function toneOf(verdict: RunVerdict, colors: Colors): (text: string) => string {
  if (verdict === 'passed') return colors.green
  return verdict === 'wrong' ? colors.red : colors.yellow
}

function mark(verdict: RunVerdict, colors: Colors): string {
  return verdict === 'wrong' ? colors.red('✗') : colors.yellow(verdict === 'inconclusive' ? '?' : '!')
}
