/**
 * A run as JUnit XML, for CI systems that draw it: a suite a step, a case a check and a threshold.
 * `fail` is a failure, `unknown` an error (it must not look like a pass), `not-checked` is skipped.
 */
import type { CheckResult, CheckVerdict } from '../core/check.ts'
import { type RunRecord, type StepRecord, targetName, type ThresholdResult } from '../core/run-record.ts'
import { headlineOf } from './headline.ts'
import { plain } from './plain-text.ts'
import { engineWords, loadWords } from './step-words.ts'

export interface Case {
  readonly name: string
  readonly verdict: CheckVerdict
  readonly sentence: string
  readonly text: string
}

export interface Suite {
  readonly name: string
  readonly seconds: number
  readonly cases: readonly Case[]
}

export function junitXml(record: RunRecord): string {
  const engine = engineWords(record.engine)
  const name = `${record.scenario.name} against ${targetName(record.target)}${engine === null ? '' : `, ${engine}`}`
  return junitDocument(name, suitesOf(record), record.startedAt)
}

/** `startedAt`: ISO 8601. */
export function junitDocument(name: string, suites: readonly Suite[], startedAt: string): string {
  const all = suites.flatMap(({ cases }) => cases)
  const body = suites.map((suite) => suiteXml(suite, startedAt)).join('\n')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name=${quoted(`doorbuster: ${name}`)} ${countsOf(all)}>\n${body}\n</testsuites>\n`
}

function suitesOf(record: RunRecord): Suite[] {
  const steps = record.steps.map((step) => ({
    name: suiteName(record, step.index),
    seconds: step.durationMs / 1000,
    cases: [
      ...record.checks.filter((check) => check.step === step.index).map((check) => caseOfCheck(check, step)),
      ...record.thresholds.filter((threshold) => threshold.step === step.index).map(caseOfThreshold),
    ],
  }))
  return [
    ...steps,
    {
      name: 'whole run',
      seconds: 0,
      cases: [runCase(record), ...record.thresholds.filter(({ step }) => step === null).map(caseOfThreshold)],
    },
  ]
}

/** As planned: a name that moves with what was measured is another test each time. */
function suiteName({ scenario, engine }: RunRecord, index: number): string {
  const terms = { model: engine.model, maxInFlight: scenario.maxInFlight }
  return `step ${index + 1}: ${loadWords(scenario.steps[index]!, terms)}`
}

/** Holds what no check and no threshold does: a run cut short, a late generator. */
function runCase(record: RunRecord): Case {
  const { word, rest, verdict } = headlineOf(record)
  const isCutShort = record.endedEarly !== null || record.verdict === null || verdict === 'inconclusive'
  return {
    name: 'complete',
    verdict: isCutShort ? 'unknown' : 'pass',
    sentence: word + rest,
    text: record.endedEarly ?? '',
  }
}

function caseOfCheck({ check, sku, verdict, sentence, evidence }: CheckResult, { sales }: StepRecord): Case {
  const name = sales.length > 1 ? `${check}: ${sku}` : check
  return { name, verdict, sentence, text: evidence.map((one) => plain(one.sentence)).join('\n') }
}

function caseOfThreshold({ expression, verdict, sentence }: ThresholdResult): Case {
  return { name: expression, verdict, sentence, text: '' }
}

function suiteXml({ name, seconds, cases }: Suite, startedAt: string): string {
  const attributes = `name=${quoted(name)} ${countsOf(cases)} time="${seconds}" timestamp=${quoted(startedAt)}`
  return [`  <testsuite ${attributes}>`, ...cases.map((one) => caseXml(one, name)), '  </testsuite>'].join('\n')
}

function caseXml({ name, verdict, sentence, text }: Case, suite: string): string {
  const open = `    <testcase name=${quoted(name)} classname=${quoted(`doorbuster.${suite}`)} time="0"`
  switch (verdict) {
    case 'pass':
      return `${open}/>`
    case 'fail':
      return `${open}><failure message=${quoted(sentence)}>${escaped(text)}</failure></testcase>`
    case 'unknown':
      return `${open}><error message=${quoted(sentence)}>${escaped(text)}</error></testcase>`
    case 'not-checked':
      return `${open}><skipped message=${quoted(sentence)}/></testcase>`
  }
}

function countsOf(cases: readonly Case[]): string {
  const count = (verdict: CheckVerdict): number => cases.filter((one) => one.verdict === verdict).length
  return `tests="${cases.length}" failures="${count('fail')}" errors="${count('unknown')}" skipped="${count('not-checked')}"`
}

function quoted(text: string): string {
  return `"${escaped(plain(text))}"`
}

/** Also drops what XML 1.0 can't hold: lone surrogates, U+FFFE and U+FFFF. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
