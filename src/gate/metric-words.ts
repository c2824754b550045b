/** What was found of a metric, in a sentence. */
import type { MetricJudgement } from '../core/gate-record.ts'
import { effectWords, metricName, probabilityWords, signedEffect, valueWords } from '../core/gate-words.ts'
import { formatQuantity } from '../core/units.ts'

type Unworded = Omit<MetricJudgement, 'sentence'>

export function metricSentence(judgement: Unworded, isSuspected: boolean): string {
  const { metric, baseline, candidate } = judgement
  if (baseline === null || candidate === null) return `${metricName(metric)} was not measured in both arms`
  const figures = `${metricName(metric)} ${valueWords(metric, baseline)} -> ${valueWords(metric, candidate)}`
  return `${figures}${changeWords(judgement)}: ${whyWords(judgement, isSuspected)}`
}

function whyWords(judgement: Unworded, isSuspected: boolean): string {
  const { metric, verdict, rounds, moreVisits } = judgement
  switch (verdict) {
    case 'regressed':
    case 'improved':
      return `${verdict} ${testWords(rounds)}`
    case 'same':
      return `no change of ${effectWords(metric, excludedBy(judgement))} or more`
    case 'insufficient samples': {
      const why = doubtWords(judgement, isSuspected)
      return moreVisits === null ? why : `${why}; ${formatQuantity(moreVisits, 'more visit')} an arm would tell`
    }
    case 'generator-limited':
      return 'not judged, the generator was the limit'
    case 'environment differs':
      return 'not judged, the environment differs'
    case 'not measured':
      return 'not measured'
  }
}

/** Seen if it were there, and not in the interval. */
function excludedBy({ change, smallestVisible }: Unworded): number {
  return Math.max(smallestVisible ?? 0, Math.abs(change?.low ?? 0), Math.abs(change?.high ?? 0))
}

function testWords(rounds: Unworded['rounds']): string {
  const where = rounds[0]?.round === null ? 'over all visits together' : 'in both rounds'
  return `${where} (p ${rounds.map(({ adjustedPValue }) => probabilityWords(adjustedPValue)).join(' and ')})`
}

function doubtWords({ metric, rounds, smallestVisible }: Unworded, isSuspected: boolean): string {
  if (isSuspected && rounds.length > 1) return 'both rounds see a change, but not one that surely matters'
  if (isSuspected && rounds[0]?.round === null) return 'a change is seen, but not one that surely matters'
  if (isSuspected) return 'a change is suspected, and not yet confirmed by a second round'
  if (smallestVisible === null) return 'too few visits: no change, however large, could be told from chance'
  return `too few samples: the smallest change that is seen is ${effectWords(metric, smallestVisible)}`
}

function changeWords({ metric, change, isAtOneSpeed }: Unworded): string {
  if (change === null) return ''
  const { estimate, low, high } = change
  const at = isAtOneSpeed ? ' at one machine speed' : ''
  return `, ${signedEffect(metric, estimate)}${at} (${signedEffect(metric, low)} to ${signedEffect(metric, high)})`
}
