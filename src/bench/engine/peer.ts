/**
 * What the bench compares: generators that drive one server with one load. Ours and autocannon run in a child process
 * and report the CPU of that whole process while the load lasted; wrk and wrk2 are timed from outside.
 */

export interface PeerLoad {
  readonly url: string
  /** Requests per second of an open loop; null: closed loop, as fast as answers come. */
  readonly ratePerSec: number | null
  readonly connections: number
  readonly durationMs: number
}

export interface PeerFigures {
  /** Requests that were answered. */
  readonly completed: number
  readonly elapsedMs: number
  /** User and system, all threads. */
  readonly cpuSeconds: number
  /** Sent later than planned; null where the generator doesn't tell. */
  readonly latenessMs: { readonly p50: number; readonly p99: number } | null
}

/** The parts that run in a child process of the bench. */

export type PeerRole = 'ours' | 'ours-timer' | 'ours-closed' | 'autocannon'

export function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
