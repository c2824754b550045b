/** Signals to a process group, and whether one still lives. Groups are those of processes that were spawned detached. */
import { readdirSync, readFileSync } from 'node:fs'

/** num_threads of /proc/<pid>/stat, counted from the state, its third field. */
const THREADS_FIELD = 17

/** Does nothing where the group is gone. */
export function killGroup(groupId: number, signal: NodeJS.Signals): void {
  // The group 0 is our own, and -1 is everybody.
  if (groupId <= 1) return
  try {
    process.kill(-groupId, signal)
  } catch {
    // It ended in the meantime.
  }
}

/** Zombies without threads don't count: where nobody waits for orphans they stay for ever. */
export function groupLives(groupId: number): boolean {
  try {
    process.kill(-groupId, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  if (process.platform !== 'linux') return true
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isLiveMember(name, groupId))
}

/**
 * Of /proc/<pid>/stat: the state, the group two fields behind it, and the number of threads (proc(5)); the name before may
 * hold anything. A zombie with other threads has its files and ports still: the last thread closes them.
 */
function isLiveMember(pid: string, groupId: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state = '', , group] = fields
    return Number(group) === groupId && (!['Z', 'X'].includes(state) || Number(fields[THREADS_FIELD]) > 1)
  } catch {
    return false
  }
}
