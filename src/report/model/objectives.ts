/** What a scenario allows of response times, as lines across charts of them. */
import type { RunRecord } from '../../core/run-record.ts'
import type { Threshold } from '../../core/scenario.ts'
import { shortTime } from './names.ts'
import type { Mark } from './page.ts'

const TIME_METRIC = /^(?:mean|p\d+|max)$/

/** Of all steps, or of those that a threshold names; each limit once. */
export function timeObjectives({ scenario }: Pick<RunRecord, 'scenario'>): Mark[] {
  const byLimit = new Map<number, string[]>()
  for (const threshold of scenario.thresholds.filter(isUpperBoundOfTime)) {
    byLimit.set(threshold.limit, [...new Set([...(byLimit.get(threshold.limit) ?? []), threshold.metric])])
  }
  return [...byLimit].map(([limit, metrics]) => ({
    axis: 'y',
    at: limit,
    label: `${metrics.join(', ')} allowed: ${shortTime(limit)}`,
    mood: 'bad',
  }))
}

function isUpperBoundOfTime({ metric, comparison, limit }: Threshold): boolean {
  return TIME_METRIC.test(metric) && (comparison === '<' || comparison === '<=') && limit > 0
}
