/** A gate as JUnit XML: a suite for what was right, one for work, one for times. No answer is an error, never a pass. */
import type { GateRecord, MetricJudgement } from '../core/gate-record.ts'
import { metricName } from '../core/gate-words.ts'
import { gateHeadline } from './gate-words.ts'
import { type Case, junitDocument, type Suite } from './junit.ts'

export function gateJunitXml(record: GateRecord): string {
  const name = `gate of ${record.arms.candidate.name} against ${record.arms.baseline.name}, ${record.scenario.name}`
  return junitDocument(name, suitesOf(record), record.startedAt)
}

function suitesOf(record: GateRecord): Suite[] {
  const { judgement } = record
  const suites: [string, Case[]][] = [
    ['correctness', correctnessCases(record)],
    ['work', judgement === null ? [] : workCases(record)],
    ['times', (judgement?.metrics ?? []).map(metricCase)],
    ['gate', [wholeCase(record)]],
  ]
  return suites.filter(([, cases]) => cases.length > 0).map(([name, cases]) => ({ name, seconds: 0, cases }))
}

/** Holds what no other case does: no answer at all, an interruption. */
function wholeCase(record: GateRecord): Case {
  const { word, rest, verdict } = gateHeadline(record)
  const isOpen = verdict === 'inconclusive' || verdict === 'environment' || verdict === 'interrupted'
  return { name: 'answer', verdict: isOpen ? 'unknown' : 'pass', sentence: word + rest, text: '' }
}

/** The candidate's fail; the baseline's are shown by the answer. */
function correctnessCases({ judgement }: GateRecord): Case[] {
  if (judgement === null) return []
  const { failures, verdict, doubts } = judgement.correctness
  const own = failures.filter(({ arm }) => arm === 'candidate')
  if (own.length > 0) {
    return own.map(({ check, sentence, visits, ofVisits }) => ({
      name: check,
      verdict: 'fail',
      sentence,
      text: `in ${visits} of ${ofVisits} visits`,
    }))
  }
  const isRight = verdict === 'right'
  return [
    {
      name: 'every check of the candidate',
      verdict: isRight ? 'pass' : 'unknown',
      sentence: isRight ? '' : doubts.join('; '),
      text: '',
    },
  ]
}

function workCases({ judgement, options }: GateRecord): Case[] {
  const { verdict, changes, notes } = judgement!.work
  const isFailure = verdict === 'changed' && options.work === 'strict'
  return [
    {
      name: 'work an order',
      verdict: isFailure ? 'fail' : verdict === null ? 'not-checked' : 'pass',
      sentence: verdict === null ? notes.join('; ') || 'no count was exact' : (changes[0]?.sentence ?? ''),
      text: changes.map(({ sentence }) => sentence).join('\n'),
    },
  ]
}

function metricCase({ metric, verdict, sentence }: MetricJudgement): Case {
  return { name: metricName(metric), verdict: caseVerdict(verdict), sentence, text: '' }
}

function caseVerdict(verdict: MetricJudgement['verdict']): Case['verdict'] {
  switch (verdict) {
    case 'same':
    case 'improved':
      return 'pass'
    case 'regressed':
      return 'fail'
    case 'not measured':
      return 'not-checked'
    case 'insufficient samples':
    case 'generator-limited':
    case 'environment differs':
      return 'unknown'
  }
}
