/** The search for a wrong order among all, its shrinking, and running it again. Pure: no I/O, no clock. */
export { ChanceWords } from './chance-words.ts'
export { notFound } from './differences.ts'
export type { Order } from './order.ts'
export { type RecordedOrder, type Replayed, replayOrder } from './replay.ts'
export { type Search, searchOrders, type SearchTerms } from './search.ts'
export { shrinkOrder } from './shrink.ts'
