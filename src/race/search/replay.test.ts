import { describe, expect, it } from 'vitest'
import { type RecordedOrder, replayOrder, searchOrders } from './index.ts'
import { checkThenAct, shop, times } from './testing/toy-shops.ts'
import { add, begin, read, toyExecute, type ToyProgram, write } from './testing/toy-world.ts'

const WORLD = shop(times(2, checkThenAct), 1)

async function recordedFault(): Promise<RecordedOrder> {
  const terms = { reduction: 'full', preemptions: null, all: false, hasTime: () => true } as const
  const { firstWrong } = await searchOrders(toyExecute(WORLD), terms)
  return { order: firstWrong!.names, calls: firstWrong!.calls }
}

/** What becomes of the recorded fault when buyers have another program. */
async function replayWith(...buyers: ToyProgram[]): Promise<unknown> {
  return await replayOrder(toyExecute({ ...WORLD, buyers }), await recordedFault())
}

describe('a recorded order', () => {
  it('fails every time', async () => {
    const recorded = await recordedFault()
    for (let time = 0; time < 10; time++) {
      const replayed = await replayOrder(toyExecute(WORLD), recorded)
      expect(replayed).toMatchObject({ kind: 'ended', executed: { failed: ['oversold'] } })
    }
  })

  it('goes on by default behind its last event', async () => {
    const { order, calls } = await recordedFault()
    const replayed = await replayOrder(toyExecute(WORLD), { order: order.slice(0, 2), calls: calls.slice(0, 2) })
    expect(replayed).toMatchObject({ kind: 'ended', executed: { failed: ['oversold'] } })
    const steps = replayed.kind === 'ended' ? replayed.executed.steps : []
    expect(steps.map(({ chosen }) => chosen.event)).toEqual(['buyer 1 #1', 'buyer 2 #1', 'buyer 2 #2', 'buyer 1 #2'])
  })

  it('of no events is the default', async () => {
    const replayed = await replayOrder(toyExecute(WORLD), { order: [], calls: [] })
    expect(replayed).toMatchObject({ kind: 'ended', executed: { failed: [] } })
  })
})

describe('a recorded order that cannot be followed', () => {
  it('says so where a buyer begins with another call', async () => {
    const mended: ToyProgram = function* () {
      return (yield add('postgres', 'stock', -1)) >= 0 ? 'sold' : 'soldOut'
    }
    expect(await replayWith(mended, mended)).toEqual({
      kind: 'cannot-be-followed',
      step: 1,
      sentence: 'step 1: expected buyer 1 #1 (GET stock), found buyer 1 #1 (ADD stock)',
    })
  })

  it('says so where another call stands at the gate', async () => {
    const changed: ToyProgram = function* () {
      const left = yield read('postgres', 'stock')
      yield begin('redis')
      yield write('postgres', 'stock', left - 1)
      return 'sold'
    }
    expect(await replayWith(checkThenAct, changed)).toEqual({
      kind: 'cannot-be-followed',
      step: 3,
      sentence: 'step 3: expected buyer 2 #2 (SET stock), found buyer 2 #2 (BEGIN)',
    })
  })

  it('says so where somebody has nothing to do any more', async () => {
    const brief: ToyProgram = function* () {
      yield read('postgres', 'stock')
      return 'sold'
    }
    const found = { kind: 'cannot-be-followed', step: 3 }
    expect(await replayWith(checkThenAct, brief)).toEqual({
      ...found,
      sentence: 'step 3: expected buyer 2 #2 (SET stock), found nothing of buyer 2',
    })
    expect(await replayWith(brief, brief)).toMatchObject(found)
  })

  it('says so of the first call of its last event, which is known only at the end', async () => {
    const recorded = { order: ['buyer 1 #1'], calls: ['SET stock'] }
    const once: ToyProgram = function* () {
      yield read('postgres', 'stock')
      return 'done'
    }
    expect(await replayOrder(toyExecute(shop([once], 1)), recorded)).toMatchObject({
      kind: 'cannot-be-followed',
      sentence: 'step 1: expected buyer 1 #1 (SET stock), found buyer 1 #1 (GET stock)',
    })
  })
})
