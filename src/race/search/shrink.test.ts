import { describe, expect, it } from 'vitest'
import type { EventName } from '../../core/race-record.ts'
import { createRandom } from '../../core/random.ts'
import type { Execute } from '../choice.ts'
import { lettingGo } from './follow.ts'
import { type Order, replayOrder, shrinkOrder } from './index.ts'
import { orderOf } from './order.ts'
import { randomWorld } from './testing/random-worlds.ts'
import { checkThenAct, drainCarelessly, ordersAreKept, sellAndQueue, shop, times } from './testing/toy-shops.ts'
import { toyExecute } from './testing/toy-world.ts'

const ALWAYS = { hasTime: () => true }

async function run(execute: Execute, names: readonly EventName[]): Promise<Order> {
  return orderOf(await execute(lettingGo(names.map((name) => name.slice(0, name.indexOf(' #'))))))
}

/** Goes anywhere. */
async function runByChance(execute: Execute, seed: number): Promise<Order> {
  const random = createRandom(seed)
  return orderOf(await execute((enabled) => enabled[random.below(enabled.length)]!.event))
}

function counted(execute: Execute): { execute: Execute; runs: () => number } {
  let runs = 0
  const counting: Execute = async (choose) => {
    runs++
    return await execute(choose)
  }
  return { execute: counting, runs: () => runs }
}

describe('a wrong order', () => {
  const execute = toyExecute(shop(times(3, checkThenAct), 1))
  const tangled = ['buyer 3 #1', 'buyer 1 #1', 'buyer 2 #1', 'buyer 1 #2', 'buyer 3 #2', 'buyer 2 #2']

  it('is shrunk to as few interruptions, then events, as it takes', async () => {
    const wrong = await run(execute, tangled)
    expect(wrong).toMatchObject({ names: tangled, preemptions: 3 })
    const shrunk = await shrinkOrder(execute, wrong, ALWAYS)
    expect(shrunk.executed.failed).toEqual(['oversold'])
    expect(shrunk.preemptions).toBe(1)
    expect(shrunk.names).toHaveLength(5)
  })

  it('loses the looks of a loop that have nothing to do with it', async () => {
    const queued = toyExecute(shop(times(2, sellAndQueue), 2, { background: drainCarelessly, judge: ordersAreKept }))
    const sales = ['background #1', 'buyer 1 #1', 'background #2', 'buyer 1 #2', 'buyer 2 #1']
    const drain = ['background #3', 'background #4', 'buyer 2 #2', 'background #5']
    const wrong = await run(queued, [...sales, ...drain])
    expect(wrong.executed.failed).toEqual(['acknowledged-kept'])
    const shrunk = await shrinkOrder(queued, wrong, ALWAYS)
    expect(shrunk.executed.failed).toEqual(['acknowledged-kept'])
    expect(wrong.names.filter((name) => name.startsWith('background'))).toHaveLength(6)
    expect(shrunk.names.filter((name) => name.startsWith('background'))).toHaveLength(4)
    expect(shrunk.preemptions).toBe(1)
  })

  it('stays as it is without time', async () => {
    const wrong = await run(execute, tangled)
    const { execute: watched, runs } = counted(execute)
    expect(await shrinkOrder(watched, wrong, { hasTime: () => false })).toBe(wrong)
    expect(runs()).toBe(0)
  })

  it('stays as it is where what is shorter fails in another check, or in none', async () => {
    const always = toyExecute(shop(times(3, checkThenAct), 1, { judge: () => ['another'] }))
    const wrong = await run(execute, tangled)
    expect(await shrinkOrder(always, wrong, ALWAYS)).toBe(wrong)
  })
})

it('tries no more than 60, keeps one of the faults, and gives nothing longer', async () => {
  let shorter = 0
  for (let seed = 1; seed <= 300; seed++) {
    const { execute, runs } = counted(toyExecute(randomWorld(seed)))
    const wrong = await runByChance(execute, seed)
    if (wrong.executed.failed?.length === 0) continue
    const before = runs()
    const shrunk = await shrinkOrder(execute, wrong, ALWAYS)
    expect(runs() - before).toBeLessThanOrEqual(60)
    expect(shrunk.executed.failed!.some((check) => wrong.executed.failed!.includes(check))).toBe(true)
    expect(shrunk.preemptions).toBeLessThanOrEqual(wrong.preemptions)
    shorter += shrunk.preemptions < wrong.preemptions ? 1 : 0
    const again = await replayOrder(execute, { order: shrunk.names, calls: shrunk.calls })
    expect(again).toMatchObject({ kind: 'ended', executed: { end: shrunk.executed.end } })
  }
  expect(shorter).toBeGreaterThan(30)
})
