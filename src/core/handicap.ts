/**
 * What the reference server can be told to do beyond its strategy, so that a comparison can be seen to notice it. A test
 * switch: nothing that anybody wants of a server.
 */
import { parseShare } from './units.ts'

export type Handicap =
  /** Each order burns so much more CPU than an order has cost so far, 0..1. */
  | { readonly kind: 'cpu'; readonly share: number }
  /** Each order is preceded by one more SELECT of the stock. */
  | { readonly kind: 'statement' }

/** What {@link parseHandicap} takes, in words. */
export const HANDICAPS = 'cpu=SHARE such as cpu=10%, or statement'

/** null: it is none. */
export function parseHandicap(text: string): Handicap | null {
  if (text === 'statement') return { kind: 'statement' }
  const share = text.startsWith('cpu=') ? parseShare(text.slice('cpu='.length)) : null
  return share === null || share === 0 ? null : { kind: 'cpu', share }
}
