import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { peakRatePerSec } from '../core/step-rate.ts'
import { scenarioJsonSchema } from './json-schema.ts'
import { SCENARIO_DEFAULTS } from './limits.ts'
import { loadScenario } from './load-scenario.ts'
import { METRICS } from './metrics.ts'
import { planStep } from './plan-step.ts'
import { SHIPPED_FILES, SHIPPED_SCENARIOS, shippedScenario } from './testing/shipped-scenarios.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const docs = read('docs/scenarios.md')

describe('docs/scenarios.md', () => {
  it('has a row for every metric, with its meaning', () => {
    const rows = docs.split('\n').filter((line) => line.startsWith('| `'))
    const silent = Object.entries(METRICS).filter(
      ([name, { meaning }]) => !rows.includes(`| \`${name}\` | ${meaning} |`),
    )
    expect(silent).toEqual([])
  })

  it('tells every key of the schema', () => {
    const keys = new Set<string>()
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      const { properties } = node as { properties?: object }
      for (const key of Object.keys(properties ?? {})) keys.add(key)
      for (const value of Object.values(node)) walk(value)
    }
    walk(scenarioJsonSchema())
    expect([...keys].filter((key) => !docs.includes(`\`${key}\``))).toEqual([])
  })

  it('holds examples that load', () => {
    const examples = [...docs.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text!)
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(() => loadScenario(example, 'docs/scenarios.md')).not.toThrow()
  })

  it('states the defaults', () => {
    expect(docs).toContain(SCENARIO_DEFAULTS.achieved)
    expect(docs).toContain('1,024')
  })
})

describe('scenarios/README.md', () => {
  const table = read('scenarios/README.md')

  it.each(SHIPPED_SCENARIOS)('has a row for $file', ({ file }) => {
    expect(table).toContain(`| [\`${file.replace('.yaml', '')}\`](${file}) |`)
  })

  it('says of each what it is good for', () => {
    const rows = table.split('\n').filter((line) => line.startsWith('| ['))
    for (const row of rows) expect(row.split(' | ').at(-1)).toMatch(/^.{40,} \|$/)
  })

  it('has no row for a file that is not there', () => {
    const rows = [...table.matchAll(/\]\((.*?\.yaml)\)/g)].map(([, file]) => file!)
    expect(rows.toSorted()).toEqual(SHIPPED_SCENARIOS.map(({ file }) => file))
  })
})

describe('the shipped scenarios', () => {
  const planOf = (name: string, step = 0) => planStep(scenarioOf(name), step)
  const scenarioOf = (name: string) => loadScenario(shippedScenario(name), name, {}, SHIPPED_FILES)

  it('smoke: some ten seconds of Poisson arrivals at 400/s, every kind of buyer, no threshold on time', () => {
    const { steps, thresholds, sale } = scenarioOf('smoke')
    expect(steps).toEqual([{ arrivalRatePerSec: 400, durationMs: 10_000, arrivals: 'poisson' }])
    expect(thresholds.map(({ metric }) => metric)).toEqual(['achieved'])
    expect(sale.perUserLimit).not.toBeNull()
    const plan = planOf('smoke')
    expect(plan.kind.filter((kind) => kind === 1).length).toBeGreaterThan(100)
    expect(plan.length - plan.distinctBuys).toBeGreaterThan(100)
    // Enough demand left after the sell-out that an unguarded strategy must oversell by 50 units.
    expect(plan.unitsAskedFor - plan.initialStock).toBeGreaterThan(1_000)
  })

  it('staircase-12800: 100 to 12,800 per second, doubling, five seconds each, half sold', () => {
    const { steps } = scenarioOf('staircase-12800')
    expect(steps.map((step) => step.arrivalRatePerSec)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800])
    expect(new Set(steps.map((step) => step.durationMs))).toEqual(new Set([5_000]))
    const last = planOf('staircase-12800', 7)
    expect(last.initialStock).toBe(Math.round(last.unitsAskedFor / 2))
  })

  it('flat-12800: 320,000 buyers for 160,000 units', () => {
    const plan = planOf('flat-12800')
    expect([plan.length, plan.distinctBuys, plan.initialStock]).toEqual([320_000, 320_000, 160_000])
  })

  it('spike: 20,000 requests, two thirds of them within the first two seconds', () => {
    const { atNs, length } = planOf('spike')
    expect(Math.abs(length - 20_000)).toBeLessThan(6 * Math.sqrt(20_000 * 1.1))
    expect(atNs.filter((ns) => ns < 2e9).length / length).toBeCloseTo(0.636, 1)
    expect(peakRatePerSec(scenarioOf('spike').steps[0]!)).toBeCloseTo(10_068, 0)
  })

  it('browse-and-buy: nine look for one who buys', () => {
    const { kind, length } = planOf('browse-and-buy')
    expect(kind.filter((one) => one === 1).length / length).toBeCloseTo(0.9, 1)
  })

  it('many-skus: 48 of them, the first asked for most, all of them sold out', () => {
    const { sales, length } = planOf('many-skus')
    expect([sales.length, sales[0]!.sku, sales[47]!.sku]).toEqual([
      48,
      'step-1-cherry-small-batch-1',
      'step-1-plum-large-batch-4',
    ])
    expect(sales[0]!.unitsAskedFor).toBeGreaterThan(length / 5)
    expect(sales.every(({ unitsAskedFor, initialStock }) => unitsAskedFor > initialStock)).toBe(true)
  })

  it('all-sell and crumbs: the load of flat-12800, with enough for all and with next to nothing', () => {
    for (const name of ['all-sell', 'crumbs']) {
      expect({ ...scenarioOf(name), name: '', description: '', sale: null }).toEqual({
        ...scenarioOf('flat-12800'),
        name: '',
        description: '',
        sale: null,
      })
      expect(scenarioOf(name).sale.perUserLimit).toBe(2)
    }
    expect(planOf('all-sell').initialStock).toBeGreaterThan(planOf('all-sell').unitsAskedFor)
    expect(planOf('crumbs').initialStock).toBe(3_200)
  })

  it('staircase-article: every tenth of 128 steps, or all of them', () => {
    const rates = (set: string[]) =>
      loadScenario(shippedScenario('staircase-article'), 'x.yaml', { set }).steps.map((step) => step.arrivalRatePerSec)
    expect(rates([])).toEqual([100, ...Array.from({ length: 12 }, (_, i) => (i + 1) * 1_000), 12_800])
    expect(rates(['full=true'])).toEqual(Array.from({ length: 128 }, (_, i) => (i + 1) * 100))
    expect(new Set(scenarioOf('staircase-article').steps.map(({ durationMs }) => durationMs))).toEqual(
      new Set([30_000]),
    )
  })

  it('double-click: every second buyer presses twice, and few come twice', () => {
    const { length, distinctBuys, distinctUsers } = planOf('double-click')
    expect((length - distinctBuys) / distinctBuys).toBeCloseTo(0.5, 1)
    expect(distinctUsers / distinctBuys).toBeGreaterThan(0.95)
  })
})
