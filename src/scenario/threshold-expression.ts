/**
 * The expression language of thresholds: `[step N: | each: | whole:] METRIC < <= > >= == VALUE`.
 * Steps are counted from 1, as they are shown everywhere. What is wrong is told with its position in the expression.
 */
import type { Threshold, ThresholdComparison } from '../core/scenario.ts'
import { parseDurationMs } from '../core/units.ts'
import { METRICS, type MetricUnit } from './metrics.ts'
import { nearestName } from '../core/nearest-name.ts'
import { formatValue } from '../core/document/problem.ts'

type ParsedThreshold = Omit<Threshold, 'origin'>

export type ThresholdParse =
  | { readonly ok: true; readonly threshold: ParsedThreshold }
  | { readonly ok: false; readonly sentence: string }

const COMPARISONS: readonly string[] = ['<', '<=', '>', '>=', '=='] satisfies ThresholdComparison[]

const VALUE_FORMS: Readonly<Record<MetricUnit, string>> = {
  ms: 'a duration with its unit, such as 42ms or 1.5s',
  share: 'a share, such as 99% or 0.99',
  perSecond: 'a rate per second, such as 12800/s',
  count: 'a whole number, such as 0',
}

const LONGEST = 200

export function parseThreshold(expression: string): ThresholdParse {
  const fail = (at: number, problem: string): ThresholdParse => ({
    ok: false,
    sentence: `${problem} (character ${at + 1} of ${formatValue(expression)})`,
  })
  if (expression.length > LONGEST) return fail(LONGEST, `a threshold has at most ${LONGEST} characters`)

  const scope = parseScope(expression)
  if ('problem' in scope) return fail(scope.at, scope.problem)

  const metric = tokenAt(expression, scope.end, /[^\s<>=!~]*/y)
  if (!Object.hasOwn(METRICS, metric.text)) return fail(metric.at, unknownMetric(metric.text))

  const comparison = tokenAt(expression, metric.end, /[<>=!~]+|\S?/y)
  if (!isComparison(comparison.text)) {
    return fail(comparison.at, `expected <, <=, >, >= or ==, got ${formatValue(comparison.text || null)}`)
  }

  const value = tokenAt(expression, comparison.end, /.*/sy)
  const text = value.text.trim()
  const subject = subjectOf(metric.text, text)
  const known = METRICS[subject]!
  const limit = parseLimit(text, known.unit)
  if (limit === null) {
    return fail(
      value.at,
      `${metric.text} is compared with ${VALUE_FORMS[known.unit]}, got ${formatValue(text || null)}`,
    )
  }
  return {
    ok: true,
    threshold: { expression, metric: subject, comparison: comparison.text, limit, scope: scope.scope },
  }
}

/** Achieved load compared with a rate is the rate: `achieved >= 5000/s`. */
function subjectOf(metric: string, value: string): string {
  return metric === 'achieved' && /\/\s*s$/.test(value) ? 'achievedRate' : metric
}

interface Token {
  readonly text: string
  readonly at: number
  readonly end: number
}

/** The token of `pattern` (sticky) after the blanks that follow `from`. */
function tokenAt(expression: string, from: number, pattern: RegExp): Token {
  let at = from
  while (at < expression.length && /\s/.test(expression[at]!)) at++
  pattern.lastIndex = at
  const text = pattern.exec(expression)?.[0] ?? ''
  return { text, at, end: at + text.length }
}

type Scope =
  | { readonly scope: Threshold['scope']; readonly end: number }
  | { readonly problem: string; readonly at: number }

function parseScope(expression: string): Scope {
  const colon = expression.indexOf(':')
  if (colon === -1) return { scope: 'each', end: 0 }
  const text = expression.slice(0, colon).trim()
  const end = colon + 1
  if (text === 'each' || text === 'whole') return { scope: text, end }
  const step = /^step\s*(\d{1,6})$/.exec(text)
  if (step && Number(step[1]) >= 1) return { scope: Number(step[1]) - 1, end }
  const at = tokenAt(expression, 0, /\S?/y).at
  return {
    problem: `expected "step N" (counted from 1), "each" or "whole" before the colon, got ${formatValue(text || null)}`,
    at,
  }
}

function unknownMetric(name: string): string {
  const nearest = name === '' ? null : nearestName(name, Object.keys(METRICS))
  const found = name === '' ? 'expected a metric' : `there is no metric ${formatValue(name)}`
  const guess = nearest === null ? '' : `; did you mean ${nearest}?`
  return `${found}${guess}; metrics: ${Object.keys(METRICS).join(', ')}`
}

function isComparison(text: string): text is ThresholdComparison {
  return COMPARISONS.includes(text)
}

function parseLimit(text: string, unit: MetricUnit): number | null {
  switch (unit) {
    case 'ms':
      return parseDurationMs(text)
    case 'share': {
      const share = parseNumber(text.replace(/\s*%$/, ''))
      if (share === null) return null
      const value = text.endsWith('%') ? share / 100 : share
      return value <= 1 ? value : null
    }
    case 'perSecond':
      return parseNumber(text.replace(/\s*\/\s*s$/, ''))
    case 'count':
      return /^\d{1,15}$/.test(text) ? Number(text) : null
  }
}

function parseNumber(text: string): number | null {
  return /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : null
}
