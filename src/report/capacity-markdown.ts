/** A search for capacity as the summary of a pull request. */
import type { CapacityRecord, CapacityTrial } from '../core/capacity-record.ts'
import { targetName } from '../core/run-record.ts'
import { formatCount, formatMs } from '../core/units.ts'
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
import { escaped, SIGN } from './markdown.ts'

export function capacitySummary(record: CapacityRecord): string {
  const { word, rest, verdict } = capacityHeadline(record)
  const { target, scenario, demand, plan, prediction, exitCode } = record
  const blocks = [
    `### ${SIGN[verdict]} ${escaped(`${word}${rest}`)}`,
    escaped(`${scenario.name} against ${target === null ? 'a target' : targetName(target)}, exit ${exitCode ?? '-'}`),
    bullets([
      ...(demand === null ? [] : [`first to break: ${demand.bottleneck.sentence}`]),
      throughputWords(record),
      kneeWords(record),
      scalabilityWords(record),
      ...doubtWords(record),
    ]),
    table(DEMAND_TITLES, demandRows(record)),
    bullets(demand?.doubts ?? []),
    plan === null ? '' : `**Plan**\n\n${bullets(planWords(plan))}\n\nAssumed:\n\n${bullets(plan.assumptions)}`,
    prediction === null ? '' : `**Prediction**\n\n${bullets(predictionWords(prediction))}`,
    `<details>\n\n<summary>Trials</summary>\n\n${table(TRIAL_TITLES, record.trials.map(trialRow))}\n\n</details>`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

const TRIAL_TITLES = ['trial', 'for', 'rate', 'length', 'achieved', 'mean', 'p99', 'answer', 'because'] as const

function trialRow(trial: CapacityTrial): string[] {
  const time = (ms: number | null): string => (ms === null ? '-' : formatMs(ms))
  return [
    String(trial.number),
    trial.purpose,
    `${formatCount(trial.ratePerSec)}/s`,
    formatMs(trial.durationMs),
    `${formatCount(trial.achievedRatePerSec)}/s`,
    time(trial.responseMs.mean),
    time(trial.responseMs.p99),
    trial.answer,
    trial.because,
  ]
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map((row) => line(row.map(escaped)))].join('\n')
}

function bullets(lines: readonly (string | null)[]): string {
  return lines.flatMap((line) => (line === null ? [] : [`- ${escaped(line)}`])).join('\n')
}
