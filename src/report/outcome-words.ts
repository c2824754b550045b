/** What became of a request, in the words that a proof has for it. Pure. */
import type { Outcome } from '../core/operation.ts'
import { formatCount } from '../core/units.ts'

/** `shown`: how a text from outside is shown. */
export function outcomeWords(outcome: Outcome, shown: (text: string) => string): string {
  switch (outcome.kind) {
    case 'sold':
      return 'sold'
    case 'soldOut':
      return 'sold out'
    case 'limitReached':
      return 'limit reached'
    case 'shown':
      return `${formatCount(outcome.stock)} left`
    case 'refused':
    case 'unknown':
      return `${outcome.kind} (${shown(outcome.code)})`
    case 'dropped':
      return `dropped (${shown(outcome.reason)})`
  }
}
