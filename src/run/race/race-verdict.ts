/**
 * What a race comes to. One wrong order is enough to fail it; that none was seen is an answer only where all were tried, or
 * where somebody said beforehand that less will do. Pure.
 */
import { decidingVerdict, exitCodeOf, type RunVerdict } from '../../core/exit-codes.ts'
import type { RacePart } from '../../core/race-record.ts'

export interface RaceFindings {
  readonly parts: readonly RacePart[]
  /** For how many stocks it was to search. */
  readonly stocks: number
  readonly acceptPartial: boolean
  /** What ended it before its last order; null: nothing did. */
  readonly endedBy: Extract<RunVerdict, 'interrupted' | 'environment'> | null
}

export function raceVerdict(findings: RaceFindings): { readonly verdict: RunVerdict; readonly exitCode: number } {
  const { parts, stocks, acceptPartial, endedBy } = findings
  const verdict = decidingVerdict([
    ...parts.map((part) => partVerdict(part, acceptPartial)),
    ...(endedBy === null ? [] : [endedBy]),
    ...(parts.length < stocks ? (['inconclusive'] as const) : []),
  ])
  return { verdict, exitCode: exitCodeOf(verdict) }
}

function partVerdict(part: RacePart, acceptPartial: boolean): RunVerdict {
  const { wrong, shortest, crashes, crashesLeft, nondeterminism, coverage } = part
  if (wrong > 0 || shortest !== null || crashes.some(({ failed }) => failed.length > 0)) return 'wrong'
  if (nondeterminism !== null) return 'inconclusive'
  switch (coverage) {
    case 'complete':
      return crashesLeft === undefined || acceptPartial ? 'passed' : 'inconclusive'
    case 'preemption-bound':
    case 'out-of-budget':
      return acceptPartial ? 'passed' : 'inconclusive'
    case 'interrupted':
      return 'interrupted'
    case 'stopped-at-first':
    case 'nondeterministic':
    case 'no-answer':
      return 'inconclusive'
  }
}
