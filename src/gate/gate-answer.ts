/** The one answer of a gate, in a word, a sentence and an exit code. What was wrong outranks what was slow. */
import { exitCodeOf, type ExitReason, type RunVerdict } from '../core/exit-codes.ts'
import type { GateJudgement, GateOptions, MetricJudgement, WorkChange } from '../core/gate-record.ts'
import { formatQuantity } from '../core/units.ts'

type Found = Pick<GateJudgement, 'correctness' | 'work' | 'metrics' | 'environmentDiffers'>
type Answer = Pick<GateJudgement, 'word' | 'headline' | 'verdict' | 'exitCode'>

/** Verdicts of a metric that leave the question open. */
const OPEN: readonly MetricJudgement['verdict'][] = ['insufficient samples', 'generator-limited', 'environment differs']

export function answerOf(found: Found, options: GateOptions): Answer {
  const { correctness, work, metrics } = found
  const failure = correctness.failures[0]
  if (correctness.verdict === 'wrong') {
    const where = `in ${failure!.visits} of ${formatQuantity(failure!.ofVisits, 'visit')}`
    return answer('WRONG', 'wrong', `the candidate's sale was wrong ${where}: ${failure!.check}, ${failure!.sentence}`)
  }
  // It may be fast because it is wrong, and slower once it is right.
  if (failure !== undefined) {
    const rest = `the baseline was wrong (${failure.check}, ${failure.sentence}), the candidate was not: nothing to hold it against`
    return noAnswer(rest, options)
  }
  const regressed = metrics.filter(({ verdict }) => verdict === 'regressed')
  if (regressed.length > 0) return answer('REGRESSED', 'missed', sentences(regressed))
  if (work.verdict === 'changed' && options.work === 'strict') {
    return answer('WORK CHANGED', 'missed', changeWords(work.changes))
  }
  const doubt = doubtOf(found, options)
  return doubt === null ? answer('PASSED', 'passed', passedWords(found)) : noAnswer(doubt, options)
}

function doubtOf({ correctness, metrics, environmentDiffers }: Found, { quick }: GateOptions): string | null {
  if (correctness.verdict === 'unknown') return correctness.doubts[0]!
  if (environmentDiffers.length > 0 && !quick) return `the environment differs, ${environmentDiffers.join('; ')}`
  if (metrics.some(({ verdict }) => verdict === 'generator-limited')) {
    return 'the generator was the limit: ask for fewer requests per second, or on a machine with more cores'
  }
  const open = metrics.filter(({ verdict }) => OPEN.includes(verdict))
  if (open.length > 0) return sentences(open)
  if (!quick && metrics.every(({ verdict }) => verdict === 'not measured')) return 'no time was measured'
  return null
}

function passedWords({ correctness: _right, work, metrics }: Found): string {
  const improved = metrics.filter(({ verdict }) => verdict === 'improved')
  const judged = metrics.filter(({ verdict }) => verdict === 'same' || verdict === 'improved')
  const parts = [
    'right in every visit',
    work.verdict === 'same' && `the same work (${countWords(work)})`,
    work.verdict === 'changed' && `other work: ${changeWords(work.changes)}`,
    improved.length > 0
      ? sentences(improved)
      : judged.length > 0 && `${formatQuantity(judged.length, 'metric')} no worse`,
  ]
  return parts.filter((part) => part !== false).join(', ')
}

/** What was not compared is told with what was. */
function countWords({ exactCounts, notExact }: GateJudgement['work']): string {
  const exact = formatQuantity(exactCounts, 'exact count')
  return notExact.length === 0 ? exact : `${exact}, ${notExact.length} not exact and not compared`
}

/** The first, in which a statement is told: what it entails comes after it. */
function changeWords(changes: readonly WorkChange[]): string {
  const [first, ...others] = changes
  return `${first!.sentence}${others.length === 0 ? '' : `, and ${formatQuantity(others.length, 'other count')}`}`
}

function sentences(metrics: readonly MetricJudgement[]): string {
  return metrics.map(({ sentence }) => sentence).join('; ')
}

function noAnswer(headline: string, { onInconclusive }: GateOptions): Answer {
  return answer('NO ANSWER', 'inconclusive', headline, onInconclusive === 'pass' ? 'passed' : 'inconclusive')
}

function answer(word: string, verdict: RunVerdict, headline: string, exit: ExitReason = verdict): Answer {
  return { word, headline, verdict, exitCode: exitCodeOf(exit) }
}
