/**
 * The one thing a killed Postgres leaves outside its folder: a System V shared memory segment of some bytes, by which
 * it sees whether another still runs on its data. A Postgres that ends by itself removes it.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { IN_OWN_SESSION } from '../own-session.ts'

/** Of util-linux. Where it is missing, some bytes of shared memory stay until the next boot. */
const REMOVER = 'ipcrm'

export interface Segment {
  readonly key: number
  readonly id: number
}

/** Line 7 of postmaster.pid: key and id. null when the file ends before. */
export function parsePostmasterSegment(text: string): Segment | null {
  const match = /^\s*(\d+)\s+(\d+)\s*$/.exec(text.split('\n')[6] ?? '')
  return match ? { key: Number(match[1]), id: Number(match[2]) } : null
}

/** Whether /proc/sysvipc/shm shows the segment, and no process attached to it. Columns: key shmid perms size cpid lpid nattch. */
export function isLeftOver(segment: Segment, table: string): boolean {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([key, id, , , , , attached]) => key === segment.key && id === segment.id && attached === 0)
}

/** For the data folder of a Postgres that is gone. Does nothing where nothing was left, or there is no such table. */
export function removeLeftOverSegment(dataFolder: string): void {
  const pidFile = readIfThere(`${dataFolder}/postmaster.pid`)
  const segment = pidFile === null ? null : parsePostmasterSegment(pidFile)
  const table = readIfThere('/proc/sysvipc/shm')
  if (segment === null || table === null || !isLeftOver(segment, table)) return
  spawnSync(REMOVER, ['-m', String(segment.id)], { ...IN_OWN_SESSION, stdio: 'ignore' })
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
