/**
 * A race as a person reads it: the answer first, then the shortest order that breaks the sale, why it is wrong, how to run
 * it again, and what else was tried.
 */
import pc from 'picocolors'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { RacePart, RaceRecord, WrongOrder } from '../core/race-record.ts'
import { formatQuantity } from '../core/units.ts'
import { repeatRace, replayRace } from './model/repeat-command.ts'
import { plain, visibleWidth, wrap } from './plain-text.ts'
import { shortened } from './race-order.ts'
import { renderOrder } from './race-order-table.ts'
import { readableRace } from './race-readable.ts'
import {
  CRASH_TITLES,
  contestWords,
  coverageWords,
  crashesLeftWords,
  crashRows,
  crashWords,
  END_TITLES,
  endRows,
  isProved,
  keptOrder,
  lateWords,
  orderWords,
  raceCircumstances,
  raceHeadline,
  replayWords,
} from './race-words.ts'
import type { TerminalStyle } from './terminal.ts'
import { type Column, renderTable } from './text-table.ts'

type Colors = ReturnType<typeof pc.createColors>

const INDENT = '    '
const GAP = 2
const NO_LIMIT = Number.MAX_SAFE_INTEGER
const NARROWEST_CALL = 24
/** All of them stand in race.json. */
const ENDS_SHOWN = 10
const CRASHES_SHOWN = 20

/** `directory`: the folder of the race, as people are shown it. */
export function renderRace(raced: RaceRecord, style: TerminalStyle & { readonly directory: string }): string {
  const record = readableRace(raced)
  const colors = pc.createColors(style.color)
  const { word, rest, verdict } = raceHeadline(record)
  const { parts, notes } = record
  const blocks = [
    wrap(colors.bold(toneOf(verdict, colors)(word)) + plain(rest, NO_LIMIT), style.width, '  '),
    wrap(plain(raceCircumstances(record).join(', ')), style.width, INDENT).map((line) => colors.dim(line)),
    ...parts.flatMap((part) => (part.shortest === null ? [] : orderBlocks(part.shortest, part, record, style))),
    ...parts.map((part) => endLines(part, record, style)),
    ...parts.map((part) => crashLines(part, record, style)),
    coverageLines(record, style),
    notes.flatMap((note) => wrap(`- ${plain(note)}`, style.width, '  ').map((line) => colors.dim(line))),
    commandLines(record, style),
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function orderBlocks(order: WrongOrder, part: RacePart, record: RaceRecord, style: TerminalStyle): string[][] {
  const colors = pc.createColors(style.color)
  const which = keptOrder(part, record) === null ? 'the shortest of them' : 'the order that was run again'
  const title = `${which}, ${contestWords(part.stock, record.terms)} (${orderWords(order)}):`
  const crash = order.crash === undefined ? [] : wrap(crashWords(order.crash), style.width, INDENT)
  return [
    [...wrap(plain(title), style.width, INDENT), ...crash.map((line) => colors.yellow(line))],
    renderOrder(order, style),
    wrap(colors.red(plain(order.sentence, NO_LIMIT)), style.width, INDENT),
    wrap(colors.dim(replayWords(order, part)), style.width, INDENT),
  ]
}

function endLines(part: RacePart, record: RaceRecord, style: TerminalStyle): string[] {
  const rows = endRows(part)
  if (rows.length === 0) return []
  const colors = pc.createColors(style.color)
  const columns = END_TITLES.map((title, at): Column => ({ title, align: at === 0 ? 'right' : 'left' }))
  const shown = rows.slice(0, ENDS_SHOWN)
  const others = [0, 2].map((at) => Math.max(END_TITLES[at]!.length, ...shown.map(({ cells }) => cells[at]!.length)))
  const room = Math.max(NARROWEST_CALL, style.width - others[0]! - others[1]! - 2 * GAP)
  const cells = shown.map(({ cells: [orders, end, found], isWrong }) => [
    plain(orders!),
    shortened(plain(end!, NO_LIMIT), room),
    isWrong ? colors.red(found) : plain(found!),
  ])
  return [
    `how orders of ${contestWords(part.stock, record.terms)} ended:`,
    ...withinWidth(renderTable(columns, cells, colors.dim), style),
    ...moreLine(rows.length - ENDS_SHOWN),
  ]
}

function crashLines(part: RacePart, record: RaceRecord, style: TerminalStyle): string[] {
  const rows = crashRows(part)
  if (rows.length === 0) return []
  const colors = pc.createColors(style.color)
  const columns = CRASH_TITLES.map((title): Column => ({ title, align: 'left' }))
  const shown = rows.slice(0, CRASHES_SHOWN)
  const placeWidth = Math.max(CRASH_TITLES[0].length, ...shown.map(({ cells }) => cells[0]!.length))
  const room = Math.max(NARROWEST_CALL, style.width - placeWidth - 2 * GAP)
  const cells = shown.map(({ cells: [place, call, outcome], isWrong }) => {
    const told = shortened(plain(outcome!, NO_LIMIT), Math.floor(room * 0.6))
    return [
      plain(place!),
      shortened(plain(call!, NO_LIMIT), room - Math.floor(room * 0.6)),
      isWrong ? colors.red(told) : told,
    ]
  })
  return [
    `crashes of ${contestWords(part.stock, record.terms)}:`,
    ...withinWidth(renderTable(columns, cells, colors.dim), style),
    ...moreLine(rows.length - CRASHES_SHOWN),
    ...(part.crashesLeft === undefined ? [] : [`${INDENT}not every place was tried: ${crashesLeftWords(part)}`]),
  ]
}

/** A table of words that is too wide is broken where it has to be. */
function withinWidth(lines: readonly string[], { width }: TerminalStyle): string[] {
  return lines.flatMap((line) => (visibleWidth(line) <= width ? [line] : wrap(line, width, INDENT)))
}

function moreLine(count: number): string[] {
  return count > 0 ? [`${INDENT}and ${formatQuantity(count, 'more line', 'more lines')}: race.json has them all`] : []
}

function coverageLines(record: RaceRecord, style: TerminalStyle): string[] {
  return record.parts.flatMap((part) => {
    const { stock, tried, pruned } = part
    const counts = [
      `${formatQuantity(tried, 'order')} tried`,
      ...(pruned > 0 ? [`${formatQuantity(pruned, 'other')} given up`] : []),
    ]
    const words = `${formatQuantity(stock, 'unit')}: ${counts.join(', ')}: ${coverageWords(part, record)}`
    const late = lateWords(part, record)
    const lines = late === null ? [words] : [words, `${formatQuantity(stock, 'unit')}: ${late}`]
    return lines.flatMap((line) => wrap(plain(line, NO_LIMIT), style.width, INDENT))
  })
}

function commandLines(record: RaceRecord, { color, directory }: TerminalStyle & { directory: string }): string[] {
  const colors = pc.createColors(color)
  const hasOrder = record.parts.some(({ shortest }) => shortest !== null && isProved(shortest))
  const again = hasOrder ? replayRace(directory) : repeatRace(record)
  return [...(again === null ? [] : [`${colors.dim('again:')} ${again}`]), `${colors.dim('files:')} ${directory}`]
}

function toneOf(verdict: RunVerdict, colors: Colors): (text: string) => string {
  if (verdict === 'passed') return colors.green
  return verdict === 'wrong' ? colors.red : colors.yellow
}
