/** The verdict in words: the first thing that anybody reads, in every format the same. */
import { CHECK_NAMES, type CheckName, type CheckResult } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { RunRecord, StepRecord } from '../core/run-record.ts'
import type { Step } from '../core/scenario.ts'
import { peakRatePerSec } from '../core/step-rate.ts'
import { formatCount, formatQuantity, formatShare } from '../core/units.ts'
import { hasUnreadAnswers, unreadShare } from '../core/unread-answers.ts'
import { sellsManySkus, worstFirst } from './sales.ts'

export interface Headline {
  /** In capitals: OVERSOLD, PASSED, ... */
  readonly word: string
  /** What follows it. */
  readonly rest: string
  readonly verdict: RunVerdict
}

/** Below this share of requests that left at their moment, a step shows nothing but that (src/run/verdict.ts). */
const ON_TIME_SHARE = 0.99

const WORD_OF: Readonly<Record<CheckName, string>> = {
  'no-oversell': 'OVERSOLD',
  'acknowledged-kept': 'ORDERS LOST',
  'exactly-once': 'ORDERED TWICE',
  'nothing-invented': 'ORDERS INVENTED',
  'per-user-limit': 'LIMIT BROKEN',
  conservation: 'UNITS ASTRAY',
  'never-negative': 'NEGATIVE STOCK',
  'justified-refusals': 'WRONGLY REFUSED',
  'sold-through': 'LEFT UNSOLD',
  'nothing-early': 'SOLD EARLY',
  linearizable: 'NOT LINEARIZABLE',
  'stale-reads': 'STALE READS',
  'settled-cache': 'STALE CACHE',
  fairness: 'UNFAIR',
}

/** Of a run that has ended, or so far. */
export function headlineOf(record: RunRecord): Headline {
  const { verdict } = record
  switch (verdict) {
    case null:
      return running(record)
    case 'wrong':
      return endedThere(wrong(record.checks, record.scenario.steps.length), record)
    case 'interrupted':
      return { verdict, word: 'INTERRUPTED', rest: `: ${record.endedEarly ?? 'before its end'}${soFar(record)}` }
    case 'environment':
      return { verdict, word: 'ENDED EARLY', rest: `: ${firstLine(record.endedEarly ?? 'by its environment')}` }
    case 'missed':
      return missed(record)
    case 'inconclusive':
      return { verdict, word: 'INCONCLUSIVE', rest: `: ${doubtOf(record)}` }
    case 'passed':
      return { verdict, word: 'PASSED', rest: `  ${sizeOf(record)}: ${nothingWrong(record)}` }
  }
}

/** The same for checks that came without a run. */
export function headlineOfChecks(checks: readonly CheckResult[], verdict: RunVerdict): Headline {
  if (verdict === 'wrong') return wrong(checks, 1)
  const passed = checks.filter((check) => check.verdict === 'pass').length
  if (verdict === 'passed')
    return { verdict, word: 'PASSED', rest: `  nothing wrong in ${formatQuantity(passed, 'check')}` }
  const unknown = checks.find((check) => check.verdict === 'unknown')
  return { verdict, word: 'INCONCLUSIVE', rest: `: ${unknown?.sentence ?? 'nothing could be checked'}` }
}

/** The failed check that the headline names: the first in the order of the table, at its first step, in its worst sale. */
export function leadingFailure(checks: readonly CheckResult[]): CheckResult | undefined {
  const failed = checks.filter(({ verdict }) => verdict === 'fail')
  const first = CHECK_NAMES.map((name) => failed.find(({ check }) => check === name)).find((one) => one !== undefined)
  return worstFirst(failed.filter(({ check, step }) => check === first?.check && step === first.step))[0]
}

/** What stands so far may still turn into anything but right. */
function running(record: RunRecord): Headline {
  const { checks, steps, scenario } = record
  const so = `${steps.length} of ${formatQuantity(scenario.steps.length, 'step')} so far`
  if (leadingFailure(checks) === undefined) {
    return {
      verdict: 'inconclusive',
      word: 'RUNNING',
      rest: `: ${so}${steps.length === 0 ? '' : `; ${nothingWrong(record)}`}`,
    }
  }
  const { word, rest } = wrong(checks, scenario.steps.length)
  return { verdict: 'wrong', word: 'RUNNING', rest: `: ${so}; ${word}${rest}` }
}

function wrong(checks: readonly CheckResult[], steps: number): Headline {
  const lead = leadingFailure(checks)
  if (lead === undefined) return { verdict: 'wrong', word: 'WRONG', rest: '' }
  const others = checks.filter((check) => check.verdict === 'fail' && check.check === lead.check).length - 1
  const manySkus = sellsManySkus(checks)
  const more = others > 0 ? ` (and in ${formatQuantity(others, manySkus ? 'more sale' : 'more step')})` : ''
  const where = manySkus ? ` in ${lead.sku}${more}` : steps > 1 ? ` in step ${lead.step + 1}${more}` : ''
  const word = WORD_OF[lead.check]
  if (lead.check === 'no-oversell' && lead.measured !== null) {
    return { verdict: 'wrong', word, rest: ` by ${formatQuantity(lead.measured, 'unit')}${where}` }
  }
  return { verdict: 'wrong', word, rest: `${where}: ${lead.sentence}` }
}

/** A run that was ended at its first violation shows less than it could have. */
function endedThere(headline: Headline, { endedBy }: RunRecord): Headline {
  return endedBy === 'fail-fast' ? { ...headline, rest: `${headline.rest}; ended there by --fail-fast` } : headline
}

function missed(record: RunRecord): Headline {
  const saturated = record.steps.find((step) => step.saturated)
  if (saturated !== undefined) {
    const { achievedRatePerSec, offeredRatePerSec } = saturated
    const rates = `${formatCount(achievedRatePerSec)}/s of ${formatCount(offeredRatePerSec ?? 0)}/s`
    return {
      verdict: 'missed',
      word: 'TARGET SATURATED',
      rest: ` at ${rates}${inStep(saturated, record)}; ${nothingWrong(record)}`,
    }
  }
  const threshold = record.thresholds.find(({ verdict }) => verdict === 'fail')
  const where =
    threshold?.step === undefined || threshold.step === null || record.steps.length < 2
      ? ''
      : ` in step ${threshold.step + 1}`
  return {
    verdict: 'missed',
    word: 'THRESHOLD MISSED',
    rest: `${where}: ${threshold?.sentence ?? ''}; ${nothingWrong(record)}`,
  }
}

function doubtOf(record: RunRecord): string {
  const unread = record.steps.find(hasUnreadAnswers)
  if (unread !== undefined) {
    return `nobody could make sense of ${formatShare(unreadShare(unread))} of the answers${inStep(unread, record)}${unread.notUnderstood.length === 0 ? '' : '; some are shown below'}`
  }
  const check = record.checks.find(({ verdict }) => verdict === 'unknown')
  if (check !== undefined) return `${check.check}${inSale(check, record.checks)}: ${check.sentence}`
  const late = record.steps.find((step) => step.verdict === 'inconclusive' && isLate(step))
  if (late !== undefined) return `${latenessOf(late)}${inStep(late, record)}; ${nothingWrong(record)}`
  const threshold = record.thresholds.find(({ verdict }) => verdict === 'unknown')
  return threshold?.sentence ?? 'no step was finished'
}

/** Of a saturated step nobody asks. */
function isLate({ saturated, onTimeShare }: StepRecord): boolean {
  return !saturated && onTimeShare < ON_TIME_SHARE
}

function latenessOf({ achievedRatePerSec, offeredRatePerSec, onTimeShare }: StepRecord): string {
  const reached = `${formatCount(achievedRatePerSec)}/s of ${formatCount(offeredRatePerSec ?? 0)}/s answered`
  return `the generator was late: ${reached}, ${formatShare(onTimeShare)} of the requests sent at their moment`
}

function inSale({ sku }: CheckResult, checks: readonly CheckResult[]): string {
  return sellsManySkus(checks) ? ` in ${sku}` : ''
}

function soFar(record: RunRecord): string {
  return record.steps.length === 0 ? '' : `; until then ${nothingWrong(record)}`
}

function inStep(step: StepRecord, record: RunRecord): string {
  return record.scenario.steps.length > 1 ? ` (step ${step.index + 1} of ${record.scenario.steps.length})` : ''
}

/** What was put to the test: peak rate, requests, units. */
function sizeOf({ steps, scenario, target }: RunRecord): string {
  const requests = steps.reduce((sum, step) => sum + step.arrivals - step.outcomes.shown, 0)
  const isOneSale = target.kind === 'service' && !target.salePerStep
  const units = (isOneSale ? steps.slice(-1) : steps)
    .flatMap((step) => step.sales)
    .reduce((sum, sale) => sum + sale.initial, 0)
  return `${rateOf(steps, scenario)}, ${formatQuantity(requests, 'buy request')}, ${formatQuantity(units, 'unit')}`
}

/** The highest, and what was reached of it where that is less: some thresholds let that pass. */
function rateOf(steps: RunRecord['steps'], scenario: RunRecord['scenario']): string {
  const fastest = Math.max(0, ...steps.map(({ achievedRatePerSec }) => achievedRatePerSec))
  if (steps.some(({ offeredRatePerSec }) => offeredRatePerSec === null))
    return `${formatCount(fastest)}/s (closed model)`
  const peaks = steps.map((step) => peakOf(step, scenario.steps[step.index]))
  const peak = Math.max(0, ...peaks)
  const highest = steps[peaks.indexOf(peak)]
  const isShort = highest !== undefined && highest.achievedRatePerSec < 0.99 * (highest.offeredRatePerSec ?? 0)
  if (!isShort || highest.offeredRatePerSec !== peak) return `${formatCount(peak)}/s`
  return `${formatCount(highest.achievedRatePerSec)} of ${formatCount(peak)}/s`
}

function peakOf({ offeredRatePerSec }: StepRecord, planned: Step | undefined): number {
  return planned?.shape === undefined ? (offeredRatePerSec ?? 0) : peakRatePerSec(planned)
}

/** Claims only what was checked. */
function nothingWrong({ checks }: RunRecord): string {
  const passed = (name: CheckName): boolean => {
    const results = checks.filter(({ check }) => check === name)
    return results.length > 0 && results.every(({ verdict }) => verdict === 'pass')
  }
  const claims = [passed('no-oversell') && 'nothing oversold', passed('acknowledged-kept') && 'nothing lost']
  const held = claims.filter((claim) => claim !== false)
  return held.length > 0 ? held.join(', ') : 'no check failed'
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}
