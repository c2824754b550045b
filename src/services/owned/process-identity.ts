/**
 * Who a process is, beyond its number, which the system gives out again: the moment it started. A process is only ever
 * ended when both agree.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { IN_OWN_SESSION } from '../own-session.ts'

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

export interface LinuxStat {
  readonly state: string
  readonly parentPid: number
  readonly startTicks: string
  /** User and system time of the process itself. */
  readonly ownCpuTicks: number
  /** That of its children which have ended and been waited for, and of theirs. */
  readonly waitedForCpuTicks: number
}

/** What /proc/<pid>/stat says in its fields 3, 4, 14 to 17 and 22 (proc(5)). */
export function parseLinuxStat(text: string): LinuxStat {
  // The command name is in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = (index: number) => Number(fields[index])
  return {
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    startTicks: fields[19] ?? '',
    ownCpuTicks: ticks(11) + ticks(12),
    waitedForCpuTicks: ticks(13) + ticks(14),
  }
}

/** null for a zombie, which holds nothing any more. */
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
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      ...IN_OWN_SESSION,
      encoding: 'utf8',
    }).trim()
    return text === '' || text.startsWith('Z') ? null : text.replace(/^\S+\s+/, '')
  } catch {
    return null
  }
}
