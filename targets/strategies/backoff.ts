/**
 * How long to wait before the next try of something that others got in the way of. Full jitter: a random span up to a
 * bound that doubles with each try, so that the losers of one race don't meet again in the next.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

/** ms; `tries` made so far, from 1; `random` in [0, 1). */
export function backoffMs({ firstMs, maxMs }: Backoff, tries: number, random: () => number = Math.random): number {
  return random() * Math.min(maxMs, firstMs * 2 ** (tries - 1))
}
