/**
 * Services whose "sold" is a place in the queue: what becomes of it is decided later, and only the ledger shows it. What
 * stands on such answers convicts nobody.
 */
import type { CheckName, CheckResult } from '../core/check.ts'

/** Made from what buyers were told, as if it were the last word. */
const OF_ANSWERS: ReadonlySet<CheckName> = new Set([
  'acknowledged-kept',
  'justified-refusals',
  'linearizable',
  'stale-reads',
])
/** By the ledger, or, without one, likewise. */
const OF_ANSWERS_WITHOUT_LEDGER: ReadonlySet<CheckName> = new Set(['no-oversell', 'exactly-once', 'per-user-limit'])

export function withSoldAsQueued(found: CheckResult, hasLedger: boolean): CheckResult {
  const isOfAnswers = OF_ANSWERS.has(found.check) || (!hasLedger && OF_ANSWERS_WITHOUT_LEDGER.has(found.check))
  if (!isOfAnswers || found.verdict === 'not-checked') return found
  const sentence = 'not checked: a sold answer means only "queued" here (promise.sold)'
  return { ...found, verdict: 'not-checked', measured: null, allowed: null, sentence, evidence: [] }
}
