/**
 * Beginnings of orders that are still to be tried: fewest preemptions first, then the shortest, then by when they were found.
 * So the first wrong order that is found is also one of few interruptions, which is what a reader can follow.
 */
import type { Branch } from './choice-node.ts'

interface Entry {
  readonly branch: Branch
  /** When it was found. */
  readonly number: number
}

/** A binary heap. */
export class BranchQueue {
  readonly #entries: Entry[] = []
  #found = 0

  push(branch: Branch): void {
    const entries = this.#entries
    const entry = { branch, number: this.#found++ }
    let at = entries.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!comesBefore(entry, entries[parent]!)) break
      entries[at] = entries[parent]!
      at = parent
    }
    entries[at] = entry
  }

  /** Removes the first; null: none is left. */
  pop(): Branch | null {
    const first = this.#entries[0]
    const last = this.#entries.pop()
    if (first === undefined || last === undefined) return null
    if (first !== last) this.#sink(last)
    return first.branch
  }

  /** Puts an entry in the place of the first, and down to where it belongs. */
  #sink(entry: Entry): void {
    const entries = this.#entries
    let at = 0
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      if (child + 1 < entries.length && comesBefore(entries[child + 1]!, entries[child]!)) child++
      if (!comesBefore(entries[child]!, entry)) break
      entries[at] = entries[child]!
      at = child
    }
    entries[at] = entry
  }
}

function comesBefore(one: Entry, other: Entry): boolean {
  const preemptions = one.branch.preemptions - other.branch.preemptions
  if (preemptions !== 0) return preemptions < 0
  const length = one.branch.node.depth - other.branch.node.depth
  return length === 0 ? one.number < other.number : length < 0
}
