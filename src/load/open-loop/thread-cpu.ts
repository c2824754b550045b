/**
 * CPU time of the calling thread. Node 20 has no call for it, Linux has a file; elsewhere there is no answer, and
 * whoever asks falls back on the whole process.
 */
import { readFileSync } from 'node:fs'

/** User and system seconds of the calling thread since it began; null where the system doesn't tell. */
export function threadCpuSeconds(): number | null {
  try {
    const onCpuNs = Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0])
    return Number.isFinite(onCpuNs) ? onCpuNs / 1e9 : null
  } catch {
    return null
  }
}
