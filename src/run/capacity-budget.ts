/** How the time of a search for capacity is dealt out: what a trial takes beside its load, and what is kept for later. Pure. */
import { median } from '../core/statistics/estimate.ts'
import { formatCount, formatMs } from '../core/units.ts'

/** What a trial takes beside its load, until it is known: a look at the machine, services, server, warm-up, ledger. */
const FIRST_OVERHEAD_MS = 5_000
/** As many of the last ones count: machines get busier, and quieter again. */
const RECENT = 5
/** Of the budget, what comes after the search may take from it at most. */
const MOST_RESERVED = 0.3
const MOST_RESERVED_WITH_PREDICTION = 0.5

/** `madeMs`: of each trial so far. The first is not like the others: it starts what they find running. */
export function overheadOf(madeMs: readonly number[]): number {
  const recent = madeMs.slice(1).slice(-RECENT)
  return recent.length === 0 ? FIRST_OVERHEAD_MS : median(recent)
}

export interface Reserve {
  readonly budgetMs: number
  /** Lengths of the trials that come after the search. */
  readonly trialsMs: readonly number[]
  readonly overheadMs: number
  readonly predicts: boolean
}

export function reservedMs({ budgetMs, trialsMs, overheadMs, predicts }: Reserve): number {
  const wanted = trialsMs.reduce((sum, trialMs) => sum + trialMs + overheadMs, 0)
  return Math.min(wanted, budgetMs * (predicts ? MOST_RESERVED_WITH_PREDICTION : MOST_RESERVED))
}

/** Why not even one trial was made. */
export function tooShortNote(
  budgetMs: number,
  trial: { readonly ratePerSec: number; readonly durationMs: number },
): string {
  const length = `${(trial.durationMs / 1_000).toFixed(1)}s`
  return `the budget of ${formatMs(budgetMs)} holds no trial of ${length}, which is how long one at ${formatCount(trial.ratePerSec)}/s has to be, beside what comes before and after it: a larger --budget, or a higher --from, does`
}
