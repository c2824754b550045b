/**
 * An order of store calls as a table on the terminal: a row a step, and what it brought about on lines below it. The calls have
 * what room the other columns leave; where that is too little, each step has lines of its own.
 */
import pc from 'picocolors'
import type { WrongOrder } from '../core/race-record.ts'
import { wrap } from './plain-text.ts'
import { type OrderLine, orderLines, orderTitles, shortCall, shortened, storesOf } from './race-order.ts'
import type { TerminalStyle } from './terminal.ts'
import { type Column, renderTable } from './text-table.ts'

type StepLine = Extract<OrderLine, { kind: 'step' }>

const INDENT = '    '
const GAP = 2
const NARROWEST_CALL = 24
/** Of the width of the terminal. */
const SHARE_OF_RESULTS = 0.18
/** Of the columns, the one that has what room is left. */
const CALL = 2

export function renderOrder(order: WrongOrder, style: TerminalStyle): string[] {
  const lines = orderLines(order)
  const titles = orderTitles(storesOf(order))
  return tableLines(lines, titles, style) ?? lines.flatMap((line) => stackedLines(line, titles, style))
}

/** null: there is no room for it. */
function tableLines(
  lines: readonly OrderLine[],
  titles: readonly string[],
  { width, color }: TerminalStyle,
): string[] | null {
  const steps = lines.filter((line) => line.kind === 'step')
  const cells = steps.map((step) => cellsOf(step, Math.floor(width * SHARE_OF_RESULTS)))
  const widths = titles.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]!.length)))
  const others = widths.reduce((sum, one, at) => (at === CALL ? sum : sum + one + GAP), 0)
  const room = width - others
  if (room < NARROWEST_CALL) return null
  const rows = cells.map((row, index) => row.with(CALL, shortCall(steps[index]!.call, room)))
  const [head, ...drawn] = renderTable(titles.map(columnOf), rows, pc.createColors(color).dim)
  const margin = ' '.repeat(widths[0]! + widths[1]! + CALL * GAP + INDENT.length)
  let step = 0
  return [
    head!,
    ...lines.flatMap((line) =>
      line.kind === 'step' ? [drawn[step++]!] : wrap(margin + line.words, width, margin + INDENT),
    ),
  ]
}

function columnOf(title: string, at: number): Column {
  return { title, align: at === 0 || at > CALL + 1 ? 'right' : 'left' }
}

function cellsOf({ number, who, result, stock }: StepLine, longestResult: number): string[] {
  return [String(number), who, '', shortened(result, longestResult), ...stock]
}

/** A line for who, one for what, one for what came of it. */
function stackedLines(line: OrderLine, titles: readonly string[], { width }: TerminalStyle): string[] {
  if (line.kind === 'said') return wrap(`${INDENT}${line.words}`, width, `${INDENT}${INDENT}`)
  const { number, who, call, result, stock } = line
  const held = stock.flatMap((units, at) => (units === '' ? [] : [`${titles[CALL + 2 + at]} ${units}`]))
  const outcome = [result, ...held].filter((part) => part !== '').join('; ')
  const room = width - INDENT.length
  return [
    `${number}  ${who}`,
    INDENT + shortCall(call, room),
    ...(outcome === '' ? [] : [INDENT + shortened(outcome, room)]),
  ]
}
