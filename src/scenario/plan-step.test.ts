import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_BUY } from '../core/history.ts'
import type { SaleTerms, StepPlan } from '../core/scenario.ts'
import { planStep } from './plan-step.ts'
import { planWarnings } from './plan-warnings.ts'
import { buildScenario, type ScenarioParts } from './testing/build-scenario.ts'

const plan = (parts: ScenarioParts = {}, stepIndex = 0): StepPlan => planStep(buildScenario(parts), stepIndex)
const BUY = 0
const READ = 1

/** Everything but the step it is of. */
function columnsOf({ atNs, kind, user, buy, quantity }: StepPlan) {
  return { atNs, kind, user, buy, quantity }
}

function countOf(column: Iterable<number>, value: number): number {
  let count = 0
  for (const entry of column) if (entry === value) count++
  return count
}

describe('many SKUs', () => {
  const names = Array.from({ length: 50 }, (_, index) => `s${index}`)
  const steps = [{ arrivalRatePerSec: 20_000, durationMs: 10_000 }]
  const planned = (skew: number, sale: Partial<SaleTerms> = {}) =>
    plan({ steps, buyers: { doubleClickShare: 0.1, readShare: 0.2 }, sale: { skus: { names, skew }, ...sale } })

  it('leave everything else of the plan as it was', () => {
    const one = plan({ steps, buyers: { doubleClickShare: 0.1, readShare: 0.2 } })
    expect(one.saleIndex).toBeNull()
    expect(one.sales).toEqual([{ sku: 'step-1', unitsAskedFor: one.unitsAskedFor, initialStock: one.initialStock }])
    expect(columnsOf(planned(1.1))).toEqual(columnsOf(one))
  })

  it.each([0, 0.8, 1.1])('are asked for by Zipf’s law with exponent %d', (skew) => {
    const { saleIndex, length } = planned(skew)
    const weights = names.map((_, rank) => (rank + 1) ** -skew)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    for (const rank of [0, 1, 9, 49]) {
      const share = weights[rank]! / total
      const deviation = Math.sqrt(share * (1 - share) * length)
      // Both halves of a double click are for the same SKU: draws are fewer than rows.
      expect(Math.abs(countOf(saleIndex!, rank) - share * length)).toBeLessThan(6 * deviation)
    }
  })

  it('open with the stock of each, or a share of what each is asked for', () => {
    const shared = planned(1.1)
    expect(shared.sales.map(({ sku }) => sku).slice(0, 2)).toEqual(['step-1-s0', 'step-1-s1'])
    for (const { unitsAskedFor, initialStock } of shared.sales) expect(initialStock).toBe(Math.round(unitsAskedFor / 2))
    expect(shared.sales.reduce((sum, { unitsAskedFor }) => sum + unitsAskedFor, 0)).toBe(shared.unitsAskedFor)
    const fixed = planned(1.1, { stock: { kind: 'units', units: 7 } })
    expect(new Set(fixed.sales.map(({ initialStock }) => initialStock))).toEqual(new Set([7]))
    expect(fixed.initialStock).toBe(350)
  })

  it('give both halves of a double click to one SKU', () => {
    const { buy, saleIndex } = planned(1.1)
    const isSecondHalf = (row: number): boolean => row > 0 && buy[row] !== NO_BUY && buy[row] === buy[row - 1]
    const secondHalves = [...buy.keys()].filter(isSecondHalf)
    expect(secondHalves.length).toBeGreaterThan(1_000)
    expect(secondHalves.filter((row) => saleIndex![row] !== saleIndex![row - 1])).toEqual([])
  })

  it('warn of those that can’t sell out', () => {
    const parts = { steps, sale: { skus: { names, skew: 1.1 }, stock: { kind: 'units', units: 10_000 } as const } }
    const [warning] = planWarnings(buildScenario(parts), plan(parts))
    expect(warning).toMatch(
      /^step 1 does not sell out 4\d of its 50 SKUs: its buyers ask for [\d,]+ units of the 10,000 of step-1-s\d+$/,
    )
  })
})

describe('uniform arrivals', () => {
  it('are evenly spaced, and as many as the rate says', () => {
    const { atNs, length } = plan({ steps: [{ arrivalRatePerSec: 4, durationMs: 1_500 }] })
    expect([...atNs].map((ns) => ns / 1e6)).toEqual([0, 250, 500, 750, 1_000, 1_250])
    expect(length).toBe(6)
  })

  it('don’t drift over a long step', () => {
    const { atNs } = plan({ steps: [{ arrivalRatePerSec: 3_000, durationMs: 600_000 }] })
    expect(atNs.length).toBe(1_800_000)
    expect(atNs[1_500_000]).toBeCloseTo(500e9, 0)
  })

  it('keep the rate in HTTP requests when buyers press twice', () => {
    const { length, distinctBuys } = plan({
      steps: [{ arrivalRatePerSec: 1_000, durationMs: 10_000 }],
      buyers: { doubleClickShare: 0.5 },
    })
    expect(length).toBe(10_000)
    expect(distinctBuys).toBeGreaterThan(6_500)
    expect(distinctBuys).toBeLessThan(6_850)
  })
})

describe('Poisson arrivals', () => {
  const steps = [{ arrivalRatePerSec: 1_000, durationMs: 60_000, arrivals: 'poisson' }] as const

  it.each([1, 2, 3, 4, 5])('have the mean and the variance of one, seed %i', (seed) => {
    const { atNs, length } = plan({ seed, steps })
    // Five standard deviations of a Poisson count.
    expect(Math.abs(length - 60_000)).toBeLessThan(5 * Math.sqrt(60_000))
    const counts = new Float64Array(600)
    for (const at of atNs) counts[Math.floor(at / 1e8)]!++
    const mean = length / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
    // The index of dispersion of 600 counts has a standard deviation of sqrt(2/599) = 0.058.
    expect(variance / mean).toBeGreaterThan(0.7)
    expect(variance / mean).toBeLessThan(1.3)
  })

  it('have exponential gaps', () => {
    const { atNs, length } = plan({ steps })
    let longerThanMean = 0
    for (let row = 1; row < length; row++) if (atNs[row]! - atNs[row - 1]! > 1e6) longerThanMean++
    expect(longerThanMean / length).toBeCloseTo(Math.exp(-1), 1.7)
  })

  it('keep the rate in HTTP requests when buyers press twice', () => {
    const { length } = plan({ steps, buyers: { doubleClickShare: 1, readShare: 0.1 } })
    expect(Math.abs(length - 60_000)).toBeLessThan(5 * Math.sqrt(2 * 60_000))
  })

  it('can be none at all at a low rate', () => {
    const lengths = Array.from({ length: 40 }, (_, seed) =>
      plan({ seed, steps: [{ arrivalRatePerSec: 1, durationMs: 1_000, arrivals: 'poisson' }] }),
    )
    const empty = lengths.find(({ length }) => length === 0)
    expect(empty).toMatchObject({ distinctBuys: 0, unitsAskedFor: 0, initialStock: 1 })
  })
})

describe('a plan', () => {
  const rich: ScenarioParts = {
    steps: [
      { arrivalRatePerSec: 900, durationMs: 2_000, arrivals: 'poisson' },
      { arrivalRatePerSec: 500, durationMs: 1_000 },
      { arrivalRatePerSec: 700, durationMs: 1_000, arrivals: 'poisson' },
    ],
    buyers: {
      population: 500,
      quantities: [
        { quantity: 1, weight: 3 },
        { quantity: 4, weight: 1 },
      ],
      doubleClickShare: 0.2,
      readShare: 0.3,
    },
  }

  it('is the same for the same seed, and another for another', () => {
    expect(columnsOf(plan(rich))).toEqual(columnsOf(plan(rich)))
    expect(columnsOf(plan({ ...rich, seed: 2 })).atNs).not.toEqual(columnsOf(plan(rich)).atNs)
    expect(columnsOf(plan({ ...rich, seed: 2 })).user).not.toEqual(columnsOf(plan(rich)).user)
  })

  it('of a step stays when another step changes', () => {
    const steps = [{ ...rich.steps![0]!, arrivalRatePerSec: 17 }, ...rich.steps!.slice(1), { durationMs: 500 }]
    expect(columnsOf(plan({ ...rich, steps }, 2))).toEqual(columnsOf(plan(rich, 2)))
    expect(columnsOf(plan(rich, 1)).user).not.toEqual(columnsOf(plan(rich, 2)).user)
  })

  it('keeps its moments when only buyers change, and its buyers when only quantities do', () => {
    const others = { ...rich.buyers, quantities: [{ quantity: 2, weight: 1 }] }
    const changed = plan({ ...rich, buyers: others })
    expect(changed.atNs).toEqual(plan(rich).atNs)
    expect(changed.user).toEqual(plan(rich).user)
    expect(changed.quantity).not.toEqual(plan(rich).quantity)
  })

  it('keeps to the shares: reads of the requests, double clicks of the buyers, quantities by weight', () => {
    const { kind, length, buy, quantity, distinctBuys, unitsAskedFor } = plan({
      ...rich,
      steps: [{ arrivalRatePerSec: 10_000, durationMs: 10_000 }],
    })
    expect(countOf(kind, READ) / length).toBeCloseTo(0.3, 2)
    const buyRows = length - countOf(kind, READ)
    expect(buyRows / distinctBuys).toBeCloseTo(1.2, 2)
    expect(new Set(buy).size).toBe(distinctBuys + 1)
    expect(unitsAskedFor / distinctBuys).toBeCloseTo((3 * 1 + 1 * 4) / 4, 1)
    expect(countOf(quantity, 0)).toBe(countOf(kind, READ))
  })

  it('sells a share of the units that distinct buys ask for, at least one', () => {
    const shared = (share: number) => plan({ ...rich, sale: { stock: { kind: 'sellThrough', share } } })
    expect(shared(0.5).initialStock).toBe(Math.round(shared(0.5).unitsAskedFor / 2))
    expect(shared(1e-9).initialStock).toBe(1)
    expect(plan({ ...rich, sale: { stock: { kind: 'units', units: 77 } } }).initialStock).toBe(77)
  })

  it('holds together for any scenario', () => {
    const parts = fc.record({
      seed: fc.nat(),
      sale: fc.constant({}),
      buyers: fc.record({
        population: fc.integer({ min: 1, max: 1_000 }),
        quantities: fc.array(
          fc.record({
            quantity: fc.integer({ min: 1, max: 1_000 }),
            weight: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        doubleClickShare: fc.double({ min: 0, max: 1, noNaN: true }),
        readShare: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      steps: fc.array(
        fc.record({
          arrivalRatePerSec: fc.integer({ min: 1, max: 2_000 }),
          durationMs: fc.integer({ min: 10, max: 1_000 }),
          arrivals: fc.constantFrom('uniform' as const, 'poisson' as const),
        }),
        { minLength: 1, maxLength: 1 },
      ),
    })
    fc.assert(
      fc.property(parts, (parts) => {
        expect(brokenClaims(plan(parts), parts)).toEqual([])
      }),
      { seed: 20_261_121, numRuns: 300 },
    )
  })

  it('of five million requests has them all', { timeout: 60_000 }, () => {
    const large = plan({
      steps: [{ arrivalRatePerSec: 100_000, durationMs: 50_000, arrivals: 'poisson' }],
      buyers: { population: 100_000_000, doubleClickShare: 0.05, readShare: 0.1 },
    })
    expect(Math.abs(large.length - 5_000_000)).toBeLessThan(5 * Math.sqrt(2 * 5_000_000))
    expect(large.distinctUsers).toBeGreaterThan(large.distinctBuys * 0.95)
  })

  it('of a step that the scenario does not have is a bug', () => {
    expect(() => plan({}, 1)).toThrow(RangeError)
  })
})

function brokenClaims(made: StepPlan, { buyers }: ScenarioParts): string[] {
  const durationNs = made.step.durationMs * 1e6
  const quantities = new Set(buyers!.quantities!.map(({ quantity }) => quantity))
  const users = new Set<number>()
  let buys = 0
  let units = 0
  // One assertion a row would take the most of the time of these tests.
  const broken: string[] = []
  const claim = (row: number, name: string, holds: boolean): void => {
    if (!holds) broken.push(`row ${row}: ${name}`)
  }
  for (let row = 0; row < made.length; row++) {
    const at = made.atNs[row]!
    claim(row, 'in order', at >= (row === 0 ? 0 : made.atNs[row - 1]!))
    claim(row, 'within the step', at < durationNs)
    if (made.kind[row] === READ) {
      claim(row, 'a read asks for nothing', made.buy[row] === NO_BUY && made.quantity[row] === 0)
      continue
    }
    claim(row, 'a buy or a read', made.kind[row] === BUY)
    if (made.buy[row] === buys - 1) {
      const same = [made.atNs, made.buy, made.user, made.quantity].every((column) => column[row] === column[row - 1])
      claim(row, 'the second half of a double click is the first, word for word', same)
      continue
    }
    claim(row, 'buys are numbered one after another', made.buy[row] === buys)
    claim(row, 'of the population', made.user[row]! < buyers!.population!)
    claim(row, 'a quantity that was asked for', quantities.has(made.quantity[row]!))
    buys++
    users.add(made.user[row]!)
    units += made.quantity[row]!
  }
  const counted = [made.distinctBuys, made.distinctUsers, made.unitsAskedFor].join(', ')
  if (counted !== [buys, users.size, units].join(', ')) broken.push(`counted ${counted}`)
  if (Object.values(columnsOf(made)).some((column) => column.length !== made.length)) broken.push('length of a column')
  return broken
}

describe('a warning', () => {
  const warnings = (parts: ScenarioParts): string[] => planWarnings(buildScenario(parts), plan(parts))
  const stock = (units: number) => ({ kind: 'units', units }) as const

  it('is not given for a step that can sell out', () => {
    expect(warnings({})).toEqual([])
    expect(warnings({ sale: { stock: stock(100) } })).toEqual([])
    expect(warnings({ sale: { stock: stock(10), perUserLimit: 1 }, buyers: { population: 10 } })).toEqual([])
  })

  it('about the stock is not given for a sale that opens with another one', () => {
    const of = (parts: ScenarioParts) => planWarnings(buildScenario(parts), plan(parts), { setsStock: false })
    expect(of({ sale: { stock: stock(101) } })).toEqual([])
    expect(of({ buyers: { readShare: 1 } })).toHaveLength(1)
  })

  it.each<[ScenarioParts, string]>([
    [{ sale: { stock: stock(101) } }, 'step 1 never sells out: its buyers ask for 100 units of 101'],
    [
      { sale: { stock: stock(11), perUserLimit: 1 }, buyers: { population: 10 } },
      'step 1 never sells out: its 10 users may have 10 units of 11 together',
    ],
    [{ buyers: { readShare: 1 } }, 'step 1 plans no buy: nothing can be sold, and the sale is not judged'],
    [
      { sale: { stock: stock(5), perUserLimit: 1 }, buyers: { quantities: [{ quantity: 2, weight: 1 }] } },
      'step 1 can sell nothing: every order is for more than the 1 unit that a user may have',
    ],
    [
      { sale: { opensAfterMs: 1_000 } },
      'step 1 never opens: its buyers have all come by 1000ms, and its sale opens after 1000ms',
    ],
  ])('is given for %j', (parts, warning) => {
    expect(warnings(parts)).toEqual([warning])
  })
})

describe('bots', () => {
  const steps = [{ arrivalRatePerSec: 1_000, durationMs: 20_000 }]
  const buyers = { population: 5_000, doubleClickShare: 0.1, bots: { share: 0.4, users: 20 } }

  it('make their share of the buys, and are no users of the population', () => {
    const { user, kind } = plan({ steps, buyers })
    const bots = user.filter((number, row) => kind[row] === BUY && number >= 5_000)
    expect(bots.length / user.length).toBeCloseTo(0.4, 1)
    expect(new Set(bots).size).toBe(20)
    expect(Math.max(...bots)).toBe(5_019)
  })

  it('leave the others and everything else as they were', () => {
    const withBots = plan({ steps, buyers })
    const without = plan({ steps, buyers: { ...buyers, bots: null } })
    const others = Array.from(withBots.user, (number, row) => (number < 5_000 ? number : without.user[row]!))
    expect(others).toEqual([...without.user])
    expect({ ...columnsOf(withBots), user: null }).toEqual({ ...columnsOf(without), user: null })
  })

  it('are counted among the users', () => {
    const { distinctUsers } = plan({ steps, buyers: { ...buyers, population: 1, bots: { share: 0.5, users: 7 } } })
    expect(distinctUsers).toBe(8)
  })
})

describe('retries', () => {
  const retries = { share: 0.5, delayMs: 100, mostAttempts: 4 }

  it('are planned with a seed of the step, and change nothing of the plan', () => {
    const [first, second] = [0, 1].map((step) => plan({ steps: [{}, {}], buyers: { retries } }, step))
    expect(first!.retries).toMatchObject(retries)
    expect(first!.retries!.seed).not.toBe(second!.retries!.seed)
    expect(first!.retries).toEqual(plan({ steps: [{}, {}], buyers: { retries } }).retries)
    expect(columnsOf(first!)).toEqual(columnsOf(plan({ steps: [{}, {}] })))
  })

  it('are none where nobody asks again', () => {
    expect(plan().retries).toBeUndefined()
    expect(plan({ buyers: { retries: { ...retries, share: 0 } } }).retries).toBeUndefined()
  })
})
