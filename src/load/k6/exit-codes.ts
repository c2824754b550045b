/** What k6's exit codes (errext/exitcodes/codes.go of its source) mean for a step. */

export interface K6Exit {
  readonly meaning: string
  /** Whether what it measured is the whole step, a part that it was asked to end with, or nothing to rely on. */
  readonly means: 'whole' | 'ended-by-signal' | 'failed'
}

const FAILED = 'failed'

export const K6_EXITS: Readonly<Record<number, K6Exit>> = {
  0: { meaning: 'it ran to its end', means: 'whole' },
  97: { meaning: 'the cloud test run failed', means: FAILED },
  98: { meaning: "the cloud's progress could not be had", means: FAILED },
  // The harness has thresholds of its own, and gives k6 none.
  99: { meaning: 'thresholds of k6 were crossed', means: 'whole' },
  100: { meaning: 'setup() took too long', means: FAILED },
  101: { meaning: 'teardown() took too long', means: FAILED },
  102: { meaning: 'something took too long', means: FAILED },
  103: { meaning: 'it was stopped over its REST API', means: FAILED },
  104: { meaning: 'its configuration is not valid', means: FAILED },
  105: { meaning: 'a signal ended it', means: 'ended-by-signal' },
  106: { meaning: 'its REST API could not be started', means: FAILED },
  107: { meaning: 'its script threw an exception', means: FAILED },
  108: { meaning: 'its script ended the test', means: FAILED },
  109: { meaning: 'it panicked', means: FAILED },
  110: { meaning: 'its script marked the test as failed', means: FAILED },
}

export function k6Exit(code: number): K6Exit {
  return K6_EXITS[code] ?? { meaning: 'a code that its source does not list', means: FAILED }
}
