import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { scenarioJsonSchema } from './json-schema.ts'
import { problemLines } from './testing/problems.ts'
import { SHIPPED_SCENARIOS, shippedScenario } from './testing/shipped-scenarios.ts'

const COMMITTED = '../../schemas/scenario.schema.json'

describe('the JSON Schema of scenarios', () => {
  const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true }).compile(
    scenarioJsonSchema(),
  )

  // After a change of the schema: npx vitest run --project unit src/scenario/json-schema.test.ts -u
  it('is the one that is committed', async () => {
    await expect(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(COMMITTED)
  })

  it('describes every key, for completion in editors', () => {
    const silent: string[] = []
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return
      const { properties } = node as { properties?: Record<string, { description?: string }> }
      for (const [key, value] of Object.entries(properties ?? {})) {
        if (!value.description) silent.push(`${path}.${key}`)
      }
      for (const [key, value] of Object.entries(node)) walk(value, `${path}.${key}`)
    }
    walk(scenarioJsonSchema(), '')
    expect(silent).toEqual([])
  })

  it.each(SHIPPED_SCENARIOS)('takes $file, which names it for editors', ({ text }) => {
    validate(parse(text))
    expect(validate.errors).toBeNull()
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schemas/scenario.schema.json')
  })

  it.each([
    ['perUserLimit: 2', 'perUserLimit: -2'],
    ['perUserLimit: 2', 'perUserLimitt: 2'],
    ['sellThrough: 50%', 'sellThrough: half'],
    ['sellThrough: 50%', 'sellThrough: 50%\n  stock: 5'],
    ['rate: 400 ', 'rate: 0 '],
    ['duration: 10s', 'duration: 10'],
    ['arrivals: poisson', 'arrivals: sometimes'],
    ['name: smoke', 'name: "smoke test"'],
    ['quantity: 1 ', 'quantity: {} '],
    ['seed: 1', 'seed: 1.5'],
  ])('refuses what loading refuses: %s made %s', (right, wrong) => {
    const text = shippedScenario('smoke')
    expect(text).toContain(right)
    const damaged = text.replace(right, wrong)
    expect(problemLines(damaged)).not.toEqual([])
    expect(validate(parse(damaged))).toBe(false)
  })
})
