/** A race as a page for a pull request: the verdict, the shortest order that breaks the sale as a diagram and a table, and what was tried. */
import type { RacePart, RaceRecord, WrongOrder } from '../core/race-record.ts'
import { escaped, SIGN } from './markdown.ts'
import { repeatRace, replayRace } from './model/repeat-command.ts'
import { mermaidSequence } from './race-mermaid.ts'
import { orderLines, orderTitles, shortCall, shortened, storesOf } from './race-order.ts'
import { readableRace } from './race-readable.ts'
import {
  CRASH_TITLES,
  contestWords,
  COVERAGE_TITLES,
  coverageRow,
  crashRows,
  crashWords,
  END_TITLES,
  endRows,
  isProved,
  orderWords,
  raceCircumstances,
  raceHeadline,
  raceSubject,
  replayWords,
} from './race-words.ts'

/** A table has to fit beside a diff; race.json has all of it. */
const LONGEST_CELL = 240
const ROWS_SHOWN = 40

/** `directory`: the folder of the race, as people are shown it. */
export function raceMarkdown(raced: RaceRecord, directory: string): string {
  const record = readableRace(raced)
  const { word, rest, verdict } = raceHeadline(record)
  const { parts, notes } = record
  const hasOrder = parts.some(({ shortest }) => shortest !== null && isProved(shortest))
  const again = hasOrder ? replayRace(directory) : repeatRace(record)
  const blocks = [
    `### ${SIGN[verdict]} ${escaped(word + rest)}`,
    escaped(`${raceSubject(record)}; ${raceCircumstances(record).slice(1).join(', ')}`),
    ...parts.flatMap((part) => (part.shortest === null ? [] : orderBlocks(part.shortest, part, record))),
    again === null ? '' : `${hasOrder ? 'Run this order again' : 'Run it again'}:\n\n${codeBlock('sh', again)}`,
    ...parts.map((part) => endTable(part, record)),
    ...parts.map((part) => crashTable(part, record)),
    parts.length === 0
      ? ''
      : folded(
          'What was tried',
          table(
            COVERAGE_TITLES,
            parts.map((part) => coverageRow(part, record)),
          ),
        ),
    notes.map((note) => `- ${escaped(note)}`).join('\n'),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function orderBlocks(order: WrongOrder, part: RacePart, record: RaceRecord): string[] {
  const contest = contestWords(part.stock, record.terms)
  const crash = order.crash === undefined ? '' : `; ${crashWords(order.crash)}`
  return [
    `**${escaped(order.sentence)}**`,
    escaped(`${contest}, ${orderWords(order)}${crash}; ${replayWords(order, part)}.`),
    codeBlock('mermaid', mermaidSequence(order)),
    orderTable(order),
  ]
}

/** What a step brought about stands below it, in the column of its call. */
function orderTable(order: WrongOrder): string {
  const titles = orderTitles(storesOf(order))
  const rows = orderLines(order).map((line) => {
    if (line.kind === 'said') return titles.map((_, at) => (at === 2 ? line.words : ''))
    return [String(line.number), line.who, shortCall(line.call, LONGEST_CELL), line.result, ...line.stock]
  })
  return table(titles, rows)
}

function endTable(part: RacePart, { terms }: RaceRecord): string {
  const rows = endRows(part).map(({ cells }) => cells)
  if (rows.length === 0) return ''
  return `**How orders of ${escaped(contestWords(part.stock, terms))} ended**\n\n${table(END_TITLES, rows)}`
}

function crashTable(part: RacePart, { terms }: RaceRecord): string {
  const rows = crashRows(part).map(({ cells, isWrong }) => [
    ...cells.slice(0, -1),
    `${isWrong ? '❌ ' : ''}${cells.at(-1)}`,
  ])
  if (rows.length === 0) return ''
  return `**Crashes of ${escaped(contestWords(part.stock, terms))}**\n\n${table(CRASH_TITLES, rows)}`
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const shown = rows.slice(0, ROWS_SHOWN).map((row) => line(row.map((cell) => escaped(shortened(cell, LONGEST_CELL)))))
  const more = rows.length - shown.length
  const rest = more > 0 ? [`\nand ${more} more: \`race.json\` has them all`] : []
  return [line(titles), line(titles.map(() => '---')), ...shown, ...rest].join('\n')
}

function folded(summary: string, inner: string): string {
  return `<details>\n\n<summary>${summary}</summary>\n\n${inner}\n\n</details>`
}

/** Nothing within it ends the block: neither a statement nor a path is passed on with its backticks. */
function codeBlock(language: string, text: string): string {
  return `\`\`\`${language}\n${text.replaceAll('```', "'''")}\n\`\`\``
}
