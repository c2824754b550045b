/** A search for capacity as JUnit XML: whether every sale of it was right, and whether the SLO was met at any rate. */
import type { CapacityRecord } from '../core/capacity-record.ts'
import type { CheckVerdict } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { targetName } from '../core/run-record.ts'
import { capacityHeadline } from './capacity-words.ts'
import { type Case, junitDocument } from './junit.ts'

export function capacityJunit(record: CapacityRecord): string {
  const { scenario, target, trials, startedAt } = record
  const seconds = trials.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000
  const name = `capacity of ${target === null ? 'a target' : targetName(target)}, ${scenario.name}`
  return junitDocument(name, [{ name: 'capacity', seconds, cases: [rightCase(record), sloCase(record)] }], startedAt)
}

function rightCase({ wrong, trials, status }: CapacityRecord): Case {
  const name = 'every sale is right'
  if (wrong !== null) {
    const sentence = `trial ${wrong.trial}, ${wrong.ratePerSec}/s: ${wrong.check}: ${wrong.sentence}`
    return { name, verdict: 'fail', sentence, text: '' }
  }
  if (status !== 'complete') return { name, verdict: 'unknown', sentence: 'not all trials were made', text: '' }
  const isChecked = trials.some(({ answer }) => answer !== 'none')
  return { name, verdict: isChecked ? 'pass' : 'unknown', sentence: 'no trial told anything', text: '' }
}

function sloCase(record: CapacityRecord): Case {
  const { word, rest, verdict } = capacityHeadline(record)
  return { name: 'the SLO is met', verdict: SLO[verdict], sentence: word + rest, text: record.slo.join('\n') }
}

/** Of a wrong sale nobody has to know how much it carries. */
const SLO: Readonly<Record<RunVerdict, CheckVerdict>> = {
  passed: 'pass',
  missed: 'fail',
  wrong: 'not-checked',
  inconclusive: 'unknown',
  interrupted: 'unknown',
  environment: 'unknown',
}
