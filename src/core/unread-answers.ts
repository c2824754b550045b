/**
 * Answers that nobody could make sense of: no rule of the descriptor fits them, or what it promises isn't there. Many of
 * them say that the descriptor is wrong, and then the figures say nothing about the target.
 */
import type { LoadFigures } from './run-record.ts'

const MOST_UNREAD_SHARE = 0.01
const UNREAD_CODES = ['NO_RULE', 'NOT_UNDERSTOOD'] as const

type Answers = Pick<LoadFigures, 'sent' | 'errorCodes' | 'saturated'>

export function unreadShare({ sent, errorCodes }: Answers): number {
  const unread = UNREAD_CODES.reduce((sum, code) => sum + (errorCodes[code] ?? 0), 0)
  return sent === 0 ? 0 : unread / sent
}

/** More of them than a verdict can bear. Not of a target that is saturated: what stands before it says so in words of its own. */
export function hasUnreadAnswers(answers: Answers): boolean {
  return !answers.saturated && unreadShare(answers) > MOST_UNREAD_SHARE
}
