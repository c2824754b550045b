/** What an answer came to, in words for people. Order ids and tickets are the target's own: whoever shows it redacts it. Pure. */
import { formatCount } from '../core/units.ts'
import type { AnsweredOutcome } from '../load/classify-response.ts'
import type { Queued } from '../load/protocol/index.ts'

/** null: there was no answer. */
export function answerWords(meaning: AnsweredOutcome | Queued | null): string {
  switch (meaning?.kind) {
    case undefined:
      return 'no answer'
    case 'sold':
      return meaning.orderId === null ? 'sold, under an order that it does not name' : `sold, order ${meaning.orderId}`
    case 'soldOut':
      return 'sold out'
    case 'limitReached':
      return 'limit reached'
    case 'shown':
      return `shows ${formatCount(meaning.stock)}`
    case 'queued':
      return `queued, ticket ${meaning.ticket}`
    case 'refused':
    case 'unknown':
      return `${meaning.kind} (${meaning.code})`
  }
}
