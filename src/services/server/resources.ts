/**
 * CPU and memory of a server's process tree, from /proc (proc(5)). A process that ended is counted through its parent,
 * which has waited for it: so the figures of Postgres hold the backends of closed connections too.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { ResourceFigures } from '../../core/run-record.ts'
import { parseLinuxStat } from '../owned/process-identity.ts'

/** USER_HZ, fixed at 100 on every architecture that Node runs on. */
const TICKS_PER_SEC = 100
const BYTES_PER_KB = 1024

/** null where there is no /proc, or the process is gone. */
export function resourcesOfTree(rootPid: number): ResourceFigures | null {
  const pids = process.platform === 'linux' ? treeOf(rootPid) : []
  if (pids.length === 0) return null
  let cpuTicks = 0
  let ownBytes = 0
  let sharedBytes = 0
  for (const pid of pids) {
    const stat = read(`/proc/${pid}/stat`)
    const status = read(`/proc/${pid}/status`)
    if (stat === null || status === null) continue
    cpuTicks += parseLinuxStat(stat).cpuTicks
    const memory = parseMemory(status)
    ownBytes += memory.peakBytes - memory.sharedBytes
    sharedBytes = Math.max(sharedBytes, memory.sharedBytes)
  }
  return { cpuSeconds: cpuTicks / TICKS_PER_SEC, maxRssBytes: ownBytes + sharedBytes }
}

/** Peak resident size, and the part of it in memory shared between processes (`shared_buffers`, touched by each backend). */
export function parseMemory(status: string): { peakBytes: number; sharedBytes: number } {
  const kb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  return { peakBytes: kb('VmHWM') * BYTES_PER_KB, sharedBytes: kb('RssShmem') * BYTES_PER_KB }
}

function treeOf(rootPid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : null
    if (stat !== null) parents.set(Number(name), parseLinuxStat(stat).parentPid)
  }
  const belongs = (pid: number): boolean => {
    let at: number | undefined = pid
    // A chain of parents is never longer than the table; the bound guards against ids given out again meanwhile.
    for (let depth = 0; at !== undefined && depth < 64; depth++) {
      if (at === rootPid) return true
      at = parents.get(at)
    }
    return false
  }
  return parents.has(rootPid) ? [...parents.keys()].filter(belongs) : []
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
