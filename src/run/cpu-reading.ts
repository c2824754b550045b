/**
 * Two looks at what the Linux kernel counts of CPU time (proc(5)), and what the machine did between them. Our own
 * process and what it started are nobody's disturbance: they are at rest before a run.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { HeavyProcess, MachineState } from '../core/machine-state.ts'
import { parseLinuxStat } from '../services/owned/process-identity.ts'

/** Of clock ticks, which are the same unit everywhere in a reading. */
export interface CpuReading {
  readonly machine: MachineTicks
  /** By process id. */
  readonly processes: ReadonlyMap<number, ProcessTicks>
}

export interface MachineTicks {
  /** All that there were, of all cores together. */
  readonly total: number
  readonly idle: number
  readonly steal: number
  readonly cores: number
}

export interface ProcessTicks {
  readonly name: string
  readonly parentPid: number
  /** Tells a process from a later one with its number. */
  readonly startTicks: string
  readonly used: number
}

/** A process is heavy above so much of one core. */
const HEAVY_CORES = 0.2
/** With less of all cores free, somebody is at work whom nobody can see: another container, many small processes. */
const QUIET_IDLE_SHARE = 0.8
const QUIET_STEAL_SHARE = 0.05
const MOST_SHOWN = 3

/** null where the system has no such counts. */
export function readCpu(): CpuReading | null {
  try {
    return { machine: parseMachineTicks(readFileSync('/proc/stat', 'utf8')), processes: readProcesses() }
  } catch {
    return null
  }
}

/** The first lines of /proc/stat. Throws RangeError for a text of another kind. */
export function parseMachineTicks(text: string): MachineTicks {
  const lines = text.split('\n').filter((line) => line.startsWith('cpu'))
  const all = lines.find((line) => line.startsWith('cpu '))
  // user, nice, system, idle, iowait, irq, softirq, steal; those of guests are in user and nice already.
  const ticks = (all ?? '').split(/\s+/).slice(1, 9).map(Number)
  if (ticks.length < 8 || ticks.some(Number.isNaN)) throw new RangeError('no line of all CPUs')
  const [, , , idle = 0, waiting = 0, , , steal = 0] = ticks
  return {
    total: ticks.reduce((sum, part) => sum + part, 0),
    idle: idle + waiting,
    steal,
    cores: Math.max(1, lines.length - 1),
  }
}

/** `ownPid`: it and whatever descends from it are left out. */
export function machineBetween(
  before: CpuReading,
  after: CpuReading,
  ownPid = process.pid,
): Omit<MachineState, 'waitedMs'> {
  const total = Math.max(1, after.machine.total - before.machine.total)
  const idleShare = shareOf(after.machine.idle - before.machine.idle, total)
  const stealShare = shareOf(after.machine.steal - before.machine.steal, total)
  const ticksOfACore = total / after.machine.cores
  const heavy = [...after.processes]
    .filter(([pid]) => !descendsFrom(pid, ownPid, after.processes))
    .map(([pid, now]): HeavyProcess => ({ pid, name: now.name, cores: usedSince(before, pid, now) / ticksOfACore }))
    .filter(({ cores }) => cores > HEAVY_CORES)
    .sort((a, b) => b.cores - a.cores)
  const quiet = heavy.length === 0 && idleShare >= QUIET_IDLE_SHARE && stealShare <= QUIET_STEAL_SHARE
  return { quiet, idleShare, stealShare, heavy: heavy.slice(0, MOST_SHOWN) }
}

/** Of one that began in between: all it has used. */
function usedSince({ processes }: CpuReading, pid: number, now: ProcessTicks): number {
  const early = processes.get(pid)
  return now.used - (early?.startTicks === now.startTicks ? early.used : 0)
}

function descendsFrom(pid: number, ancestor: number, processes: CpuReading['processes']): boolean {
  // Bounded: a table that changes while it is read may hold a circle.
  let at = pid
  for (let depth = 0; depth < processes.size; depth++) {
    if (at === ancestor) return true
    const parent = processes.get(at)?.parentPid
    if (parent === undefined) return false
    at = parent
  }
  return false
}

function shareOf(part: number, whole: number): number {
  return Math.min(1, Math.max(0, part / whole))
}

function readProcesses(): Map<number, ProcessTicks> {
  const processes = new Map<number, ProcessTicks>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const ticks = readProcess(name)
    if (ticks !== null) processes.set(Number(name), ticks)
  }
  return processes
}

/** null: it is gone. */
function readProcess(pid: string): ProcessTicks | null {
  try {
    return parseProcessTicks(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return null
  }
}

export function parseProcessTicks(text: string): ProcessTicks {
  const { parentPid, startTicks, ownCpuTicks } = parseLinuxStat(text)
  const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
  return { name, parentPid, startTicks, used: ownCpuTicks }
}
