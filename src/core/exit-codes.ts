/**
 * The one table of exit codes. `--help`, the documentation and the tests read it; nothing else states a code.
 */
export const EXIT_CODES = {
  passed: { code: 0, meaning: 'passed' },
  wrong: { code: 1, meaning: 'the sale was wrong: oversold, lost or duplicated orders, a check failed' },
  usage: { code: 2, meaning: 'usage, or a scenario or input file that is not valid' },
  missed: {
    code: 3,
    meaning: 'a threshold failed, the target was saturated, or a candidate is worse than its baseline',
  },
  inconclusive: {
    code: 4,
    meaning: 'inconclusive: the generator was late, too few samples, a check could not be made, or nothing was sold',
  },
  environment: { code: 5, meaning: 'the environment: a service could not be started, the target cannot be reached' },
  bug: { code: 70, meaning: 'a bug of ours' },
  interrupted: { code: 130, meaning: 'interrupted; what was measured until then is kept and marked incomplete' },
} as const

export type ExitReason = keyof typeof EXIT_CODES

/** How a run can end, as `run.json` names it. */
export type RunVerdict = 'passed' | 'wrong' | 'missed' | 'inconclusive' | 'environment' | 'interrupted'

/** Where several hold, the first of these decides. */
const PRECEDENCE: readonly RunVerdict[] = ['wrong', 'interrupted', 'environment', 'missed', 'inconclusive', 'passed']

/** The one verdict that stands for several; `passed` when there are none. */
export function decidingVerdict(verdicts: Iterable<RunVerdict>): RunVerdict {
  const held = new Set(verdicts)
  return PRECEDENCE.find((verdict) => held.has(verdict)) ?? 'passed'
}

export function exitCodeOf(reason: ExitReason): number {
  return EXIT_CODES[reason].code
}
