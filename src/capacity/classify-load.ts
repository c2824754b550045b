/**
 * Whether a load is below or above the capacity, from repeated trials that may contradict one another: appendices A and B
 * of RFC 9971 (MLRsearch) with an exceed ratio of one half, where a trial is high-loss if it missed the SLO. Pure.
 */

/** Share of the time at one load that may miss the SLO. */
const EXCEED_RATIO = 0.5

export interface AnsweredTrial {
  readonly durationMs: number
  readonly isGood: boolean
}

/** `undecided`: further trials could make either of it. */
export type LoadClass = 'lower' | 'upper' | 'undecided'

export interface SearchGoal {
  /** Trials of at least this length count whole; shorter ones only where most of them are bad. */
  readonly trialMs: number
  readonly durationSumMs: number
}

/** All trials at one load. */
export function classifyLoad(trials: readonly AnsweredTrial[], goal: SearchGoal): LoadClass {
  const sum = (isLong: boolean, isGood: boolean): number =>
    trials
      .filter((trial) => trial.durationMs >= goal.trialMs === isLong && trial.isGood === isGood)
      .reduce((total, { durationMs }) => total + durationMs, 0)
  const goodLongMs = sum(true, true)
  const balancingMs = (sum(false, true) * EXCEED_RATIO) / (1 - EXCEED_RATIO)
  const badMs = sum(true, false) + Math.max(0, sum(false, false) - balancingMs)
  const wholeMs = Math.max(goodLongMs + badMs, goal.durationSumMs)
  const allowedMs = wholeMs * EXCEED_RATIO
  const mayBeLower = badMs <= allowedMs
  const isSurelyLower = wholeMs - goodLongMs <= allowedMs
  if (mayBeLower && isSurelyLower) return 'lower'
  return mayBeLower || isSurelyLower ? 'undecided' : 'upper'
}

export interface MeasuredTrial {
  readonly durationMs: number
  readonly achievedRatePerSec: number
}

/**
 * The rate that was achieved in half of the long trials or more, time without a trial counting as nothing achieved.
 * `trials`: those at the relevant lower bound.
 */
export function conditionalThroughput(trials: readonly MeasuredTrial[], goal: SearchGoal): number {
  const long = trials
    .filter(({ durationMs }) => durationMs >= goal.trialMs)
    .toSorted((a, b) => b.achievedRatePerSec - a.achievedRatePerSec)
  const measuredMs = long.reduce((total, { durationMs }) => total + durationMs, 0)
  let remainingMs = Math.max(goal.durationSumMs, measuredMs) * (1 - EXCEED_RATIO)
  let reached = 0
  for (const { durationMs, achievedRatePerSec } of long) {
    if (remainingMs <= 0) return reached
    reached = achievedRatePerSec
    remainingMs -= durationMs
  }
  return remainingMs > 0 ? 0 : reached
}
