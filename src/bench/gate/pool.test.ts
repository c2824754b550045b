import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { drawGates } from './draw-gates.ts'
import { renderEvidence } from './evidence-table.ts'
import { armsOfBlock, type Pool, POOL_ARMS, type PoolVisit, withoutSpeed } from './pool.ts'

/** Of visits that differ by little, and a slowed arm that takes so much more CPU. */
function poolWith(slowdown: number, noise: number): Pool {
  const random = createRandom(3)
  const around = (value: number): number => value * (1 + noise * (random.next() - 0.5))
  const blocks = Array.from({ length: 20 }, (_, index) =>
    armsOfBlock(1, index).map((arm) => ({
      arm,
      figures: [200, around(1.2), around(6), 0, around(400) * (arm === 'slowed' ? 1 + slowdown : 1)],
      onTimeShare: 1,
      cpuShare: 0.1,
      cpuMicrosPerRequest: around(250),
    })),
  )
  return { machine: '2 x cpu', visit: 'smoke', visitMs: 5_000, recordedAt: '2026-03-14T15:09:26.000Z', blocks }
}

/** A machine that is up to so much slower in one visit than in another, target and generator alike. */
function swungBy(share: number, pool: Pool): Pool {
  const random = createRandom(4)
  const slowed = (visit: PoolVisit): PoolVisit => {
    const factor = 1 + share * random.next()
    const figures = visit.figures.map((value, index) => (index === 4 ? value! * factor : value))
    return { ...visit, figures, cpuMicrosPerRequest: visit.cpuMicrosPerRequest! * factor }
  }
  return { ...pool, blocks: pool.blocks.map((block) => block.map(slowed)) }
}

describe('a block of a pool', () => {
  it('holds every arm twice, and any two of them as A B B A', () => {
    for (let block = 0; block < 30; block++) {
      const arms = armsOfBlock(7, block)
      for (const [one, other] of [
        ['baseline', 'control'],
        ['baseline', 'slowed'],
      ] as const) {
        const [a, b, c, d] = arms.filter((arm) => arm === one || arm === other)
        expect([a === d, b === c, a === b]).toEqual([true, true, false])
      }
      expect(new Set(arms)).toEqual(new Set(POOL_ARMS))
    }
    expect(new Set(Array.from({ length: 30 }, (_, block) => armsOfBlock(7, block).join())).size).toBeGreaterThan(3)
  })
})

describe('gates that are drawn from a pool', () => {
  const options = { gates: 5, blocks: [5, 5] as const, seed: 1 }

  it('find what was slowed, and nothing between A and A', () => {
    const pool = poolWith(0.3, 0.05)
    expect(drawGates({ ...options, pool, candidate: 'control' })).toMatchObject({ regressed: 0, passed: 5 })
    expect(drawGates({ ...options, pool, candidate: 'slowed' })).toMatchObject({ regressed: 5, regressedCpu: 5 })
  })

  it('are judged by times as they were measured, where nobody knows how fast the machine was', () => {
    const swinging = swungBy(0.6, poolWith(0.15, 0.02))
    expect(drawGates({ ...options, pool: swinging, candidate: 'slowed' }).regressedCpu).toBe(5)
    expect(drawGates({ ...options, pool: withoutSpeed(swinging), candidate: 'slowed' }).regressedCpu).toBeLessThan(3)
  })

  it('have no visit in both rounds: a pool that is too small for that is refused', () => {
    const pool = poolWith(0.3, 0.05)
    expect(() => drawGates({ ...options, pool, blocks: [11, 10], candidate: 'slowed' })).toThrow(RangeError)
    expect(() => drawGates({ ...options, pool, blocks: [5, 0], candidate: 'slowed' })).toThrow(RangeError)
    expect(drawGates({ ...options, pool, blocks: [8, 12], candidate: 'slowed' }).regressed).toBe(5)
  })

  it('are the same from the same seed, and a table in the end', () => {
    const pool = poolWith(0.1, 0.2)
    const alike = drawGates({ ...options, pool, candidate: 'control' })
    const slowed = drawGates({ ...options, pool, candidate: 'slowed' })
    expect(drawGates({ ...options, pool, candidate: 'slowed' })).toEqual(slowed)
    const text = renderEvidence({ pool, blocks: [4, 5], alike, slowed })
    expect(text).toContain(
      'A pool of 40 visits an arm; 5 gates of each kind, 8 visits an arm in the first round and 10 in the second.',
    )
    expect(text).toMatch(/^\| A against A \| 0\.00% \|/m)
    expect(text).toMatch(/^\| CPU per order \| \d/m)
    expect(text).toMatch(/^\| CPU per order, at one speed \| \d/m)
    expect(text).not.toContain('goodput, at one speed')
    expect(text).toMatch(/^CPU per order in the middle: baseline \d+us, control \d+us, slowed \d+us\.$/m)
  })
})
