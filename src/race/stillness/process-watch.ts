/**
 * Whether a service has nothing to do until somebody writes to it, seen from outside: all of its threads sleep, none has
 * run between two looks, and nothing that was written to it, or by it, is left unread. Needs no help from the service.
 *
 * What sleeps in a timer is idle, too: nobody can see for how long. Bytes that are on their way and in no queue yet are
 * not seen; on the loopback that takes no time, since whoever writes carries them to the reader's queue himself.
 */
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { pendingBytes } from './socket-queues.ts'
import { ProcessTree } from './process-tree.ts'
import { lookAtThreads } from './thread-look.ts'

export interface ProcessWatch {
  /** False: it does something, or did while it was looked at. Processes that are gone have nothing to do. */
  isIdle(): Promise<boolean>
}

/**
 * Who sleeps beside a full queue for so long doesn't wait for it: a server of one thread leaves the second buyer's
 * connection where it is until it is done with the first; a driver reads no more of a connection that it isn't asked for.
 */
const LEFT_LYING_MS = 20

/**
 * @param roots ids of the processes that it began with, each a leader of its process group or not; asked at each look
 * @param nowMs a clock that never falls
 * null: this system doesn't tell (no /proc).
 */
export function createProcessWatch(
  roots: () => readonly number[],
  nowMs: () => number = () => performance.now(),
): ProcessWatch | null {
  return process.platform === 'linux' ? new LinuxWatch(roots, nowMs) : null
}

class LinuxWatch implements ProcessWatch {
  readonly #tree: ProcessTree
  readonly #nowMs: () => number
  /** What lay in queues when they were looked at last, and since when. */
  #lying: ReadonlyMap<string, number> = new Map()

  constructor(roots: () => readonly number[], nowMs: () => number) {
    this.#tree = new ProcessTree(roots)
    this.#nowMs = nowMs
  }

  async isIdle(): Promise<boolean> {
    const before = lookAtThreads(this.#tree.members())
    if (before === null) return false
    // What it has written to us is read in between: this turn may be past that, the next one isn't.
    await endOfTurn()
    await endOfTurn()
    if (this.#isSomethingUnread()) return false
    return lookAtThreads(this.#tree.members()) === before
  }

  #isSomethingUnread(): boolean {
    const nowMs = this.#nowMs()
    this.#lying = new Map(pendingBytes(this.#tree.members()).map((one) => [one, this.#lying.get(one) ?? nowMs]))
    return [...this.#lying.values()].some((sinceMs) => nowMs - sinceMs < LEFT_LYING_MS)
  }
}
