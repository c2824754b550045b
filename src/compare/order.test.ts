import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random.ts'
import { orderOfRuns } from './order.ts'

const order = (seed: number, repeat = 4) =>
  orderOfRuns({ contestants: 3, regimes: 2, repeat, random: createRandom(seed) })

const cellOf = ({ contestant, regime }: { contestant: number; regime: number }) => `${contestant}/${regime}`

describe('the order of runs', () => {
  it('has every contestant in every regime once in each block', () => {
    const runs = order(1)
    expect(runs.map(({ block }) => block)).toEqual([0, 1, 2, 3].flatMap((block) => Array(6).fill(block)))
    for (const block of [0, 1, 2, 3]) {
      const cells = runs.filter((run) => run.block === block).map(cellOf)
      expect(cells.toSorted()).toEqual(['0/0', '0/1', '1/0', '1/1', '2/0', '2/1'])
    }
  })

  it('is another one in each block, so that nobody always comes after the same', () => {
    const runs = order(1)
    const blocks = [0, 1, 2, 3].map((block) =>
      runs
        .filter((run) => run.block === block)
        .map(cellOf)
        .join(' '),
    )
    expect(new Set(blocks).size).toBe(4)
  })

  it('is the same from the same seed, and another from another', () => {
    expect(order(7)).toEqual(order(7))
    expect(order(8)).not.toEqual(order(7))
  })

  it('puts everybody first about as often', () => {
    const first = order(3, 600).filter((_, index) => index % 6 === 0)
    for (const contestant of [0, 1, 2]) {
      const times = first.filter((run) => run.contestant === contestant).length
      expect(times).toBeGreaterThan(150)
      expect(times).toBeLessThan(250)
    }
  })
})
