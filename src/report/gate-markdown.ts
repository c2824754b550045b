/** A gate as the summary of a step, and as a comment of a pull request: the answer, the table, and the rest folded. */
import type { RunVerdict } from '../core/exit-codes.ts'
import type { GateRecord, WorkChange } from '../core/gate-record.ts'
import { formatQuantity } from '../core/units.ts'
import { armsWords, gateHeadline, METRIC_TITLES, metricCells, remarksOf, shortChange, shortText } from './gate-words.ts'
import { escaped } from './markdown.ts'

/** By which a later comment finds the one that it replaces. Never changes. */
export const GATE_COMMENT_MARK = '<!-- doorbuster-gate -->'

const SIGN: Readonly<Record<RunVerdict, string>> = {
  passed: '✅',
  wrong: '❌',
  missed: '❌',
  inconclusive: '❔',
  environment: '⚠️',
  interrupted: '⚠️',
}

/** A comment has to be read; all of it stands in gate.json. */
const CHANGES_SHOWN = 12
const LONGEST_CHANGE = 240

export function gateMarkdown(record: GateRecord): string {
  const { word, rest, verdict } = gateHeadline(record)
  const blocks = [
    `${GATE_COMMENT_MARK}\n### ${SIGN[verdict]} Flash-sale gate: ${escaped(word)}`,
    escaped(rest.replace(/^: ?/, '')),
    escaped(`${record.scenario.name}, ${armsWords(record)}, exit ${record.exitCode ?? '-'}`),
    failures(record),
    metricTable(record),
    work(record),
    remarks(record),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function failures({ judgement }: GateRecord): string {
  return (judgement?.correctness.failures ?? [])
    .map(
      ({ arm, check, sentence, visits, ofVisits }) =>
        `- **${arm}**: ${check}, ${escaped(sentence)} (${visits} of ${formatQuantity(ofVisits, 'visit')})`,
    )
    .join('\n')
}

function metricTable({ judgement }: GateRecord): string {
  if (judgement === null || judgement.metrics.length === 0) return ''
  const rows = judgement.metrics.map((metric) => {
    const cells = metricCells(metric)
    const isNews = metric.verdict === 'regressed' || metric.verdict === 'improved'
    return isNews ? [...cells.slice(0, -1), `**${metric.verdict}**`] : cells
  })
  return [
    `| ${METRIC_TITLES.join(' | ')} |`,
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n')
}

function work({ judgement }: GateRecord): string {
  if (judgement === null) return ''
  const { verdict, exactCounts, changes, notExact } = judgement.work
  const same = `Work an order: the same (${formatQuantity(exactCounts, 'exact count')}).`
  const blocks = [verdict === 'same' ? same : '', changeLines(changes), notExactLines(notExact)]
  return blocks.filter((block) => block !== '').join('\n\n')
}

function changeLines(changes: readonly WorkChange[]): string {
  if (changes.length === 0) return ''
  return [
    '**Work an order changed:**',
    '',
    ...changes.slice(0, CHANGES_SHOWN).map((change) => `- ${escaped(shortChange(change, LONGEST_CHANGE))}`),
    ...(changes.length > CHANGES_SHOWN ? [`- and ${changes.length - CHANGES_SHOWN} more: \`gate.json\` has them`] : []),
  ].join('\n')
}

/** A warning: one of them may be what changed. */
function notExactLines(notExact: readonly string[]): string {
  if (notExact.length === 0) return ''
  const rest = notExact.length - CHANGES_SHOWN
  return [
    `⚠️ ${formatQuantity(notExact.length, 'count')} not exact, and not compared:`,
    '',
    ...notExact.slice(0, CHANGES_SHOWN).map((count) => `- ${escaped(shortText(count, LONGEST_CHANGE))}`),
    ...(rest > 0 ? [`- and ${rest} more: \`gate.json\` has them`] : []),
  ].join('\n')
}

function remarks(record: GateRecord): string {
  const all = remarksOf(record)
  if (all.length === 0) return ''
  return ['<details>', '<summary>Notes</summary>', '', ...all.map((one) => `- ${escaped(one)}`), '', '</details>'].join(
    '\n',
  )
}
