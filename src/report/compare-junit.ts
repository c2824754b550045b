/**
 * A comparison as JUnit XML: a suite a regime, a case a contestant, and one for whether anybody meets the SLO. A slow
 * contestant is no failure, a wrong one is.
 */
import {
  type CompareRecord,
  type ContestantResult,
  neverRanked,
  type Regime,
  regimeName,
} from '../core/compare-record.ts'
import type { CheckVerdict } from '../core/check.ts'
import { type Case, junitDocument } from './junit.ts'

export function compareJunit(record: CompareRecord): string {
  const suites = record.regimes.map((regime) => ({
    name: regimeName(regime),
    seconds: 0,
    cases: [...regime.results.map((result) => caseOf(result, record)), sloCase(regime, record)],
  }))
  return junitDocument(`comparison of ${record.scenario.name}`, suites, record.startedAt)
}

function caseOf({ contestant, verdict, headline }: ContestantResult, record: CompareRecord): Case {
  return { name: contestant, verdict: caseVerdict(contestant, verdict, record), sentence: headline, text: '' }
}

function caseVerdict(name: string, verdict: ContestantResult['verdict'], record: CompareRecord): CheckVerdict {
  switch (verdict) {
    case 'wrong': {
      // Where the comparison is not wrong, that of a contestant was to be expected.
      return record.verdict === 'wrong' || !isBuiltWrong(name, record) ? 'fail' : 'not-checked'
    }
    case 'passed':
    case 'missed':
      return 'pass'
    case 'environment':
    case 'inconclusive':
    case 'interrupted':
      return 'unknown'
    case null:
      return 'not-checked'
  }
}

function isBuiltWrong(name: string, { contestants }: CompareRecord): boolean {
  return contestants.some((contestant) => contestant.name === name && contestant.builtWrong)
}

function sloCase({ results }: Regime, record: CompareRecord): Case {
  const unranked = neverRanked(record)
  const verdicts = results.filter(({ contestant }) => !unranked.has(contestant)).map(({ verdict }) => verdict)
  const isMet = verdicts.includes('passed')
  return {
    name: 'somebody is right and meets the SLO',
    verdict: isMet ? 'pass' : verdicts.includes('missed') ? 'fail' : 'unknown',
    sentence: `${isMet ? 'met' : 'not met'}: ${record.slo.join(', ')}`,
    text: '',
  }
}
