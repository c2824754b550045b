/** A search for capacity as a person reads it: the answer, what breaks first, what requests cost, what a sale would need. */
import pc from 'picocolors'
import type { CapacityRecord } from '../core/capacity-record.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { targetName } from '../core/run-record.ts'
import { formatQuantity } from '../core/units.ts'
import {
  capacityHeadline,
  DEMAND_TITLES,
  demandRows,
  doubtWords,
  kneeWords,
  planWords,
  predictionWords,
  scalabilityWords,
  throughputWords,
} from './capacity-words.ts'
import { plain, visibleWidth, wrap } from './plain-text.ts'
import type { TerminalStyle } from './terminal.ts'
import { type Column, renderTable } from './text-table.ts'

const INDENT = '    '

export function renderCapacity(record: CapacityRecord, style: TerminalStyle & { readonly directory: string }): string {
  const colors = pc.createColors(style.color)
  const { word, rest, verdict } = capacityHeadline(record)
  const wrapped = (texts: readonly string[]): string[] =>
    texts.flatMap((text) => wrap(plain(text), style.width, INDENT))
  const dimmed = (texts: readonly string[]): string[] => wrapped(texts).map((line) => colors.dim(line))
  const blocks = [
    wrap(colors.bold(toneOf(verdict)(word)) + plain(rest), style.width, '  '),
    [...dimmed([targetWords(record)]), ...wrapped(doubtWords(record))],
    wrapped([...bottleneckWords(record), ...some(throughputWords(record))]),
    demandLines(record, style),
    dimmed([...some(kneeWords(record)), ...(record.capacity === null ? [] : [scalabilityWords(record)])]),
    record.plan === null ? [] : wrapped(['plan:', ...planWords(record.plan).map((line) => `  ${line}`)]),
    record.plan === null ? [] : dimmed(['assumed:', ...record.plan.assumptions.map((line) => `  ${line}`)]),
    record.prediction === null
      ? []
      : wrapped(['prediction:', ...predictionWords(record.prediction).map((line) => `  ${line}`)]),
    [`${colors.dim('files:')} ${style.directory}`],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')

  function toneOf(of: RunVerdict): (text: string) => string {
    if (of === 'passed') return colors.green
    return of === 'wrong' ? colors.red : colors.yellow
  }
}

function targetWords({ scenario, target, environment, trials }: CapacityRecord): string {
  const processes = target?.kind === 'strategy' ? [formatQuantity(target.instances, 'process', 'processes')] : []
  const name = target === null ? [] : [`${scenario.name} against ${targetName(target)}`]
  const cores = environment === null ? [] : [formatQuantity(environment.cores, 'core')]
  return [...name, ...processes, ...cores, formatQuantity(trials.length, 'trial')].join(' · ')
}

function bottleneckWords({ demand }: CapacityRecord): string[] {
  return demand === null ? [] : [`first to break: ${demand.bottleneck.sentence}`]
}

/** A narrow terminal does without what the last columns before the ceiling say. */
function demandLines(record: CapacityRecord, style: TerminalStyle): string[] {
  const rows = demandRows(record)
  if (rows.length === 0) return []
  const colors = pc.createColors(style.color)
  const title = 'CPU time a request (95% interval):'
  let kept = DEMAND_TITLES.map((_, column) => column)
  for (const dispensable of ['', 'idle', 'cores', 'asked twice', 'read', 'at capacity']) {
    kept = dispensable === '' ? kept : kept.filter((column) => DEMAND_TITLES[column] !== dispensable)
    const columns = kept.map(
      (column): Column => ({ title: DEMAND_TITLES[column]!, align: column === 0 ? 'left' : 'right' }),
    )
    const lines = renderTable(
      columns,
      rows.map((row) => kept.map((column) => plain(row[column]!))),
      colors.dim,
    )
    if (lines.every((line) => visibleWidth(line) <= style.width)) return [title, ...lines, ...doubts(record, style)]
  }
  return doubts(record, style)
}

function doubts({ demand }: CapacityRecord, { width }: TerminalStyle): string[] {
  return (demand?.doubts ?? []).flatMap((doubt) => wrap(plain(`note: ${doubt}`), width, INDENT))
}

function some(words: string | null): string[] {
  return words === null ? [] : [words]
}
