/**
 * The report of a race: the verdict, then the shortest order that breaks the sale, drawn and as a table, then how orders ended,
 * what was tried and what a crash left. What was not tried is never shown as right.
 */
import { type CheckResult, CHECKS } from '../../core/check.ts'
import type { RacePart, RaceRecord, WrongOrder } from '../../core/race-record.ts'
import { formatQuantity } from '../../core/units.ts'
import { orderLines, orderTitles, storesOf, wholeCall } from '../race-order.ts'
import { readableRace } from '../race-readable.ts'
import {
  CRASH_TITLES,
  contestWords,
  COVERAGE_TITLES,
  coverageRow,
  crashRows,
  crashWords,
  END_TITLES,
  endRows,
  isWrongPart,
  keptOrder,
  orderWords,
  raceCircumstances,
  raceHeadline,
  raceSubject,
  replayWords,
} from '../race-words.ts'
import { MOOD_OF_RUN } from './names.ts'
import { type Block, type Command, listSection, type Page, row, type Section, tableBlock, text } from './page.ts'
import { sequenceOf } from './race-sequence.ts'
import { repeatWholeSection } from './repeat-section.ts'
import { proofsOf } from './violations-section.ts'

export interface RaceReport {
  readonly record: RaceRecord
  readonly commands: readonly Command[]
}

const NOT_COMPLETE = {
  interrupted: 'The race is not complete: it was interrupted.',
  running: 'The race had not ended when this was made: it goes on, or its process is gone.',
} as const

/** All of them stand in race.json. */
const ROWS_SHOWN = 200

export function racePage({ record: raced, commands }: RaceReport): Page {
  const record = readableRace(raced)
  const { word, rest, verdict } = raceHeadline(record)
  const { parts, notes, status, startedAt, raceId } = record
  const sections: readonly (Section | null)[] = [
    ...parts.map((part) => orderSection(part, record)),
    endsSection(record),
    ...parts.map((part) => crashSection(part, record)),
    coverageSection(record),
    listSection('notes', 'Notes', notes),
    repeatSection(record, commands),
  ]
  return {
    title: `${word} – ${raceSubject(record)}`,
    kicker: raceSubject(record),
    banner: {
      mood: MOOD_OF_RUN[verdict],
      word,
      rest: rest.replace(/^[:;\s]+/, ''),
      circumstances: [
        [...raceCircumstances(record), startedAt].join(' · '),
        ...(status === 'complete' ? [] : [NOT_COMPLETE[status]]),
      ],
    },
    sections: sections.filter((section) => section !== null),
    colophon: `Made by doorbuster from race ${raceId}.`,
  }
}

/** null: no order of this stock is wrong. */
function orderSection(part: RacePart, record: RaceRecord): Section | null {
  const { stock, shortest } = part
  if (shortest === null) return null
  const which = keptOrder(part, record) === null ? 'The shortest order that breaks it' : 'The order that was run again'
  const title = `${which}: ${contestWords(stock, record.terms)}`
  return {
    id: `order-${stock}`,
    title,
    lead: `${orderWords(shortest)}; ${replayWords(shortest, part)}.`,
    blocks: [
      text(`✗ ${shortest.sentence}`, 'bad'),
      ...(shortest.crash === undefined ? [] : [text(`In this order ${crashWords(shortest.crash)}.`, 'doubtful')]),
      { kind: 'sequence', sequence: sequenceOf(shortest, 'What the server asked its stores, and in which order') },
      orderTable(shortest),
      ...checkBlocks(shortest.checks),
    ],
  }
}

/** The same as the drawing, with statements and values whole. */
function orderTable(order: WrongOrder): Block {
  const titles = orderTitles(storesOf(order))
  const rows = orderLines(order).map((line) => {
    // A row has a head, or nobody who listens to it knows where they are.
    if (line.kind === 'said') return row(titles.map((_, at) => (at === 0 ? 'then' : at === 2 ? line.words : '')))
    return row([String(line.number), line.who, wholeCall(line.call), line.result, ...line.stock])
  })
  return tableBlock('The order, step by step', titles, rows)
}

function checkBlocks(checks: readonly CheckResult[]): Block[] {
  const failed = checks.filter(({ verdict }) => verdict === 'fail')
  return failed.map((result): Block => {
    const proofs = proofsOf(result.evidence).map((proof): Block => ({ kind: 'proof', proof }))
    const { check, sentence } = result
    return {
      kind: 'folded',
      summary: `${check}: ${sentence}`,
      blocks: [text(`It fails when ${CHECKS[check].failsWhen}.`), ...proofs],
    }
  })
}

function endsSection({ parts, terms }: RaceRecord): Section | null {
  const blocks = parts.flatMap((part): Block[] => {
    const rows = endRows(part)
    if (rows.length === 0) return []
    const contest = contestWords(part.stock, terms)
    const [orders, ...others] = END_TITLES
    const shown = rows.slice(0, ROWS_SHOWN).map(({ cells, isWrong }) => row(cells, isWrong ? 'bad' : 'good'))
    const table = tableBlock(`How orders of ${contest} ended`, [`>${orders}`, ...others], shown, moreWords(rows.length))
    return parts.length > 1 ? [text(contest), table] : [table]
  })
  if (blocks.length === 0) return null
  return {
    id: 'ends',
    title: 'How orders ended',
    lead: 'What buyers were told, what the books held then, and in how many orders it came to that.',
    blocks,
  }
}

function crashSection(part: RacePart, { terms }: RaceRecord): Section | null {
  const rows = crashRows(part)
  if (rows.length === 0) return null
  const lost = rows.filter(({ isWrong }) => isWrong).length
  const survived = `${formatQuantity(rows.length - lost, 'crash', 'crashes')} of ${rows.length} survived.`
  const shown = rows.slice(0, ROWS_SHOWN).map(({ cells, isWrong }) => row(cells, isWrong ? 'bad' : 'good'))
  return {
    id: `crashes-${part.stock}`,
    title: `Crashes: ${contestWords(part.stock, terms)}`,
    lead: `At each call the server was killed, before it and after it, and the reply was lost. ${survived}`,
    blocks: [tableBlock('Crashes', CRASH_TITLES, shown, moreWords(rows.length))],
  }
}

function moreWords(count: number): string {
  return count > ROWS_SHOWN ? `and ${count - ROWS_SHOWN} more, in race.json` : ''
}

function coverageSection(record: RaceRecord): Section {
  const rows = record.parts.map((part) => {
    const isProof = part.coverage === 'complete'
    return row(coverageRow(part, record), isWrongPart(part) ? 'bad' : isProof ? 'good' : 'doubtful')
  })
  return {
    id: 'coverage',
    title: 'What was tried',
    lead: 'An order is one of the calls that the server makes to its stores. Each was run with a fresh sale, and judged like any other.',
    blocks: [
      rows.length === 0 ? text('No order was tried.', 'doubtful') : tableBlock('What was tried', COVERAGE_TITLES, rows),
    ],
  }
}

function repeatSection(record: RaceRecord, commands: readonly Command[]): Section {
  const { environment, raceId, startedAt, finishedAt, replayOf } = record
  const facts = [
    ['race', raceId],
    ['began, ended', `${startedAt} to ${finishedAt ?? 'not yet'}`],
    ...(replayOf === undefined ? [] : [['runs again', `race ${replayOf.raceId}, ${replayOf.file}`]]),
  ]
  return repeatWholeSection({ facts, environment, commands })
}
