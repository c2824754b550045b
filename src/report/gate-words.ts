/** What every format of a gate's report says in the same words. */
import type { GateRecord, MetricJudgement, VisibleEffect, WorkChange } from '../core/gate-record.ts'
import { effectWords, metricName, signedEffect, valueWords } from '../core/gate-words.ts'
import { formatQuantity } from '../core/units.ts'
import type { Headline } from './headline.ts'

const NOTHING = '-'

/** Of a gate that has ended, or so far. */
export function gateHeadline({ judgement, verdict, status, visits, notes }: GateRecord): Headline {
  const made = `after ${formatQuantity(visits.length, 'visit')}`
  if (judgement?.verdict === 'wrong') return wordsOf(judgement)
  if (verdict === 'interrupted') return { verdict, word: 'INTERRUPTED', rest: ` ${made}` }
  if (verdict === 'environment') return { verdict, word: 'ENDED EARLY', rest: ` ${made}: ${notes.at(-1) ?? ''}` }
  if (judgement !== null) return wordsOf(judgement)
  return { verdict: 'inconclusive', word: status === 'running' ? 'RUNNING' : 'NO ANSWER', rest: ` ${made}` }
}

function wordsOf({ word, headline, verdict }: NonNullable<GateRecord['judgement']>): Headline {
  return { word, rest: `: ${headline}`, verdict }
}

/** Cells of one metric: name, baseline, candidate, change, smallest visible, verdict. */
export function metricCells(judgement: MetricJudgement): string[] {
  const { metric, baseline, candidate, change, smallestVisible, verdict } = judgement
  const value = (of: number | null): string => (of === null ? NOTHING : valueWords(metric, of))
  const interval =
    change === null
      ? NOTHING
      : `${signedEffect(metric, change.estimate)} (${signedEffect(metric, change.low)} to ${signedEffect(metric, change.high)})`
  const visible = smallestVisible === null ? NOTHING : effectWords(metric, smallestVisible)
  return [metricName(metric), value(baseline), value(candidate), interval, visible, verdict]
}

export const METRIC_TITLES = ['metric', 'baseline', 'candidate', 'change (90% interval)', 'smallest seen', 'verdict']

/** "baseline: main, candidate: the working tree, 24 and 24 visits". */
export function armsWords({ arms, visits }: GateRecord): string {
  const count = (arm: string): number => visits.filter((visit) => visit.arm === arm).length
  const made = `${count('baseline')} and ${formatQuantity(count('candidate'), 'visit')}`
  return `baseline: ${arms.baseline.name}, candidate: ${arms.candidate.name}, ${made}`
}

/** What is said beside the headline and the table, a sentence each. */
export function remarksOf({ judgement, notes }: GateRecord): string[] {
  if (judgement === null) return [...notes]
  const { correctness, environmentDiffers, metrics, work } = judgement
  return [
    ...(environmentDiffers.length === 0 ? [] : [`times are not judged, ${environmentDiffers.join('; ')}`]),
    ...correctness.doubts,
    ...remarkOfSpeed(metrics),
    ...work.notes.map((note) => `work: ${note}`),
    ...notes,
  ]
}

/** The medians of a table's row may have been measured at two speeds. */
export function remarkOfSpeed(metrics: readonly MetricJudgement[]): string[] {
  const adjusted = metrics.filter(({ isAtOneSpeed }) => isAtOneSpeed).map(({ metric }) => metricName(metric))
  if (adjusted.length === 0) return []
  return [
    `changes of ${adjusted.join(', ')} are told at one speed of the machine, which the generator's CPU time per request measures in each visit`,
  ]
}

export function shortChange({ sentence }: WorkChange, longest: number): string {
  return shortText(sentence, longest)
}

/** With the middle of a long statement left out: what it costs, and of what, stands at both ends. */
export function shortText(text: string, longest: number): string {
  if (text.length <= longest) return text
  const tail = Math.floor(longest / 3)
  return `${text.slice(0, longest - tail - 3)} … ${text.slice(-tail)}`
}

/** "p99 14%, CPU per order 6%"; what nobody can tell is left out. */
export function renderForeseen(effects: readonly VisibleEffect[]): string {
  const told = effects.flatMap(({ metric, effect }) =>
    effect === null ? [] : [`${metricName(metric)} ${effectWords(metric, effect)}`],
  )
  return told.length === 0
    ? 'the smallest change that it will see is not known: too few visits for that'
    : `smallest change that it will see: ${told.join(', ')}`
}
