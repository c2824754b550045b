/**
 * Whether a service has nothing to do until somebody writes to it, seen from outside: all of its threads sleep, and none has
 * run between two looks. Needs no help from the service.
 *
 * No queue of a socket is looked at. On the loopback whoever writes carries the bytes to the reader's queue himself and
 * wakes the reader there, in one system call: who sleeps beside a full queue doesn't wait for it, like a server of one
 * thread that leaves the second buyer's connection where it is. The table of sockets says no more than that, and takes 4 to
 * 25 ms to read where other connections have come and gone.
 *
 * What sleeps in a timer, or waits for an answer of somebody else's, sleeps as well: nobody can see from outside that it
 * will go on by itself. Who knows how long that takes at most says so.
 */
import { setImmediate as endOfTurn, setTimeout as delay } from 'node:timers/promises'
import { ProcessTree } from './process-tree.ts'
import { lookAtThreads } from './thread-look.ts'

export interface ProcessWatch {
  /**
   * False: it does something, or did while it was looked at. What it has written to this process before has been read when
   * this resolves to true; and what this process had written to it by then, it has dealt with. Processes that are gone have
   * nothing to do. Takes some turns of the event loop, so that it can be asked again and again.
   */
  isIdle(): Promise<boolean>
}

/** The first may end a turn that is past reading. Then one takes connections, and one reads what came by them. */
const TURNS = 3

/**
 * @param roots ids of the processes that it began with, each a leader of its process group or not; asked at each look
 * @param quietMs none of them has to have run for so long
 * null: this system doesn't tell (no /proc).
 */
export function createProcessWatch(roots: () => readonly number[], quietMs = 0): ProcessWatch | null {
  if (process.platform !== 'linux') return null
  const tree = new ProcessTree(roots)
  /** How it was when it was found idle last: as long as it is so, it has been quiet. */
  let idle: string | null = null
  return {
    async isIdle() {
      const before = lookAtThreads(tree.members())
      if (quietMs > 0 && before !== null && before !== idle) await delay(quietMs)
      for (let turn = 0; turn < TURNS; turn++) await endOfTurn()
      // The last thing, so that nothing is written to it between this look and whoever hears of it.
      if (before === null || lookAtThreads(tree.members()) !== before) return false
      idle = before
      return true
    },
  }
}
