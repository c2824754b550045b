/**
 * What a search has found, once it has ended or so far: the relevant bounds of RFC 9971, and the interval around them
 * that the trials' contradictions leave. Pure.
 */
import type { CapacityInterval, SearchEnd, SearchPhase } from '../core/capacity-record.ts'
import { conditionalThroughput } from './classify-load.ts'
import type { Interval } from '../core/statistics/estimate.ts'
import { boundsIn, goalAt, type SearchState } from './search.ts'
import { marginInterval } from './margin-interval.ts'

/** null: no trial has been made. */
export function capacityInterval(state: SearchState, ended: SearchEnd): CapacityInterval | null {
  const { trials } = state
  if (trials.length === 0) return null
  const phase = decidingPhase(state, ended)
  const { lower, above } = boundsIn(state, phase)
  const relevantUpper = above?.by === 'target' ? above.ratePerSec : null
  const upper = relevantUpper ?? upperOfEarlier(state, lower)
  const doubt = lower === null || upper === null ? null : doubtAbout(state, Math.sqrt(lower * upper))
  const atLower = trials.filter(({ ratePerSec, answer }) => ratePerSec === lower && answer !== 'none')
  return {
    lowerRatePerSec: lower === null ? null : Math.floor(Math.min(lower, doubt?.low ?? lower)),
    upperRatePerSec: upper === null ? null : Math.ceil(Math.max(upper, doubt?.high ?? upper)),
    relevantLowerRatePerSec: lower,
    relevantUpperRatePerSec: relevantUpper,
    conditionalThroughputPerSec:
      lower === null ? null : conditionalThroughput(atLower, goalAt(state.terms, phase, lower)),
    trialMs: phase.trialMs,
    ended,
  }
}

/** A search that ran out of time has what shorter trials said: the last phase that came to an interval, or to a bound. */
function decidingPhase(state: SearchState, ended: SearchEnd): SearchPhase {
  const { phases } = state.terms
  if (ended === 'precise' || ended === 'cap' || ended === 'floor' || ended === 'no-answer') return phases.at(-1)!
  const found = phases.map((phase) => ({ phase, ...boundsIn(state, phase) }))
  const between = found.findLast(({ lower, above }) => lower !== null && above !== null)
  return (between ?? found.find(({ lower, above }) => lower !== null || above !== null))?.phase ?? phases[0]!
}

function upperOfEarlier(state: SearchState, lower: number | null): number | null {
  const uppers = state.terms.phases.flatMap((phase) => {
    const { above } = boundsIn(state, phase)
    return above?.by === 'target' && above.ratePerSec > (lower ?? 0) ? [above.ratePerSec] : []
  })
  return uppers.length === 0 ? null : Math.min(...uppers)
}

/** What trials near the bounds leave open, by how far they were from what is allowed. */
function doubtAbout({ trials }: SearchState, around: number): Interval | null {
  return marginInterval(
    trials.flatMap(({ ratePerSec, durationMs, answer, margin }) =>
      answer === 'none' || margin === null ? [] : [{ ratePerSec, durationMs, margin }],
    ),
    around,
  )
}
