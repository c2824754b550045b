/**
 * One monotonic clock for all threads of this process: `process.hrtime` reads CLOCK_MONOTONIC, which every worker
 * thread shares. `performance.now()` doesn't: its origin differs between threads.
 */

/** ns of the monotonic clock since `originNs`, as a double. */
export function nowNs(originNs: bigint): number {
  return Number(process.hrtime.bigint() - originNs)
}
