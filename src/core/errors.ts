/**
 * One error class for a run that can't go on; expected outcomes are values, never errors.
 * Each code has an exit reason, so that whoever catches one at the top knows how to leave.
 */
import { EXIT_CODES, type ExitReason } from './exit-codes.ts'

const ERROR_CODES = {
  USAGE: 'usage',
  SCENARIO_INVALID: 'usage',
  DESCRIPTOR_INVALID: 'usage',
  HISTORY_INVALID: 'usage',
  STRATEGY_INVALID: 'usage',
  RUN_DIRECTORY_INVALID: 'usage',
  OUT_NOT_EMPTY: 'usage',
  SERVICE_UNAVAILABLE: 'environment',
  SERVICE_TIMEOUT: 'environment',
  SERVICE_FAILED: 'environment',
  TARGET_UNREACHABLE: 'environment',
  TARGET_FAILED: 'environment',
  TARGET_TIMEOUT: 'environment',
  RESULTS_NOT_WRITABLE: 'environment',
  INTERRUPTED: 'interrupted',
  BUG: 'bug',
} as const satisfies Record<string, ExitReason>

export type ErrorCode = keyof typeof ERROR_CODES

export interface HarnessErrorDetails {
  /** What happened, in a sentence that names the thing and, for input, the place. */
  readonly message: string
  /** What the reader can do about it. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

export class HarnessError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, details: HarnessErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'HarnessError'
    this.code = code
    this.hint = details.hint
  }

  get exitReason(): ExitReason {
    return ERROR_CODES[this.code]
  }

  get exitCode(): number {
    return EXIT_CODES[this.exitReason].code
  }
}
