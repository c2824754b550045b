/**
 * CPU and memory of a server's process tree, from /proc (proc(5)). A process that ended is counted through its parent,
 * which has waited for it: so the figures of Postgres hold the backends of closed connections too.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { ResourceFigures } from '../../core/run-record.ts'
import { type LinuxStat, parseLinuxStat } from '../owned/process-identity.ts'

/** USER_HZ, fixed at 100 on every architecture that Node runs on. */
const TICKS_PER_SEC = 100
const BYTES_PER_KB = 1024

/** A process that ends while the tree is read may be missed in both places; then the tree is read again. */
const READINGS = 5

/** null where there is no /proc, or the process is gone. */
export function resourcesOfTree(rootPid: number): ResourceFigures | null {
  if (process.platform !== 'linux') return null
  let tree = readTree(rootPid)
  for (let reading = 1; reading < READINGS; reading++) {
    const waitedFor = readStat(rootPid)?.waitedForCpuTicks
    if (waitedFor === tree.get(rootPid)?.waitedForCpuTicks) break
    tree = readTree(rootPid)
  }
  return tree.size === 0 ? null : { cpuSeconds: cpuSeconds(tree), maxRssBytes: peakBytes(tree) }
}

type Tree = ReadonlyMap<number, LinuxStat>

function cpuSeconds(tree: Tree): number {
  let ticks = 0
  for (const stat of tree.values()) ticks += stat.ownCpuTicks + stat.waitedForCpuTicks
  return ticks / TICKS_PER_SEC
}

function peakBytes(tree: Tree): number {
  let ownBytes = 0
  let sharedBytes = 0
  for (const pid of tree.keys()) {
    const memory = parseMemory(read(`/proc/${pid}/status`) ?? '')
    ownBytes += memory.peakBytes - memory.sharedBytes
    sharedBytes = Math.max(sharedBytes, memory.sharedBytes)
  }
  return ownBytes + sharedBytes
}

/** Peak resident size, and the part of it in memory shared between processes (`shared_buffers`, touched by each backend). */
export function parseMemory(status: string): { peakBytes: number; sharedBytes: number } {
  const kb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  return { peakBytes: kb('VmHWM') * BYTES_PER_KB, sharedBytes: kb('RssShmem') * BYTES_PER_KB }
}

function readTree(rootPid: number): Tree {
  const all = new Map<number, LinuxStat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null
    if (stat !== null) all.set(Number(name), stat)
  }
  return new Map([...all].filter(([pid]) => descendsFrom(pid, rootPid, all)))
}

/** Longer than any chain of parents here; ids given out again meanwhile could make a circle. */
const DEEPEST = 64

function descendsFrom(pid: number, rootPid: number, all: Tree): boolean {
  let at: number | undefined = pid
  for (let depth = 0; at !== undefined && depth < DEEPEST; depth++) {
    if (at === rootPid) return all.has(rootPid)
    at = all.get(at)?.parentPid
  }
  return false
}

function readStat(pid: number): LinuxStat | null {
  const text = read(`/proc/${pid}/stat`)
  return text === null ? null : parseLinuxStat(text)
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
