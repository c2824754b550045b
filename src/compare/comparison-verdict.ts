/**
 * The one verdict of a comparison. A slow strategy is no failure of it, a wrong one is: it has passed when, in each regime,
 * somebody is right and meets the SLO. Who is never ranked can't be that somebody. Pure.
 */
import type { ContestantResult, Regime } from '../core/compare-record.ts'
import { decidingVerdict, type RunVerdict } from '../core/exit-codes.ts'

export interface ComparisonOutcome {
  readonly regimes: readonly Regime[]
  readonly interrupted: boolean
  /** Names of those that were wrong somewhere, or have a fault on purpose. */
  readonly unranked: ReadonlySet<string>
  /** Whose verdict was to be expected: it counts for nothing. */
  readonly isExpected: (result: ContestantResult) => boolean
}

export function comparisonVerdict(outcome: ComparisonOutcome): RunVerdict {
  const { regimes, interrupted } = outcome
  const verdicts = regimes.map((regime) => regimeVerdict(regime, outcome))
  return decidingVerdict(interrupted ? [...verdicts, 'interrupted'] : verdicts)
}

function regimeVerdict(
  { results }: Regime,
  { isExpected, unranked }: Pick<ComparisonOutcome, 'isExpected' | 'unranked'>,
): RunVerdict {
  const counted = results.filter((result) => !isExpected(result)).map(({ verdict }) => verdict)
  if (counted.includes('wrong')) return 'wrong'
  // Nothing could be had of anybody, or not of somebody who was asked for by name.
  if (counted.includes('environment') || results.every(({ runs }) => runs.length === 0)) return 'environment'
  const ranked = results.filter(({ contestant }) => !unranked.has(contestant)).map(({ verdict }) => verdict)
  return (['passed', 'missed'] as const).find((verdict) => ranked.includes(verdict)) ?? 'inconclusive'
}
