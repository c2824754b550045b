/**
 * Answers that nobody could make sense of: no rule of the descriptor fits them, or what it promises isn't there. Many of
 * them say that the descriptor is wrong, and then the figures say nothing about the target.
 */
import type { LoadFigures } from './run-record.ts'

const MOST_UNREAD_SHARE = 0.01
export const UNREAD_CODES: readonly string[] = ['NO_RULE', 'NOT_UNDERSTOOD']

type Answers = Pick<LoadFigures, 'sent' | 'errorCodes' | 'saturated'>

export function unreadShare({ sent, errorCodes }: Pick<Answers, 'sent' | 'errorCodes'>): number {
  return sent === 0 ? 0 : unreadIn(errorCodes) / sent
}

/**
 * More of them than a verdict can bear. Of a target that is saturated only where they are most of its errors: what stands
 * before it says so in words of its own, but a wrong rule makes any target look saturated.
 */
export function hasUnreadAnswers(answers: Answers): boolean {
  const errors = Object.values(answers.errorCodes).reduce((sum, count) => sum + count, 0)
  const areMost = unreadIn(answers.errorCodes) * 2 > errors
  return (!answers.saturated || areMost) && unreadShare(answers) > MOST_UNREAD_SHARE
}

function unreadIn(errorCodes: Answers['errorCodes']): number {
  return UNREAD_CODES.reduce((sum, code) => sum + (errorCodes[code] ?? 0), 0)
}
