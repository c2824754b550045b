import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { GateRecord } from '../core/gate-record.ts'
import { gateJsonSchema, gateRecordSchema } from './gate-schema.ts'
import { fullGate } from './testing/gate-records.ts'

const COMMITTED = '../../schemas/gate.schema.json'

type DeepWritable<T> = { -readonly [Key in keyof T]: DeepWritable<T[Key]> }
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

describe('the schema of gate.json', () => {
  const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(gateJsonSchema())

  // After a change of the schema: npx vitest run --project unit src/results/gate-schema.test.ts -u
  it('is the one that is published', async () => {
    await expect(`${JSON.stringify(gateJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(COMMITTED)
  })

  it('is the type, in both directions', () => {
    // The compiler decides; a member in one and not in the other doesn't build.
    const isSame: Same<z.infer<typeof gateRecordSchema>, DeepWritable<GateRecord>> = true
    expect(isSame).toBe(true)
  })

  it.each<[string, Partial<GateRecord>]>([
    ['that was judged', {}],
    ['that has just begun', { finishedAt: null, environment: null, foreseen: null, judgement: null, verdict: null }],
  ])('takes a gate %s, and drops nothing of it', (_, changes) => {
    const record = fullGate(changes)
    expect(gateRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record)
    validate(record)
    expect(validate.errors).toBeNull()
  })

  it.each<[string, (record: Record<string, unknown>) => void]>([
    ['another schema', (record) => (record['schema'] = 'doorbuster.gate/2')],
    ['a member too few', (record) => delete record['visits']],
    ['a third arm', (record) => ((record['visits'] as Record<string, unknown>[])[0]!['arm'] = 'other')],
  ])('refuses %s', (_, damage) => {
    const record = structuredClone(fullGate()) as unknown as Record<string, unknown>
    damage(record)
    expect(gateRecordSchema.safeParse(record).success).toBe(false)
    expect(validate(record)).toBe(false)
  })
})
