import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { descriptorJsonSchema } from './index.ts'
import { descriptorText, EVERYTHING, problemLines } from './testing/descriptors.ts'
import { SHIPPED_DESCRIPTORS } from './testing/shipped-descriptors.ts'

const COMMITTED = '../../schemas/target.schema.json'

describe('the JSON Schema of descriptors', () => {
  const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true }).compile(
    descriptorJsonSchema(),
  )

  // After a change of the schema: npx vitest run --project unit src/descriptor/json-schema.test.ts -u
  it('is the one that is committed', async () => {
    await expect(`${JSON.stringify(descriptorJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(COMMITTED)
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
    walk(descriptorJsonSchema(), '')
    expect(silent).toEqual([])
  })

  it.each([
    { file: 'the shortest', text: descriptorText() },
    { file: 'one that says everything', text: EVERYTHING },
    ...SHIPPED_DESCRIPTORS,
  ])('takes $file', ({ text }) => {
    validate(parse(text))
    expect(validate.errors).toBeNull()
  })

  it.each([
    ['shared: true', 'sharedd: true'],
    ['shared: true', 'shared: yes'],
    ['stock: 500', 'stock: 0'],
    ['method: DELETE', 'method: REMOVE'],
    ['path: "/stock/{{sku}}"', 'pathe: "/stock/{{sku}}"'],
    ['shell: ./wait.sh', 'shell: ./wait.sh, path: /wait'],
    ['then: limitReached', 'then: limited'],
    ['code: BUSY', 'code: too busy'],
    ['orderId: /id', 'orderId: id'],
    ['status: 4xx', 'status: 6xx'],
    ['csrf: {body: ', 'csrf: {header: a, body: '],
    ['columns: {orderId: id, ', 'columns: {'],
    ['maxRate: 500', 'maxRate: 0'],
    ['warmUp: 2s', 'warmUp: 2'],
    ['race: {stores: {', 'race: {store: {'],
    ['quiet: 20ms', 'quiet: 20'],
    ['{DATABASE_URL: "postgres', '{DATABASE-URL: "postgres'],
  ])('refuses what loading refuses: %s made %s', (right, wrong) => {
    expect(EVERYTHING).toContain(right)
    const damaged = EVERYTHING.replace(right, wrong)
    expect(problemLines(damaged)).not.toEqual([])
    expect(validate(parse(damaged))).toBe(false)
  })
})
