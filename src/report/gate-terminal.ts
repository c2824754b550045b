/** A gate as a person reads it: the answer first, then what was wrong, other work, and the times in a table. */
import pc from 'picocolors'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { GateRecord, MetricVerdict } from '../core/gate-record.ts'
import { formatQuantity } from '../core/units.ts'
import { armsWords, gateHeadline, METRIC_TITLES, metricCells, remarksOf, shortChange } from './gate-words.ts'
import { plain, visibleWidth, wrap } from './plain-text.ts'
import type { TerminalStyle } from './terminal.ts'
import { type Column, renderTable } from './text-table.ts'

type Colors = ReturnType<typeof pc.createColors>

const INDENT = '    '
/** All of them stand in gate.json. */
const NOT_EXACT_SHOWN = 4
const CHANGES_SHOWN = 8
/** Of a statement, which may fill a screen. */
const LONGEST_CHANGE = 160
/** Columns that a narrow terminal does without, in this order. */
const SPARE = ['smallest seen', 'baseline', 'candidate']

export function renderGate(record: GateRecord, style: TerminalStyle & { readonly directory: string }): string {
  const colors = pc.createColors(style.color)
  const { word, rest, verdict } = gateHeadline(record)
  const blocks = [
    wrap(colors.bold(toneOf(verdict, colors)(word)) + plain(rest, Number.MAX_SAFE_INTEGER), style.width, '  '),
    wrap(colors.dim(plain(`${record.scenario.name} · ${armsWords(record)}`)), style.width, INDENT),
    failureLines(record, style),
    metricTable(record, style),
    workLines(record, style),
    remarksOf(record).flatMap((remark) =>
      wrap(`- ${plain(remark)}`, style.width, '  ').map((line) => colors.dim(line)),
    ),
    [`${colors.dim('files:')} ${style.directory}`],
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function failureLines({ judgement }: GateRecord, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  return (judgement?.correctness.failures ?? []).flatMap(({ arm, check, sentence, visits, ofVisits }) => {
    const where = colors.dim(`(${visits} of ${formatQuantity(ofVisits, 'visit')})`)
    return wrap(`${colors.red('✗')} ${arm}: ${check}  ${plain(sentence)} ${where}`, style.width, INDENT)
  })
}

function metricTable({ judgement }: GateRecord, style: TerminalStyle): string[] {
  if (judgement === null || judgement.metrics.length === 0) return []
  const colors = pc.createColors(style.color)
  const rows = judgement.metrics.map((metric) => metricCells(metric))
  const verdicts = judgement.metrics.map(({ verdict }) => verdictTone(verdict, colors)(verdict))
  for (let spared = 0; spared <= SPARE.length; spared++) {
    const left = SPARE.slice(0, spared)
    const kept = METRIC_TITLES.map((title, index) => ({ title, index })).filter(({ title }) => !left.includes(title))
    const columns = kept.map(({ title, index }): Column => ({ title, align: isFigure(index) ? 'right' : 'left' }))
    const cells = rows.map((row, at) =>
      kept.map(({ index }) => (index === METRIC_TITLES.length - 1 ? verdicts[at]! : row[index]!)),
    )
    const table = renderTable(columns, cells, colors.dim)
    if (spared === SPARE.length || table.every((line) => visibleWidth(line) <= style.width)) return table
  }
  return []
}

/** Between the name and the verdict. */
function isFigure(index: number): boolean {
  return index > 0 && index < METRIC_TITLES.length - 1
}

function workLines({ judgement }: GateRecord, style: TerminalStyle): string[] {
  if (judgement === null) return []
  const { changes, exactCounts, notExact, verdict } = judgement.work
  if (verdict === null && notExact.length === 0) return []
  const colors = pc.createColors(style.color)
  const same = `work an order: the same (${formatQuantity(exactCounts, 'exact count')})`
  const title = verdict === 'same' ? same : 'work an order:'
  const rest = notExact.length - NOT_EXACT_SHOWN
  const listed = [...notExact.slice(0, NOT_EXACT_SHOWN), ...(rest > 0 ? [`${rest} more`] : [])]
  return [
    title,
    ...changes
      .slice(0, CHANGES_SHOWN)
      .flatMap((change) =>
        wrap(`  ${colors.yellow('!')} ${plain(shortChange(change, LONGEST_CHANGE))}`, style.width, INDENT),
      ),
    ...(changes.length > CHANGES_SHOWN
      ? [`${INDENT}and ${changes.length - CHANGES_SHOWN} more: gate.json has them`]
      : []),
    ...(notExact.length === 0
      ? []
      : wrap(colors.yellow(`  not exact, and not compared: ${plain(listed.join('; '))}`), style.width, INDENT)),
  ]
}

function toneOf(verdict: RunVerdict, colors: Colors): (text: string) => string {
  if (verdict === 'passed') return colors.green
  return verdict === 'wrong' ? colors.red : colors.yellow
}

function verdictTone(verdict: MetricVerdict, colors: Colors): (text: string) => string {
  if (verdict === 'regressed') return colors.red
  if (verdict === 'improved') return colors.green
  return verdict === 'same' ? (text) => text : colors.yellow
}
