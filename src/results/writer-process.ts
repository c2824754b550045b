/**
 * Who writes a run. A pid alone may have been given to somebody else since; a pid and the moment it started may not.
 */
import { readFileSync } from 'node:fs'
import type { RunRecord } from '../core/run-record.ts'

/** This process, as a run record names it. */
export function currentWriter(): RunRecord['writer'] {
  return { pid: process.pid, startedAtTicks: processStartTicks(process.pid) }
}

/** Whether the process that wrote a `running` record is still there. */
export function isWriterAlive(writer: RunRecord['writer']): boolean {
  if (writer.startedAtTicks !== null) return processStartTicks(writer.pid) === writer.startedAtTicks
  try {
    process.kill(writer.pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Clock ticks since boot at which the process started: field 22 of proc(5) `stat`. null without such a process, when it
 * is a zombie, or where there is no /proc. The command's name in field 2 may itself hold spaces and parentheses.
 */
function processStartTicks(pid: number): string | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return null
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? null : (fields[19] ?? null)
}
