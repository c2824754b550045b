/** Thresholds of a scenario as k6 can hold them, a line each; those that it can't are comments. Pure. */
import type { Threshold } from '../../../core/scenario.ts'
import { quoted } from './template-text.ts'

export interface ThresholdStep {
  /** As k6 tags what belongs to it. */
  readonly name: string
  readonly rows: number
  readonly durationMs: number
}

/** `steps` by index; null: it isn't in the script. */
export function thresholdLines(thresholds: readonly Threshold[], steps: readonly (ThresholdStep | null)[]): string[] {
  const present = steps.filter((step) => step !== null)
  const byMetric = new Map<string, string[]>()
  const comments: string[] = []
  for (const threshold of thresholds) {
    for (const of of scopesOf(threshold, steps, present)) {
      const known = k6Threshold(threshold, of)
      if (known === null) comments.push(`// ${threshold.expression}: k6 can't know it`)
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

function k6Threshold(
  { metric, comparison, limit }: Threshold,
  of: Scope,
): { readonly metric: string; readonly expression: string } | null {
  const tagged = (name: string): string => (of.name === null ? name : `${name}{scenario:${of.name}}`)
  const time = TIMES[metric.replace(/^service\./, '')]
  // Without a scenario, requests of setup() would be among those of k6's own metric.
  if (time !== undefined) {
    return {
      metric: tagged(of.name === null ? 'sale_response_time' : 'http_req_duration'),
      expression: `${time}${comparison}${limit}`,
    }
  }
  const count = COUNTS[metric]
  if (count !== undefined) return { metric: tagged(count), expression: `count${comparison}${limit}` }
  switch (metric) {
    case 'errorRate':
      return { metric: tagged('sale_errors'), expression: `rate${comparison}${limit}` }
    case 'achieved':
      return { metric: tagged('sale_achieved'), expression: `count${comparison}${rounded(limit * of.rows)}` }
    case 'achievedRate':
      return {
        metric: tagged('sale_achieved'),
        expression: `count${comparison}${rounded((limit * of.durationMs) / 1_000)}`,
      }
    default:
      return null
  }
}

function rounded(value: number): number {
  return Number(value.toFixed(3))
}
