/**
 * Who a process is, beyond its number, which the system gives out again: the moment it started. A process is only ever
 * ended when both agree.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Opaque, equal for the same process only: clock ticks since boot on Linux, else the start time as `ps` prints it. */
  readonly startedAt: string
}

const ON_LINUX = process.platform === 'linux'

/** null when there is no such process. */
export function identityOf(pid: number): ProcessIdentity | null {
  const startedAt = ON_LINUX ? linuxStartTicks(pid) : psStartTime(pid)
  return startedAt === null ? null : { pid, startedAt }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startedAt === identity.startedAt
}

/**
 * The boot and the process namespace in which ids hold. Another boot: every process of it is gone. Another namespace
 * of the same boot: nothing can be said about its processes from here.
 */
export interface ProcessScope {
  readonly boot: string
  readonly namespace: string
}

export function presentScope(): ProcessScope {
  if (!ON_LINUX) return { boot: 'unknown', namespace: 'unknown' }
  return {
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    namespace: readlinkSync('/proc/self/ns/pid'),
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); null for a zombie, which holds nothing any more. */
export function parseLinuxStat(text: string): {
  state: string
  parentPid: number
  startTicks: string
  cpuTicks: number
} {
  // The command name is in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).map(Number)
  return {
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    startTicks: fields[19] ?? '',
    cpuTicks: ticks.reduce((sum, value) => sum + value, 0),
  }
}

function linuxStartTicks(pid: number): string | null {
  try {
    const stat = parseLinuxStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return stat.state === 'Z' || stat.state === 'X' ? null : stat.startTicks
  } catch {
    return null
  }
}

function psStartTime(pid: number): string | null {
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return text === '' || text.startsWith('Z') ? null : text.replace(/^\S+\s+/, '')
  } catch {
    return null
  }
}
