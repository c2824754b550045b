/** Thresholds of a scenario as k6 can hold them, a line each; those that it can't are comments. Pure. */
import type { Threshold } from '../../../core/scenario.ts'
import { quoted } from './template-text.ts'

export interface ThresholdStep {
  /** As k6 tags what belongs to it. */
  readonly name: string
  readonly rows: number
  readonly durationMs: number
}

/** `steps` by index; null: it isn't in the script. `processes`: that share the load. */
export function thresholdLines(
  thresholds: readonly Threshold[],
  steps: readonly (ThresholdStep | null)[],
  processes = 1,
): string[] {
  const present = steps.filter((step) => step !== null)
  const byMetric = new Map<string, string[]>()
  const comments: string[] = []
  for (const threshold of thresholds) {
    for (const of of scopesOf(threshold, steps, present)) {
      const known = k6Threshold(threshold, of, processes)
      if ('why' in known) comments.push(`// ${threshold.expression}: ${known.why}`)
      else byMetric.set(known.metric, [...(byMetric.get(known.metric) ?? []), known.expression])
    }
  }
  const lines = [...byMetric].map(
    ([metric, expressions]) => `${quoted(metric)}: [${expressions.map(quoted).join(', ')}],`,
  )
  return [...new Set(comments), ...lines]
}

interface Scope {
  /** null: the whole test. */
  readonly name: string | null
  readonly rows: number
  readonly durationMs: number
}

function scopesOf(
  { scope }: Threshold,
  steps: readonly (ThresholdStep | null)[],
  present: readonly ThresholdStep[],
): readonly Scope[] {
  if (scope === 'each') return present
  if (scope !== 'whole') return [steps[scope]].filter((step) => step != null)
  const sum = (of: (step: ThresholdStep) => number): number => present.reduce((total, step) => total + of(step), 0)
  return [{ name: null, rows: sum(({ rows }) => rows), durationMs: sum(({ durationMs }) => durationMs) }]
}

const TIMES: Readonly<Record<string, string>> = {
  mean: 'avg',
  p50: 'med',
  p90: 'p(90)',
  p95: 'p(95)',
  p99: 'p(99)',
  p999: 'p(99.9)',
  max: 'max',
}

const COUNTS: Readonly<Record<string, string>> = {
  sold: 'sale_sold',
  soldOut: 'sale_sold_out',
  limitReached: 'sale_limit_reached',
  shown: 'sale_shown',
  refused: 'sale_refused',
  unknown: 'sale_unknown',
  dropped: 'dropped_iterations',
}

interface K6Threshold {
  readonly metric: string
  readonly expression: string
}

/** What is said in place of a threshold that k6 can't hold. */
interface NotKnown {
  readonly why: string
}

const NOT_KNOWN: NotKnown = { why: "k6 can't know it" }

/** Each of several processes judges what it did itself, and has an equal part of the iterations. */
function k6Threshold({ metric, comparison, limit }: Threshold, of: Scope, processes: number): K6Threshold | NotKnown {
  const tagged = (name: string): string => (of.name === null ? name : `${name}{scenario:${of.name}}`)
  const time = TIMES[metric.replace(/^service\./, '')]
  if (time !== undefined) return { metric: tagged('sale_response_time'), expression: `${time}${comparison}${limit}` }
  const achieved = (sign: Threshold['comparison'], count: number): K6Threshold => ({
    metric: tagged('sale_achieved'),
    expression: `count${sign}${partOf(sign, count, processes)}`,
  })
  const count = COUNTS[metric]
  if (count !== undefined) return countThreshold(tagged(count), { comparison, limit }, processes)
  switch (metric) {
    // k6's rates know nothing of iterations that were dropped; what is none of the errors is achieved.
    case 'errorRate':
      return achieved(MIRRORED[comparison], (1 - limit) * of.rows)
    case 'achieved':
      return achieved(comparison, limit * of.rows)
    case 'achievedRate':
      return achieved(comparison, (limit * of.durationMs) / 1_000)
    default:
      return NOT_KNOWN
  }
}

/** Outcomes are in no equal parts, but none at all is none for each. */
function countThreshold(
  metric: string,
  { comparison, limit }: Pick<Threshold, 'comparison' | 'limit'>,
  processes: number,
): K6Threshold | NotKnown {
  const isNone = limit === 0 && (comparison === '==' || comparison === '<=')
  if (processes > 1 && !isNone) return { why: `none of ${processes} processes knows the count of all` }
  return { metric, expression: `count${comparison}${limit}` }
}

const MIRRORED: Readonly<Record<Threshold['comparison'], Threshold['comparison']>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
}

/** Rounded so that a process fails by none of the iterations that don't divide. */
function partOf(comparison: Threshold['comparison'], count: number, processes: number): number {
  if (processes === 1) return Number(count.toFixed(3))
  const part = Number((count / processes).toFixed(3))
  return comparison.startsWith('<') ? Math.ceil(part) : Math.floor(part)
}
