import { describe, expect, it } from 'vitest'
import type { Choose, Execute, Executed } from '../choice.ts'
import { ChanceWords } from './chance-words.ts'
import { type Order, searchOrders, type Search, type SearchTerms } from './index.ts'
import { randomSplitWorld, randomWorld } from './testing/random-worlds.ts'
import {
  checkThenAct,
  checkUnderLock,
  checkUnderMutex,
  checkWithFlag,
  drainCarefully,
  drainCarelessly,
  ordersAreKept,
  pricedByFirst,
  pricesAreOne,
  sellAndQueue,
  shop,
  times,
} from './testing/toy-shops.ts'
import { add, calls, lock, read, toyExecute, type ToyProgram, type ToyWorld, unlock } from './testing/toy-world.ts'

const SEEDS = Array.from({ length: 250 }, (_, index) => index + 1)

async function search(world: ToyWorld, changed: Partial<SearchTerms> = {}): Promise<Search> {
  return await searchOrders(toyExecute(world), termsOf(changed))
}

function termsOf(changed: Partial<SearchTerms>): SearchTerms {
  return { reduction: 'full', preemptions: null, all: true, hasTime: () => true, ...changed }
}

/** How orders ended, each once. */
function endsOf({ ends }: Search): string[] {
  return ends.map(({ end, failed }) => `${end} -> ${failed.join()}`).sort()
}

describe('every order', () => {
  it.each([
    [[1, 1], 2],
    [[2, 3], 10],
    [[4, 4], 70],
    [[5, 3], 56],
    [[2, 2, 2], 90],
    [[3, 2, 1], 60],
    [[1, 1, 1, 1], 24],
  ])('of buyers of %j calls is one of %i, by the multinomial coefficient', async (counts, orders) => {
    const found = await search({ buyers: counts.map((count) => calls(count)) })
    expect(found).toMatchObject({ tried: orders, pruned: 0, wrong: 0, coverage: 'complete', nondeterminism: null })
    expect(found.longest).toBe(counts.reduce((sum, count) => sum + count, 0))
    expect(found.ends.reduce((sum, end) => sum + end.orders, 0)).toBe(orders)
  })

  it('is tried once', async () => {
    const names: string[] = []
    const onOrder = (order: Order): void => void names.push(order.names.join())
    await search({ buyers: [calls(3), calls(3, 'redis'), calls(1)] }, { onOrder })
    expect(new Set(names).size).toBe(names.length)
  })

  it('that a lock leaves is tried, and ends', async () => {
    const locking: ToyProgram = function* () {
      yield lock('postgres', 'row')
      yield unlock('postgres', 'row')
      return 'done'
    }
    const found = await search({ buyers: times(2, locking) })
    expect(found).toMatchObject({ tried: 4, coverage: 'complete' })
    expect(found.ends.map(({ end }) => end)).toEqual(['buyer 1: done, buyer 2: done; ; '])
  })

  it('is right under a lock, and not without', async () => {
    const locked = await search(shop(times(2, checkUnderLock), 1))
    expect(locked).toMatchObject({ wrong: 0, firstWrong: null, coverage: 'complete' })
    const loose = await search(shop(times(2, checkThenAct), 1))
    expect(loose).toMatchObject({ tried: 6, wrong: 4, coverage: 'complete' })
    expect(loose.ends[0]).toMatchObject({ failed: ['oversold'], orders: 4 })
  })

  it('has the looks of a loop in it, which ends when it finds nothing new', async () => {
    const world = { judge: ordersAreKept }
    const careless = await search(shop(times(2, sellAndQueue), 2, { ...world, background: drainCarelessly }))
    expect(careless.wrong).toBeGreaterThan(0)
    const careful = await search(shop(times(2, sellAndQueue), 2, { ...world, background: drainCarefully }))
    expect(careful).toMatchObject({ wrong: 0, coverage: 'complete' })
  })
})

describe('the first wrong order', () => {
  it('of a lost update has one preemption, and ends the search', async () => {
    const found = await search(shop(times(2, checkThenAct), 1), { all: false })
    expect(found).toMatchObject({ wrong: 1, coverage: 'stopped-at-first' })
    expect(found.firstWrong).toMatchObject({
      names: ['buyer 1 #1', 'buyer 2 #1', 'buyer 2 #2', 'buyer 1 #2'],
      calls: ['GET stock', 'GET stock', 'SET stock', 'SET stock'],
      preemptions: 1,
    })
    expect(found.firstWrong!.executed.failed).toEqual(['oversold'])
  })

  it('has the fewest preemptions of all: orders are tried by their number', async () => {
    for (const buyers of [times(3, checkThenAct), times(2, checkUnderLock), [calls(4), calls(4, 'redis')]]) {
      const preemptions: number[] = []
      await search(shop(buyers, 1), { onOrder: (order) => void preemptions.push(order.preemptions) })
      expect(preemptions.length).toBeGreaterThan(10)
      expect(preemptions).toEqual(preemptions.toSorted((one, other) => one - other))
    }
  })

  it('is counted by whoever is told of each', async () => {
    const tried: number[] = []
    await search(shop(times(2, checkThenAct), 1), { onOrder: (_, soFar) => void tried.push(soFar.tried) })
    expect(tried).toEqual([1, 2, 3, 4, 5, 6])
  })
})

describe('a bound of preemptions', () => {
  it('leaves out orders with more, and says so only if there are', async () => {
    const world = shop(times(2, checkThenAct), 1)
    expect(await search(world, { preemptions: 0 })).toMatchObject({ tried: 2, wrong: 0, coverage: 'preemption-bound' })
    const one = await search(world, { preemptions: 1 })
    expect(one).toMatchObject({ tried: 4, wrong: 2, coverage: 'preemption-bound' })
    expect(await search(world, { preemptions: 2 })).toMatchObject({ tried: 6, wrong: 4, coverage: 'complete' })
  })

  it('is kept by a search that was asked to reduce, which then leaves out nothing else', async () => {
    for (const seed of SEEDS.slice(0, 100)) {
      const world = randomWorld(seed)
      const reduced = await search(world, { reduction: 'partial', preemptions: 1 })
      const full = await search(world, { preemptions: 1 })
      expect(reduced.reductionRefused).toContain('bound')
      expect({ ...reduced, reductionRefused: '' }).toEqual({ ...full, reductionRefused: '' })
    }
  })
})

describe('a reduced search', () => {
  it('tells orders of different stores apart only by who came after whose answer, but for its doubles', async () => {
    const stores = await search({ buyers: [calls(3), calls(3, 'redis')] }, { reduction: 'partial' })
    expect(stores).toMatchObject({ tried: 3 + 3, coverage: 'complete' })
    expect(stores).not.toHaveProperty('reductionRefused')
    const oneStore = await search({ buyers: [calls(3), calls(3)] }, { reduction: 'partial' })
    expect(oneStore).toMatchObject({ tried: 20, pruned: 0 })
  })

  it('does not tell reads of one store apart', async () => {
    const reading: ToyProgram = function* () {
      for (const name of ['a', 'b', 'c']) yield read('postgres', name)
      return 'done'
    }
    expect(await search({ buyers: times(2, reading) }, { reduction: 'partial' })).toMatchObject({ tried: 3 + 3 })
  })

  it('finds the ends and the faults that all orders have, and never tries more', async () => {
    const seen = { full: 0, reduced: 0, severalEnds: 0, wrong: 0, refused: 0 }
    for (const seed of SEEDS) {
      const world = randomWorld(seed)
      const full = await search(world)
      const reduced = await search(world, { reduction: 'partial' })
      expect(full.coverage).toBe('complete')
      expect(reduced.coverage).toBe('complete')
      expect({ seed, ends: endsOf(reduced) }).toEqual({ seed, ends: endsOf(full) })
      expect(reduced.tried + reduced.pruned).toBeLessThanOrEqual(full.tried)
      seen.full += full.tried
      seen.reduced += reduced.tried
      seen.severalEnds += full.ends.length > 2 ? 1 : 0
      seen.wrong += full.wrong > 0 && full.wrong < full.tried ? 1 : 0
      seen.refused += reduced.reductionRefused === undefined && reduced.coupled.length === 0 ? 0 : 1
    }
    // What saw nothing to reduce, or nothing to lose, would have shown nothing.
    expect(seen.reduced).toBeLessThan((seen.full * 2) / 3)
    expect(seen.severalEnds).toBeGreaterThan(SEEDS.length / 3)
    expect(seen.wrong).toBeGreaterThan(SEEDS.length / 3)
    expect(seen.refused).toBe(0)
  })

  it('stops at the first wrong order too, which has few preemptions', async () => {
    const found = await search(shop(times(3, checkThenAct), 1), { reduction: 'partial', all: false })
    expect(found).toMatchObject({ wrong: 1, coverage: 'stopped-at-first' })
    expect(found.firstWrong!.preemptions).toBe(1)
  })

  it('takes nothing of buyers for independent where one waits for another within the server', async () => {
    const world = shop(times(2, checkUnderMutex), 1)
    const [full, refused] = [await search(world), await search(world, { reduction: 'partial' })]
    expect(refused.coupled).toEqual(['buyer 1 and buyer 2'])
    expect(refused).toMatchObject({ tried: full.tried, pruned: 0, wrong: 0, coverage: 'complete' })
  })

  it('takes nothing of two for independent whom the memory of the server ties to each other', async () => {
    const world = shop(times(2, checkWithFlag), 1, { judge: ordersAreKept })
    const [full, refused] = [await search(world), await search(world, { reduction: 'partial' })]
    expect(refused.coupled).toEqual(['buyer 1 and buyer 2'])
    expect(refused).not.toHaveProperty('reductionRefused')
    expect(refused).toMatchObject({ tried: full.tried, pruned: 0, coverage: 'complete' })
    expect(endsOf(refused)).toEqual(endsOf(full))
  })

  it('notices the memory of the server by the values of a call alone', async () => {
    const world = { buyers: times(2, pricedByFirst), judge: pricesAreOne }
    const [full, reduced] = [await search(world), await search(world, { reduction: 'partial' })]
    expect(full.wrong).toBeGreaterThan(0)
    expect(reduced.coupled).toEqual(['buyer 1 and buyer 2'])
    expect(endsOf(reduced)).toEqual(endsOf(full))
  })

  it('takes no word for a sign that differs from one execution of an order to the next', async () => {
    let drawn = 0
    const drawing: ToyProgram = function* () {
      yield read('postgres', 'limit')
      yield { ...add('redis', 'orders', 1), words: [`order ${++drawn}`] }
      return 'sold'
    }
    const execute = toyExecute({ buyers: times(2, drawing) })
    const chance = new ChanceWords()
    const byDefault: Choose = (enabled) => enabled[0]!.event
    chance.compare(await execute(byDefault), await execute(byDefault))
    expect((await searchOrders(execute, termsOf({ reduction: 'partial', chance }))).coupled).toEqual([])
  })

  it('misses nothing of the memory of the server where what happens there are events of their own', async () => {
    const seen = { full: 0, reduced: 0, severalEnds: 0 }
    for (const seed of SEEDS.slice(0, 60)) {
      const world = randomSplitWorld(seed)
      const full = await search(world)
      const reduced = await search(world, { reduction: 'partial', seesMemory: true })
      expect({ seed, ends: endsOf(reduced) }).toEqual({ seed, ends: endsOf(full) })
      expect({ seed, coupled: reduced.coupled, refused: reduced.reductionRefused }).toEqual({ seed, coupled: [] })
      seen.full += full.tried
      seen.reduced += reduced.tried + reduced.pruned
      seen.severalEnds += full.ends.length > 2 ? 1 : 0
    }
    expect(seen.reduced).toBeLessThan(seen.full / 2)
    expect(seen.severalEnds).toBeGreaterThan(30)
  })

  it('needs to know nothing of who waits in the memory for whom where they are', async () => {
    const world = shop(times(2, checkUnderMutex), 1, { splits: true })
    const [full, reduced] = [await search(world), await search(world, { reduction: 'partial', seesMemory: true })]
    expect(reduced).toMatchObject({ wrong: 0, coverage: 'complete', coupled: [] })
    expect(endsOf(reduced)).toEqual(endsOf(full))
    expect(reduced.tried + reduced.pruned).toBeLessThan(full.tried)
    // Calls, and neither comings nor replies: BEGIN and a look of each, and a write of one.
    expect(reduced.longest).toBe(2 + 2 + 1)
  })

  it('begins again in full where an order that is left out ends as no other', async () => {
    const inner = toyExecute({ buyers: [calls(3), calls(3, 'redis')] })
    const secretive: Execute = async (choose) => {
      const executed = await inner(choose)
      const order = executed.steps.map(({ chosen }) => chosen.event).join()
      const isCrossed = order.startsWith('buyer 1 #1,buyer 2 #1,buyer 2 #2')
      return { ...executed, end: isCrossed && executed.failed !== null ? 'crossed' : executed.end }
    }
    const found = await searchOrders(secretive, termsOf({ reduction: 'partial' }))
    expect(found.reductionRefused).toContain('(crossed)')
    expect(found).toMatchObject({ tried: 20, pruned: 0, coverage: 'complete' })
  })

  it('begins again with what shares a connection: there the order of sending is one that can be told', async () => {
    const program: ToyProgram = function* () {
      const before = yield read('redis', 'line')
      yield read('postgres', 'a')
      return `${before} before, ${yield add('redis', 'line', 1)} behind`
    }
    const world = { buyers: times(2, program), shared: ['redis'] } as const
    const [full, reduced] = [await search(world), await search(world, { reduction: 'partial' })]
    expect(full.ends).toHaveLength(4)
    expect(endsOf(reduced)).toEqual(endsOf(full))
    expect(reduced).not.toHaveProperty('reductionRefused')
  })
})

describe('an order that goes otherwise than before', () => {
  /** Buyer 1 has another program from the given execution on. */
  function moody(mood: ToyProgram, isMoody: (run: number) => boolean): ToyWorld {
    let runs = 0
    const usual = calls(2)
    return { buyers: [(memory) => (isMoody(++runs) ? mood : usual)(memory), calls(2)] }
  }

  const looksSecond: ToyProgram = function* () {
    yield add('postgres', 'count', 1)
    yield read('redis', 'mood')
    return 'done'
  }

  it('is no proof when it is so twice', async () => {
    const found = await search(moody(looksSecond, (run) => run > 2))
    expect(found).toMatchObject({ tried: 2, coverage: 'nondeterministic', repeated: 0 })
    expect(found.nondeterminism).toEqual({
      step: 2,
      sentence: 'step 2: expected buyer 1 #2 (ADD count), found buyer 1 #2 (GET mood)',
    })
  })

  it('is run once more, and forgiven if it goes as before then', async () => {
    const found = await search(moody(looksSecond, (run) => run === 3))
    expect(found).toMatchObject({ tried: 6, coverage: 'complete', repeated: 1, nondeterminism: null })
  })

  it('is noticed by the first call of a buyer, which is known when it was made', async () => {
    const looksFirst: ToyProgram = function* () {
      yield read('redis', 'mood')
      yield add('postgres', 'count', 1)
      return 'done'
    }
    const { nondeterminism } = await search(moody(looksFirst, (run) => run > 2))
    expect(nondeterminism?.sentence).toBe('step 1: expected buyer 1 #1 (ADD count), found buyer 1 #1 (GET mood)')
  })

  it('is noticed by an answer', async () => {
    const { nondeterminism } = await search(moody(calls(1), (run) => run > 2))
    expect(nondeterminism?.sentence).toBe('step 1: expected no answer with buyer 1 #1 (ADD count), found an answer')
  })

  it('is noticed by background work that is missing, or that is new', async () => {
    const sleepy = (isAsleep: (run: number) => boolean): ToyWorld => {
      let runs = 0
      const background: ToyProgram = function* () {
        if (isAsleep(++runs)) yield { until: () => false }
        yield { ...read('redis', 'queue'), looks: true }
        return ''
      }
      return { buyers: [calls(1)], background }
    }
    const missing = await search(sleepy((run) => run > 1))
    expect(missing).toMatchObject({ coverage: 'nondeterministic' })
    expect(missing.nondeterminism).toEqual({
      step: 1,
      sentence: 'step 1: expected background #1 (GET queue), found nothing of background',
    })
    const begun = { ...sleepy((run) => run === 1), buyers: [calls(1), calls(1)] }
    expect((await search(begun)).nondeterminism?.sentence).toBe(
      'step 1: expected nothing of background, found background #1 (GET queue)',
    )
  })

  it('is noticed where it is over too early', async () => {
    const execute = toyExecute({ buyers: [calls(2), calls(2)] })
    let runs = 0
    const found = await searchOrders(async (choose) => {
      const executed = await execute(choose)
      return ++runs === 1 ? executed : { ...executed, steps: [] }
    }, termsOf({}))
    expect(found.nondeterminism?.sentence).toBe('step 1: expected buyer 2 #1, found nothing of buyer 2')
  })
})

describe('an order from which nothing follows', () => {
  const inner = toyExecute(shop(times(2, checkUnderLock), 1))
  const changed =
    (changes: Partial<Executed>): Execute =>
    async (choose) => ({ ...(await inner(choose)), ...changes })

  it('ends the search, with the reason', async () => {
    const found = await searchOrders(changed({ noAnswer: 'it did not settle' }), termsOf({}))
    expect(found).toMatchObject({ tried: 1, coverage: 'no-answer', noAnswer: 'it did not settle' })
  })

  it('is none that was wrong: that follows', async () => {
    const wrong = changed({ noAnswer: 'it did not settle', failed: ['no-oversell'] })
    expect(await searchOrders(wrong, termsOf({ all: false }))).toMatchObject({ wrong: 1, coverage: 'stopped-at-first' })
  })

  it('are all of them, where nothing was sold in any', async () => {
    const found = await searchOrders(changed({ sells: false }), termsOf({}))
    expect(found).toMatchObject({ wrong: 0, coverage: 'no-answer' })
    expect(found.noAnswer).toContain('in no order was anything sold')
    expect(found.tried).toBeGreaterThan(1)
    const wrong = await searchOrders(changed({ sells: false, failed: ['nothing-invented'] }), termsOf({}))
    expect(wrong.coverage).toBe('complete')
  })
})

describe('the end of a search', () => {
  const world = { buyers: [calls(3), calls(3)] }

  it('is reached when there is no time for another order', async () => {
    let asked = 0
    const found = await search(world, { hasTime: () => ++asked <= 3 })
    expect(found).toMatchObject({ tried: 3, coverage: 'out-of-budget' })
    expect(await search(world, { hasTime: () => false })).toMatchObject({ tried: 0, coverage: 'out-of-budget' })
  })

  it('is reached by a signal, and what was tried counts', async () => {
    const abort = new AbortController()
    const onOrder = (_: Order, { tried }: { tried: number }): void => {
      if (tried === 2) abort.abort()
    }
    const found = await search(world, { signal: abort.signal, onOrder })
    expect(found).toMatchObject({ tried: 2, coverage: 'interrupted' })
  })

  it('is reached where the signal breaks off an order, and is an error where an order breaks by itself', async () => {
    const abort = new AbortController()
    const inner = toyExecute(world)
    let runs = 0
    const breaking: Execute = async (choose) => {
      if (++runs === 3) throw new Error('the server is gone')
      return await inner(choose)
    }
    await expect(searchOrders(breaking, termsOf({}))).rejects.toThrow('the server is gone')
    runs = 0
    const stopped = searchOrders(
      (choose) => {
        if (runs === 2) abort.abort()
        return breaking(choose)
      },
      termsOf({ signal: abort.signal }),
    )
    expect(await stopped).toMatchObject({ tried: 2, coverage: 'interrupted' })
  })

  it('is an error where an order is left that was not given up', async () => {
    const inner = toyExecute(world)
    const leaving = searchOrders(async (choose) => ({ ...(await inner(choose)), failed: null }), termsOf({}))
    await expect(leaving).rejects.toMatchObject({ code: 'BUG' })
  })
})
