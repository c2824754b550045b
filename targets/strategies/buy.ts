/** One buy as strategies and their storage speak of it: what is asked, and every answer that is to be expected. */

export interface SaleTerms {
  readonly sku: string
  /** Units at the opening. */
  readonly stock: number
  /** Units per user; null: no limit. */
  readonly perUserLimit: number | null
}

export interface BuyRequest {
  readonly sku: string
  readonly userId: string
  /** The idempotency key: attempts that share it are one buy. */
  readonly requestId: string
  readonly quantity: number
}

/** Every answer that was to be expected. Only a store that fails throws (StoreFailure). */
export type BuyResult =
  /** `replayed`: this request had its order before; it is answered with that one, also when all is sold out. */
  | { readonly kind: 'sold'; readonly orderId: string; readonly replayed: boolean }
  | { readonly kind: 'soldOut' }
  | { readonly kind: 'limitExceeded' }
  /** The request id was used before, for another user, SKU or quantity. */
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'saleNotFound' }
  | { readonly kind: 'saleClosed' }
  /** Given up without any effect: try again. */
  | { readonly kind: 'busy' }

/**
 * One request on its way. The server may give it up at any time (its time is over); what the buyer is then told
 * depends on whether the strategy had begun what may sell.
 */
export interface Attempt {
  /**
   * To be called right before the first step that may sell. False: the buyer was told that nothing was sold, so
   * nothing may be; return `busy`, which nobody reads any more.
   */
  begin(): boolean
}
