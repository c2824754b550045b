/**
 * The one verdict of a comparison. A slow strategy is no failure of it, a wrong one is: it has passed when, in each regime,
 * somebody is right and meets the SLO. Pure.
 */
import type { ContestantResult, Regime } from '../core/compare-record.ts'
import { decidingVerdict, type RunVerdict } from '../core/exit-codes.ts'

export interface ComparisonOutcome {
  readonly regimes: readonly Regime[]
  readonly interrupted: boolean
  /** Whose verdict was to be expected: it counts for nothing. */
  readonly isExpected: (result: ContestantResult) => boolean
}

export function comparisonVerdict({ regimes, interrupted, isExpected }: ComparisonOutcome): RunVerdict {
  const verdicts = regimes.map((regime) => regimeVerdict(regime, isExpected))
  return decidingVerdict(interrupted ? [...verdicts, 'interrupted'] : verdicts)
}

function regimeVerdict({ results }: Regime, isExpected: ComparisonOutcome['isExpected']): RunVerdict {
  const counted = results.filter((result) => !isExpected(result)).map(({ verdict }) => verdict)
  if (counted.includes('wrong')) return 'wrong'
  // Nothing could be had of anybody, or not of somebody who was asked for by name.
  if (counted.includes('environment') || results.every(({ runs }) => runs.length === 0)) return 'environment'
  return (['passed', 'missed'] as const).find((verdict) => counted.includes(verdict)) ?? 'inconclusive'
}
