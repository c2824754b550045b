/**
 * Buyers who ask again: who of them, and after how long, fixed before the run like everything else that is planned. Drawn
 * from the seed and the buy's number alone, so that whoever needs it can work it out, in any order and any thread.
 */

/** Of a step. */
export interface PlannedRetries {
  /** Share of the buyers who ask again when refused or left without an answer, 0..1. */
  readonly share: number
  /** Mean time from the answer, or from giving up, to the next attempt. */
  readonly delayMs: number
  /** Attempts of one buy at most, the first included. */
  readonly mostAttempts: number
  /** Unsigned 32-bit. */
  readonly seed: number
}

/** Whether the buyer of buy `buy` (its number within the step) asks again at all. */
export function asksAgain({ share, seed }: PlannedRetries, buy: number): boolean {
  return drawn(seed, buy, 0) < share
}

/** ns from the outcome of attempt `attempt` (from 1) to the next: uniform from half to one and a half times the mean. */
export function retryDelayNs({ delayMs, seed }: PlannedRetries, buy: number, attempt: number): number {
  return delayMs * 1e6 * (0.5 + drawn(seed, buy, attempt))
}

/** Uniform in [0, 1): the finalizer of MurmurHash3 over the three numbers. */
function drawn(seed: number, buy: number, attempt: number): number {
  return mixed(mixed(mixed(seed) ^ buy) ^ attempt) / 4_294_967_296
}

function mixed(value: number): number {
  let hash = (value + 0x9e37_79b9) | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
