/** What this process used: CPU, memory, and how long its event loop was held up. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { InstanceUsage } from './instance-calls.ts'

const RESOLUTION_MS = 10

/** Reads what was used since the process began; the event loop's delay since the last reading. */
export function createUsageMeter(counters: () => Readonly<Record<string, number>>): () => InstanceUsage {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  return () => {
    const cpu = process.cpuUsage()
    // The histogram holds the whole span between its ticks, of which the resolution is meant.
    const heldUpMs = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS)
    const eventLoopDelayMs =
      delay.count === 0
        ? null
        : { p50: heldUpMs(delay.percentile(50)), p99: heldUpMs(delay.percentile(99)), max: heldUpMs(delay.max) }
    delay.reset()
    return {
      pid: process.pid,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      maxRssBytes: process.resourceUsage().maxRSS * 1024,
      eventLoopDelayMs,
      work: counters(),
    }
  }
}
