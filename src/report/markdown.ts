/** A run as the summary of a pull request: the verdict, the steps, and what failed, folded. */
import type { CheckResult } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { type RunRecord, targetName } from '../core/run-record.ts'
import { formatCount, formatMs, formatQuantity } from '../core/units.ts'
import { headlineOf } from './headline.ts'
import { plain } from './plain-text.ts'
import { SALES_SHOWN, sellsManySkus, worstFirst } from './sales.ts'
import { besidesWords, engineWords, offeredWords, soldWords, verdictWords } from './step-words.ts'

export const SIGN: Readonly<Record<RunVerdict, string>> = {
  passed: '✅',
  wrong: '❌',
  missed: '⚠️',
  inconclusive: '❔',
  environment: '⚠️',
  interrupted: '⚠️',
}

const ANSWERS_SHOWN = 3
const MOST_CHARACTERS = 200

export function markdownSummary(record: RunRecord): string {
  const { word, rest, verdict } = headlineOf(record)
  const blocks = [
    `### ${SIGN[verdict]} ${escaped(`${word}${rest}`)}`,
    escaped(
      [
        `${record.scenario.name} against ${targetName(record.target)}`,
        engineWords(record.engine) ?? [],
        `exit ${record.exitCode ?? '-'}`,
      ]
        .flat()
        .join(', '),
    ),
    endedEarly(record),
    stepTable(record),
    stepNotes(record),
    notUnderstood(record),
    besidesWords(record.steps) ?? '',
    failedThresholds(record),
    ...worstChecks(record),
    passedLine(record),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function endedEarly({ endedEarly: why }: RunRecord): string {
  return why === null ? '' : `**Ended early:** ${escaped(why)}`
}

function stepTable(record: RunRecord): string {
  const { steps } = record
  if (steps.length === 0) return ''
  const time = (ms: number | null): string => (ms === null ? '-' : formatMs(ms))
  const rows = steps.map((step) => {
    const cells = [
      step.index + 1,
      offeredWords(step, record),
      `${formatCount(step.achievedRatePerSec)}/s`,
      soldWords(step),
      time(step.responseMs.p50),
      time(step.responseMs.p99),
      formatCount(step.dropped),
      `${SIGN[step.verdict]} ${verdictWords(step)}`,
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head = '| step | offered | achieved | sold | p50 | p99 | dropped | verdict |'
  return [head, '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |', ...rows].join('\n')
}

function stepNotes({ steps }: RunRecord): string {
  return steps.flatMap(({ index, notes }) => notes.map((note) => `- step ${index + 1}: ${escaped(note)}`)).join('\n')
}

function notUnderstood({ steps }: RunRecord): string {
  return steps
    .flatMap(({ notUnderstood: answers }) => answers)
    .slice(0, ANSWERS_SHOWN)
    .map((answer) => `- an answer that was not understood: ${escaped(answer.slice(0, MOST_CHARACTERS))}`)
    .join('\n')
}

function failedThresholds({ thresholds }: RunRecord): string {
  const missed = thresholds.filter(({ verdict }) => verdict !== 'pass')
  return missed
    .map(
      ({ expression, step, sentence }) =>
        `- \`${codeText(expression)}\` ${step === null ? '' : `in step ${step + 1}: `}${escaped(sentence)}`,
    )
    .join('\n')
}

/** In a run of many SKUs the worst few sales of each check: a summary has to fit into a pull request. */
function worstChecks({ checks }: RunRecord): string[] {
  const trouble = checks.filter((check) => check.verdict === 'fail' || check.verdict === 'unknown')
  if (!sellsManySkus(checks)) return trouble.map((check) => details(check, `step ${check.step + 1}`))
  return [...new Set(trouble.map(({ check }) => check))].flatMap((name) => {
    const all = trouble.filter(({ check }) => check === name)
    const shown = worstFirst(all).slice(0, SALES_SHOWN)
    const more = all.length - shown.length
    return [
      ...shown.map((check) => details(check, `\`${codeText(check.sku)}\``)),
      ...(more > 0 ? [`${name} in ${formatQuantity(more, 'more sale')}: \`run.json\` has them all.`] : []),
    ]
  })
}

function details(check: CheckResult, where: string): string {
  const evidence = check.evidence.map(({ sentence }) => `- ${escaped(sentence)}`)
  const summary = `<summary><b>${check.check}</b>, ${where}: ${escaped(check.sentence)}</summary>`
  return [
    '<details>',
    summary,
    '',
    ...(evidence.length > 0 ? evidence : ['No evidence beyond the figure.']),
    '',
    '</details>',
  ].join('\n')
}

function passedLine({ checks }: RunRecord): string {
  const names = (verdict: string): string[] => [
    ...new Set(checks.filter((check) => check.verdict === verdict).map(({ check }) => check)),
  ]
  const passed = names('pass').filter((name) => !names('fail').includes(name) && !names('unknown').includes(name))
  const notChecked = names('not-checked').filter((name) => !names('pass').includes(name))
  return [
    passed.length > 0 && `Passed: ${passed.join(', ')}.`,
    notChecked.length > 0 && `Not checked: ${notChecked.join(', ')}.`,
  ]
    .filter((line) => line !== false)
    .join(' ')
}

/** Foreign text may hold HTML, links, mentions and table borders: none of it may work. */
export function escaped(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~#]/g, String.raw`\$&`)
    .replaceAll('@', '@\u200B')
}

function codeText(text: string): string {
  return plain(text).replaceAll('`', "'").replaceAll('|', '/')
}
