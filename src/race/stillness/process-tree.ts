/**
 * The processes of a service: those that it began with, whatever is in their process groups, and what descends from
 * either. So a child that leaves the group is found by its parent, and an orphan by its group.
 */
import { numbersIn, readProc } from './proc-file.ts'

/** Longer than any chain of parents here; ids given out again meanwhile could make a circle. */
const DEEPEST = 64

interface Kin {
  readonly parent: number
  readonly group: number
}

export class ProcessTree {
  readonly #roots: () => readonly number[]
  #members: readonly number[] = []
  /** What the members go by; null: nothing is known of them. */
  #asOf: string | null = null

  constructor(roots: () => readonly number[]) {
    this.#roots = roots
  }

  /**
   * Looks at all processes of the machine only when there is a new one among them: a few milliseconds are a lot to whoever
   * asks at each step. Some of the members may be gone.
   */
  members(): readonly number[] {
    const roots = this.#roots()
    // Read first: what is started during the look is newer, and makes the next one.
    const newest = newestTask(readProc('/proc/loadavg') ?? '')
    const asOf = newest === null ? null : `${newest} ${roots.join(' ')}`
    if (asOf === null || asOf !== this.#asOf) {
      this.#members = membersOf(roots, readKin())
      this.#asOf = asOf
    }
    return this.#members
  }
}

/** Of /proc/loadavg the last field: the id that was given out last, to a process or a thread. null: it isn't told. */
export function newestTask(loadavg: string): number | null {
  const last = Number(loadavg.trim().split(' ').at(-1))
  return Number.isInteger(last) && last > 0 ? last : null
}

export function membersOf(roots: readonly number[], all: ReadonlyMap<number, Kin>): number[] {
  return [...all.keys()].filter((pid) => {
    let at = pid
    for (let depth = 0; depth < DEEPEST; depth++) {
      const kin = all.get(at)
      if (kin === undefined) return false
      if (roots.includes(at) || roots.includes(kin.group)) return true
      at = kin.parent
    }
    return false
  })
}

function readKin(): Map<number, Kin> {
  const all = new Map<number, Kin>()
  for (const pid of numbersIn('/proc')) {
    const kin = parseKin(readProc(`/proc/${pid}/stat`) ?? '')
    if (kin !== null) all.set(pid, kin)
  }
  return all
}

/** Fields 4 and 5 of /proc/PID/stat; the name before them is in parentheses and may hold anything. */
export function parseKin(stat: string): Kin | null {
  const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group === undefined ? null : { parent: Number(parent), group: Number(group) }
}
