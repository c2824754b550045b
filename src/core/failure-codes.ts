/**
 * Codes of refusals, and of what has no definite answer, that may come from any target: the generator's own, and those
 * of the contract. A target that is described may answer with others.
 */
import { NO_RULE, STILL_QUEUED } from './buyer-protocol.ts'
import { PROBLEMS, type ProblemCode } from './wire.ts'

/** An answer that never came, or could not be read, as the generator calls it. */
export const GENERATOR_FAILURES = [
  'TIMEOUT',
  'RESET',
  'CUT_SHORT',
  'NOT_UNDERSTOOD',
  'CONNECT_REFUSED',
  'CONNECT_FAILED',
  'CONNECT_TIMEOUT',
  NO_RULE,
  STILL_QUEUED,
] as const

/** Of a request that has no answer, where nobody says why. */
export const NO_ANSWER = 'NO_ANSWER'

/** Two are outcomes of their own, one is told to the seller alone. */
const NEVER_FAILURES: readonly ProblemCode[] = ['SOLD_OUT', 'LIMIT_EXCEEDED', 'SALE_EXISTS']

/** Each once. */
export const FAILURE_CODES: readonly string[] = [
  ...new Set<string>([
    ...GENERATOR_FAILURES,
    NO_ANSWER,
    ...(Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => !NEVER_FAILURES.includes(code)),
  ]),
]
