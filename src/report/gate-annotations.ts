/** A gate as workflow commands of GitHub Actions, which draws them beside the change. */
import type { GateRecord } from '../core/gate-record.ts'
import { metricName } from '../core/gate-words.ts'
import { gateHeadline } from './gate-words.ts'
import { plain } from './plain-text.ts'

type Level = 'error' | 'warning' | 'notice'

/** GitHub shows no more than ten of a step. */
const MOST = 10

/** Lines for stdout; none where there is nothing to say. */
export function gateAnnotations(record: GateRecord): string[] {
  return annotationsOf(record)
    .slice(0, MOST)
    .map(([level, title, text]) => `::${level} title=${property(title)}::${data(text)}`)
}

function annotationsOf(record: GateRecord): [Level, string, string][] {
  const { judgement, options } = record
  const { word, rest, verdict } = gateHeadline(record)
  const answer: [Level, string, string] = [levelOf(record), `Flash-sale gate: ${word}`, rest.replace(/^: ?/, '')]
  if (judgement === null) return [answer]
  const failures = judgement.correctness.failures.map(({ arm, check, sentence }): [Level, string, string] => [
    arm === 'candidate' ? 'error' : 'warning',
    `Flash-sale gate: ${check} of the ${arm}`,
    sentence,
  ])
  const regressed = judgement.metrics
    .filter((metric) => metric.verdict === 'regressed')
    .map(({ metric, sentence }): [Level, string, string] => [
      'error',
      `Flash-sale gate: ${metricName(metric)} regressed`,
      sentence,
    ])
  const work = judgement.work.changes.map(({ sentence }): [Level, string, string] => [
    options.work === 'strict' ? 'error' : 'warning',
    'Flash-sale gate: work changed',
    sentence,
  ])
  const details = [...failures, ...regressed, ...work]
  if (verdict === 'passed') return work
  return details.length > 0 && verdict !== 'inconclusive' ? details : [answer, ...details]
}

/** No answer that is let through is a warning. */
function levelOf({ exitCode, verdict }: GateRecord): Level {
  return exitCode === 0 || verdict === 'interrupted' ? 'warning' : 'error'
}

/** As @actions/core escapes what stands behind `::`. */
function data(text: string): string {
  return plain(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** The same of a property, which ends at a comma or a colon. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
