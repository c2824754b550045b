import { expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { BranchQueue } from './branch-queue.ts'
import type { Branch } from './choice-node.ts'

it('gives fewest preemptions first, then the shortest, then the one that was found first', () => {
  const random = createRandom(7)
  const queue = new BranchQueue()
  const branches = Array.from({ length: 500 }, () => branchOf(random.below(4), random.below(6)))
  for (const branch of branches) queue.push(branch)
  const sorted = branches.toSorted(
    (one, other) => one.preemptions - other.preemptions || one.node.depth - other.node.depth,
  )
  for (const branch of sorted) expect(queue.pop()).toBe(branch)
  expect(queue.pop()).toBeNull()
})

it('takes what is found meanwhile', () => {
  const queue = new BranchQueue()
  const [few, many, none] = [branchOf(1, 5), branchOf(2, 1), branchOf(0, 9)]
  queue.push(many)
  queue.push(few)
  expect(queue.pop()).toBe(few)
  queue.push(none)
  expect([queue.pop(), queue.pop(), queue.pop()]).toEqual([none, many, null])
})

function branchOf(preemptions: number, depth: number): Branch {
  return { preemptions, node: { depth } } as Branch
}
