/**
 * Finds a process by its program and a text in its arguments: for the instant in which a process was started and its id
 * not yet written down.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { ProcessIntent } from '../service.ts'
import { identityOf, type ProcessIdentity } from './process-identity.ts'
import { IN_OWN_SESSION } from '../own-session.ts'

export function findProcesses(intent: ProcessIntent): ProcessIdentity[] {
  const pids = process.platform === 'linux' ? linuxMatches(intent) : psMatches(intent)
  return pids
    .filter((pid) => pid !== process.pid)
    .map((pid) => identityOf(pid))
    .filter((identity) => identity !== null)
}

function linuxMatches(intent: ProcessIntent): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => linuxProgram(pid) === intent.program && linuxShows(pid, intent.marker))
}

function linuxProgram(pid: number): string | null {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '')
  } catch {
    return null
  }
}

/** In its arguments, or as its working folder: Redis overwrites its arguments once it runs. */
function linuxShows(pid: number, marker: string): boolean {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker)) return true
    return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '') === marker
  } catch {
    return false
  }
}

function psMatches(intent: ProcessIntent): number[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,command='], { ...IN_OWN_SESSION, encoding: 'utf8' }).split('\n')
  return lines
    .map((line) => /^\s*(\d+)\s+(\S+)(.*)$/.exec(line))
    .filter((match) => match !== null)
    .filter(([, , program, rest]) => basename(program ?? '') === intent.program && rest?.includes(intent.marker))
    .map((match) => Number(match[1]))
}
