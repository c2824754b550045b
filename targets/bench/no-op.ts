/**
 * Says "sold" to everyone and does nothing: what the server costs by itself, for the bench over HTTP. It is in no list:
 * the bench names its file.
 */
import { createOrderIds } from '../storage/order-ids.ts'
import { POSTGRES_BOOKS } from '../storage/sale-books.ts'
import type { Strategy } from '../strategies/strategy.ts'

export const strategy: Strategy = {
  description: {
    name: 'no-op',
    summary: 'says "sold" and does nothing',
    control: true,
    promise: { reads: { kind: 'advisory' }, sellsThrough: false },
    rightWith: 'never',
    needs: ['postgres'],
    durableWhen: 'never',
    books: POSTGRES_BOOKS,
    convictedBy: 'acknowledged-kept',
  },
  functions: [],
  start() {
    const nextOrderId = createOrderIds()
    return Promise.resolve({
      open: () => Promise.resolve('opened' as const),
      learn: () => Promise.resolve(),
      buy: () => Promise.resolve({ kind: 'sold' as const, orderId: nextOrderId(), replayed: false }),
      stock: () => Promise.resolve(0),
      close: () => Promise.resolve(true),
      settle: () => Promise.resolve(),
      probe: () => Promise.resolve(),
      counters: () => ({}),
      stop: () => Promise.resolve(),
    })
  },
}
