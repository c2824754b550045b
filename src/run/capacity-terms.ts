/** The terms of a search, where the caller leaves them open. Pure. */
import type { SearchTerms } from '../capacity/index.ts'
import { HarnessError } from '../core/errors.ts'
import { formatCount } from '../core/units.ts'

export interface AskedTerms {
  readonly fromRatePerSec: number | null
  readonly toRatePerSec: number | null
  readonly precision: number
  readonly cap: TargetCap | null
}

/** What a target is to get at most. */
export interface TargetCap {
  readonly target: string
  /** Arrivals. */
  readonly ratePerSec: number
}

const FROM_PER_SEC = 100
/** What generators on one machine don't reach. */
const TO_PER_SEC = 200_000
/** A first trial that takes longer than this begins at a higher rate; one that takes longer than that isn't made. */
const FIRST_TRIAL_MS = 8_000
const LONGEST_TRIAL_MS = 30_000
const MOST_TRIALS = 80
/** Trials of three lengths; two of three long ones that agree decide a load. */
const PHASE_MS = [2_000, 4_000, 8_000] as const
const LONG_TRIALS = 3

/** `samples`: requests that a trial needs. Throws HarnessError USAGE. */
export function searchTerms(asked: AskedTerms, samples: number): SearchTerms {
  const { fromRatePerSec, toRatePerSec, precision, cap } = asked
  const shortest = Math.ceil((samples * 1_000) / FIRST_TRIAL_MS)
  const to = Math.min(toRatePerSec ?? TO_PER_SEC, cap?.ratePerSec ?? Number.POSITIVE_INFINITY)
  const from = fromRatePerSec ?? Math.min(to, Math.max(FROM_PER_SEC, shortest))
  if (cap !== null && from > cap.ratePerSec) {
    throw new HarnessError('USAGE', {
      message: `--from ${formatCount(from)} is above the ${formatCount(cap.ratePerSec)}/s that ${cap.target} is to get at most`,
      hint: 'Begin lower, or set maxRate in the descriptor when you know that it may stand more.',
    })
  }
  if (from > to) {
    throw new HarnessError('USAGE', {
      message: `--from ${formatCount(from)} is above --to ${formatCount(to)}`,
      hint: 'The search goes up from the one to the other.',
    })
  }
  const [short, middle, long] = PHASE_MS
  return {
    fromRatePerSec: from,
    toRatePerSec: to,
    precision,
    phases: [
      { trialMs: short, durationSumMs: short, width: 4 * precision },
      { trialMs: middle, durationSumMs: middle, width: 2 * precision },
      { trialMs: long, durationSumMs: LONG_TRIALS * long, width: precision },
    ],
    floorRatePerSec: Math.min(from, Math.ceil((samples * 1_000) / LONGEST_TRIAL_MS)),
    samples,
    mostTrials: MOST_TRIALS,
  }
}

/** Where a search ends before what was asked for; null: it doesn't. */
export function capRemark({ toRatePerSec, cap }: Pick<AskedTerms, 'toRatePerSec' | 'cap'>): string | null {
  if (cap === null || toRatePerSec === null || toRatePerSec <= cap.ratePerSec) return null
  return `nothing is tried beyond ${formatCount(cap.ratePerSec)}/s, which is what ${cap.target} is to get at most, although --to says ${formatCount(toRatePerSec)}`
}
