import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Batcher } from './batcher.ts'

/** Batches as they were handed over; each is under way until it is ended. */
function recordingBatcher(slots: number, maxBatch: number) {
  const batches: (readonly number[])[] = []
  const ends: (() => void)[] = []
  const batcher = new Batcher<number>({ slots, maxBatch }, (batch) => {
    batches.push(batch)
    return new Promise((resolve) => ends.push(resolve))
  })
  const add = (...items: number[]): void => items.forEach((item) => batcher.add(item))
  return { batches, ends, add }
}

describe('Batcher', () => {
  it('hands over what arrived in one turn of the event loop together, and what came later in another slot', async () => {
    const { batches, add } = recordingBatcher(2, 100)
    add(1, 2, 3)
    expect(batches).toEqual([])
    await turn()
    add(4)
    await turn()
    expect(batches).toEqual([[1, 2, 3], [4]])
  })

  it('gathers while every slot is taken, and hands all of it to the one that gets free', async () => {
    const { batches, ends, add } = recordingBatcher(1, 100)
    add(1)
    await turn()
    add(2, 3)
    await turn()
    add(4)
    await turn()
    expect(batches).toEqual([[1]])
    ends[0]!()
    await turn()
    await turn()
    expect(batches).toEqual([[1], [2, 3, 4]])
  })

  it('makes no batch larger than the bound, and leaves none behind', async () => {
    const { batches, ends, add } = recordingBatcher(1, 2)
    add(1, 2, 3)
    await turn()
    expect(batches).toEqual([[1, 2]])
    ends[0]!()
    await turn()
    await turn()
    expect(batches).toEqual([[1, 2], [3]])
  })
})
