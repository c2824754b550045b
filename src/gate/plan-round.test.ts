import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planGate, planRound, smallestVisibleEffect } from './index.ts'
import { gateOptions } from './gate-options.ts'
import { roundsOn, visitOf } from './testing/visits.ts'

const { leastEffect } = gateOptions()

describe('the plan of a gate', () => {
  it('keeps the budget with calibration and both rounds', () => {
    const milliseconds = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(milliseconds, milliseconds, (budgetMs, visitMs) => {
        const { calibrationVisits, blocksARound, visitsAnArm } = planGate({ budgetMs, visitMs })
        expect(visitsAnArm).toBe(blocksARound * 2)
        const spentMs = blocksARound === 0 ? 0 : (calibrationVisits + 2 * blocksARound * 4) * visitMs
        expect(spentMs).toBeLessThanOrEqual(budgetMs)
      }),
    )
    expect(planGate({ budgetMs: 300_000, visitMs: 5_000 })).toMatchObject({ blocksARound: 6, visitsAnArm: 12 })
  })

  it('has no rounds that could raise no suspicion, however slow the candidate is', () => {
    const visits = (count: number) => planGate({ budgetMs: count, visitMs: 1 })
    expect(visits(5 + 2 * 3 * 4)).toMatchObject({ blocksARound: 3, visitsAnArm: 6 })
    expect(visits(5 + 2 * 3 * 4 - 1)).toMatchObject({ blocksARound: 0, visitsAnArm: 0 })
  })

  it('visits in blocks of A B B A and B A A B, as many of each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0 }), (blocks, seed) => {
        const visits = planRound({ round: 2, blocks, earlierBlocks: 7, seed })
        const orders = Array.from({ length: blocks }, (_, index) => {
          const block = visits.slice(index * 4, index * 4 + 4)
          expect(new Set(block.map((visit) => visit.block))).toEqual(new Set([7 + index]))
          return block.map(({ arm }) => arm[0]).join('')
        })
        expect(orders.every((order) => order === 'bccb' || order === 'cbbc')).toBe(true)
        const outside = orders.filter((order) => order === 'bccb').length
        expect(Math.abs(2 * outside - blocks)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('is the same from the same seed', () => {
    const request = { round: 1, blocks: 8, earlierBlocks: 0, seed: 4 }
    expect(planRound(request)).toEqual(planRound(request))
  })
})

describe('the smallest change that a gate will see', () => {
  const noisy = (noise: number) =>
    roundsOn({ noise: { cpuMicrosPerOrder: noise } }, { blocks: 10, rounds: 1, seed: 1 }).filter(
      ({ arm }) => arm === 'baseline',
    )
  const seen = (noise: number, visitsAnArm: number): number =>
    smallestVisibleEffect({ calibration: noisy(noise), visitsAnArm, leastEffect }).find(
      ({ metric }) => metric === 'cpuMicrosPerOrder',
    )!.effect!

  it('grows with noise, falls with visits, and is never below the least that matters', () => {
    expect(seen(0.2, 12)).toBeGreaterThan(seen(0.1, 12))
    expect(seen(0.2, 48)).toBeLessThan(seen(0.2, 12))
    expect(seen(0, 12)).toBeCloseTo(0.05, 10)
  })

  it('is as small on a machine whose speed swings, where the generator tells it', () => {
    const visits = roundsOn({ noise: { cpuMicrosPerOrder: 0.02 }, speed: 0.2 }, { blocks: 10, rounds: 1, seed: 1 })
    const cpuEffect = (calibration: typeof visits): number =>
      smallestVisibleEffect({ calibration, visitsAnArm: 12, leastEffect }).at(-1)!.effect!
    const unknown = { onTimeShare: 1, cpuShare: 0.1, cpuMicrosPerRequest: null }
    expect(cpuEffect(visits)).toBeLessThan(0.1)
    expect(cpuEffect(visits.map((visit) => ({ ...visit, generator: unknown })))).toBeGreaterThan(0.2)
  })

  it('is a fall of goodput', () => {
    const halved = roundsOn({ noise: { goodputPerSec: 0.3 } }, { blocks: 10, rounds: 1, seed: 1 })
    const foreseen = smallestVisibleEffect({ calibration: halved, visitsAnArm: 12, leastEffect })
    const { effect } = foreseen.find(({ metric }) => metric === 'goodputPerSec')!
    expect(effect).toBeGreaterThan(0.2)
    expect(effect).toBeLessThan(1)
  })

  it('is none of rounds that are too small to raise a suspicion', () => {
    const foreseen = smallestVisibleEffect({ calibration: noisy(0.01), visitsAnArm: 4, leastEffect })
    expect(foreseen.every(({ effect }) => effect === null)).toBe(true)
  })

  it('is not known from too few visits, or of what was not measured', () => {
    const calibration = [visitOf('baseline'), visitOf('baseline')]
    const foreseen = smallestVisibleEffect({ calibration, visitsAnArm: 12, leastEffect })
    expect(foreseen.every(({ effect }) => effect === null)).toBe(true)
  })
})
