import { expect, it } from 'vitest'
import { Budget } from './budget.ts'

function budgetOf(totalMs: number): { budget: Budget; visitOf: (ms: number) => Promise<void> } {
  let now = 1_000
  const budget = new Budget(totalMs, () => now)
  const visitOf = (ms: number): Promise<void> =>
    budget.spend(() => {
      now += ms
      return Promise.resolve()
    })
  return { budget, visitOf }
}

it('begins the first visit whatever it costs, and no other that would not end in time', async () => {
  const { budget, visitOf } = budgetOf(12_000)
  expect([budget.hasRoomForOne(), budget.visitMs]).toEqual([true, 0])
  await visitOf(2_000)
  expect(budget.hasRoomForOne()).toBe(true)
  await visitOf(4_000)
  await visitOf(2_001)
  // The dearest one would not fit any more, although the last would.
  expect([budget.leftMs, budget.hasRoomForOne()]).toEqual([3_999, false])
})

it('forgets what the first visit cost as soon as there is another, and what was dear long ago', async () => {
  const { budget, visitOf } = budgetOf(200_000)
  await visitOf(120_000)
  expect([budget.visitMs, budget.hasRoomForOne()]).toEqual([120_000, false])
  await visitOf(40_000)
  expect([budget.visitMs, budget.hasRoomForOne()]).toEqual([40_000, true])
  for (let visits = 0; visits < 7; visits++) await visitOf(3_000)
  expect([budget.leftMs, budget.hasRoomForOne()]).toEqual([19_000, false])
  await visitOf(3_000)
  expect(budget.hasRoomForOne()).toBe(true)
})

it('knows what a visit costs in the middle, those that failed too', async () => {
  const { budget, visitOf } = budgetOf(100_000)
  for (const ms of [8_000, 3_000, 9_000, 4_000]) await visitOf(ms)
  expect(budget.visitMs).toBe(4_000)
  await expect(budget.spend(() => Promise.reject(new Error('it died')))).rejects.toThrow('it died')
  expect(budget.visitMs).toBe(3_500)
})

it('plans with dearer visits than it has seen: a block that lacks its last one is lost whole', async () => {
  const { budget, visitOf } = budgetOf(100_000)
  await visitOf(8_000)
  expect(budget.plannedVisitMs).toBeGreaterThan(1.1 * budget.visitMs)
})
