/** The k6 script that is printed plans what the harness plans, row by row; and it is the one that is shipped. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shippedScenarios, readScenario } from '../src/cli/scenario-source.ts'
import type { Scenario, StepPlan } from '../src/core/scenario.ts'
import { standaloneScript } from '../src/load/k6/script/standalone.ts'
import { evaluateScript } from '../src/load/k6/testing/script-in-node.ts'
import { planStep } from '../src/scenario/index.ts'
import { buildScenario } from '../src/scenario/testing/build-scenario.ts'

const NO_READ_OF_BUY = -1

function scriptOf(scenario: Scenario): string {
  const plans = scenario.steps.map((_, index) => planStep(scenario, index))
  return standaloneScript({ scenario, plans, targetUrl: 'http://127.0.0.1:3000', command: 'doorbuster k6 script test' })
}

interface Row {
  readonly user: number
  readonly buy: number
  readonly quantity: number
  readonly sku: string
}

/** As the requests of the script would be. */
function rowsOfScript(scenario: Scenario, stepIndex: number): Row[] {
  const { STEPS, rowOf } = evaluateScript(scriptOf(scenario), ['STEPS', 'rowOf'])
  const step = STEPS[String(stepIndex + 1)]
  return Array.from({ length: step.rows }, (_, k) => {
    const { user, buy, quantity, sku } = rowOf(step, k, 'run') as Row
    return buy === NO_READ_OF_BUY ? { user: 0, buy, quantity: 0, sku } : { user, buy, quantity, sku }
  })
}

function rowsOfPlan({ length, kind, user, buy, quantity, saleIndex, sales }: StepPlan): Row[] {
  return Array.from({ length }, (_, row) => {
    const { sku } = sales[saleIndex?.[row] ?? 0]!
    if (kind[row] === 1) return { user: 0, buy: NO_READ_OF_BUY, quantity: 0, sku }
    return { user: user[row]!, buy: buy[row]!, quantity: quantity[row]!, sku }
  })
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

const SCENARIOS = fc
  .record({
    seed: fc.nat({ max: 0xffff_ffff }),
    population: fc.integer({ min: 1, max: 100_000_000 }),
    quantities: fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 1_000 }),
        weight: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    doubleClickShare: share,
    readShare: share,
    bots: fc.option(fc.record({ share, users: fc.integer({ min: 1, max: 1_000_000 }) }), { nil: null }),
    skus: fc.option(
      fc.record({ count: fc.integer({ min: 1, max: 40 }), skew: fc.double({ min: 0, max: 10, noNaN: true }) }),
      { nil: null },
    ),
    steps: fc.array(
      fc.record({
        arrivalRatePerSec: fc.double({ min: 1, max: 300, noNaN: true }),
        durationMs: fc.integer({ min: 10, max: 1_000 }),
        arrivals: fc.constantFrom('uniform' as const, 'poisson' as const),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ seed, steps, skus, ...buyers }) =>
    buildScenario({
      seed,
      steps,
      buyers,
      sale: {
        skus:
          skus === null ? null : { names: Array.from({ length: skus.count }, (_, at) => `s${at}`), skew: skus.skew },
      },
    }),
  )

describe('the planner of a script', () => {
  it('plans the rows of the harness: kinds, users, buys, quantities, SKUs', () => {
    fc.assert(
      fc.property(SCENARIOS, (scenario) => {
        for (const index of scenario.steps.keys()) {
          expect(rowsOfScript(scenario, index)).toEqual(rowsOfPlan(planStep(scenario, index)))
        }
      }),
      { seed: 20_261_121, numRuns: 300 },
    )
  })

  it('plans other rows for another seed', () => {
    const buyers = { readShare: 0.3, doubleClickShare: 0.2 }
    expect(rowsOfScript(buildScenario({ seed: 1, buyers }), 0)).not.toEqual(
      rowsOfPlan(planStep(buildScenario({ seed: 2, buyers }), 0)),
    )
  })

  it('plans the shipped scenarios', () => {
    const small = shippedScenarios()
      .map(({ path }) => readScenario(path, {}))
      .filter((scenario) => planStep(scenario, 0).length < 20_000)
    expect(small.length).toBeGreaterThan(3)
    for (const scenario of small) expect(rowsOfScript(scenario, 0)).toEqual(rowsOfPlan(planStep(scenario, 0)))
  })
})

describe('scenarios/k6', () => {
  const folder = fileURLToPath(new URL('../scenarios/k6/', import.meta.url))
  const shipped = readdirSync(folder).filter((file) => file.endsWith('.js'))

  it('holds some', () => expect(shipped).toContain('smoke.js'))

  it.each(shipped)('%s is what `doorbuster k6 script` prints', (file) => {
    const name = file.replace(/\.js$/, '')
    const scenario = readScenario(name, {})
    const plans = scenario.steps.map((_, index) => planStep(scenario, index))
    const command = `doorbuster k6 script ${name}`
    const script = standaloneScript({ scenario, plans, targetUrl: 'http://127.0.0.1:3000', command })
    expect(readFileSync(`${folder}${file}`, 'utf8')).toBe(script)
  })
})
