/**
 * The closed model: so many connections, each of which sends its next request when the answer to its last one came. The
 * load is as high as the target is fast, so that there is no offered rate. Pure.
 */
import type { Step } from './scenario.ts'

/** What a request is taken to need where a step names a rate and no connections. */
export const ASSUMED_ANSWER_MS = 10

/**
 * Connections of a step in the closed model: those that it names, or as many as carry its mean rate when each request
 * needs {@link ASSUMED_ANSWER_MS} (Little's law, L = lambda W: J. D. C. Little, Operations Research 9, 1961). At least
 * one, at most `maxInFlight`.
 */
export function connectionsOf({ connections, arrivalRatePerSec }: Step, maxInFlight: number): number {
  if (connections !== undefined) return Math.min(connections, maxInFlight)
  const needed = Math.ceil((arrivalRatePerSec * ASSUMED_ANSWER_MS) / 1_000)
  return Math.min(Math.max(1, needed), maxInFlight)
}
