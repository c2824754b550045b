/**
 * Spans of time that are part of how a strategy works: the pause of a loop that looks for work, a back-off, the delay of a
 * second delete. What they are for is that others may do anything in between; where a harness decides who does what
 * (`--for-race`), they are over at once, and what comes after them stands before a store until its turn has come.
 */
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'

/** How long a span of `ms` is, ms. */
export type Span = (ms: number) => number

export const AS_LONG_AS_IT_SAYS: Span = (ms) => ms
export const OVER_AT_ONCE: Span = () => 0

/** `ms` as a span says; one that is over at once takes a turn of the event loop. Rejects when the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal }
  if (ms === 0) await turn(undefined, options)
  else await delay(ms, undefined, options)
}
