/**
 * The trials from which demands are told apart: the scenario with other shares of stock, of reads and of repeated requests,
 * at a moderate rate. Those that tell the most come first, since the budget may end before the last. Pure.
 */
import type { TrialTerms } from './capacity-trial.ts'

export interface DemandTrialTerms {
  /** Lower end of the capacity. */
  readonly capacityPerSec: number
  /** Of the scenario; null: the target has a stock of its own. */
  readonly sellThrough: number | null
  readonly readShare: number
  readonly doubleClickShare: number
  /** Whether the plan has reads where the scenario has none. */
  readonly plansReads: boolean
}

export type Mixture = Omit<TrialTerms, 'number' | 'purpose'>

/** Long enough that clocks of 10 ms are a small part of what is used. */
const DEMAND_TRIAL_MS = 4_000
const MODERATE = 0.5
const LOW = 0.2

export function demandTrials(terms: DemandTrialTerms): readonly Mixture[] {
  const { capacityPerSec, sellThrough, readShare, doubleClickShare } = terms
  const rateOf = (share: number): number => Math.max(1, Math.round(capacityPerSec * share))
  const base = { durationMs: DEMAND_TRIAL_MS, ratePerSec: rateOf(MODERATE), sellThrough, readShare, doubleClickShare }
  const shares = (...others: readonly number[]): Mixture[] =>
    sellThrough === null ? [] : others.map((share) => ({ ...base, sellThrough: share }))
  return [
    ...shares(1, 0.01),
    { ...base, ratePerSec: rateOf(LOW) },
    ...(readShare > 0 || terms.plansReads ? [{ ...base, readShare: other(readShare) }] : []),
    ...(doubleClickShare > 0 ? [{ ...base, doubleClickShare: other(doubleClickShare) }] : []),
    ...shares(0.5, 0.1),
  ]
}

/** A share far from this one. */
function other(share: number): number {
  return share < 0.4 ? 0.7 : 0.1
}
