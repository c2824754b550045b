import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdleQueue } from './idle-queue.ts'
import { type OpenRequest, OpenRequests } from './open-requests.ts'

describe('the queue of idle connections', () => {
  it('is first in, first out, whatever its size', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (pushes) => {
        const queue = new IdleQueue<number>()
        const reference: number[] = []
        pushes.forEach((isPush, i) => {
          if (isPush) {
            queue.push(i)
            reference.push(i)
          }
          expect(queue.first).toBe(reference[0] ?? null)
          const shifted = isPush ? null : queue.shift()
          expect(shifted).toBe(isPush ? null : (reference.shift() ?? null))
          expect(queue.size).toBe(reference.length)
        })
      }),
    )
  })
})

describe('the list of open requests', () => {
  it('knows the oldest, whichever is removed', () => {
    interface Item extends OpenRequest<Item> {
      readonly number: number
    }
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 100 }), (choices) => {
        const list = new OpenRequests<Item>()
        const reference: Item[] = []
        choices.forEach((choice, number) => {
          if (choice % 3 > 0 || reference.length === 0) {
            const item: Item = { number, older: null, newer: null }
            list.append(item)
            reference.push(item)
          } else {
            list.remove(reference.splice(choice % reference.length, 1)[0]!)
          }
          expect(list.oldest?.number).toBe(reference[0]?.number)
        })
      }),
    )
  })
})
