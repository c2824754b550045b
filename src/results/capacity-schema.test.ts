import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { CapacityRecord } from '../core/capacity-record.ts'
import { capacityJsonSchema, capacityRecordSchema } from './capacity-schema.ts'
import { fullCapacity } from '../core/testing/capacity-records.ts'
import { fullRecord } from './testing/records.ts'

const COMMITTED = '../../schemas/capacity.schema.json'

type DeepWritable<T> = { -readonly [Key in keyof T]: DeepWritable<T[Key]> }
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** As it stands in its file: JSON has no infinity. */
function written(record: CapacityRecord): Record<string, unknown> {
  return JSON.parse(JSON.stringify(record)) as Record<string, unknown>
}

describe('the schema of capacity.json', () => {
  const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(capacityJsonSchema())

  // After a change of the schema: npx vitest run --project unit src/results/capacity-schema.test.ts -u
  it('is the one that is published', async () => {
    await expect(`${JSON.stringify(capacityJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(COMMITTED)
  })

  it('is the type, in both directions', () => {
    // The compiler decides; a member in one and not in the other doesn't build.
    const isSame: Same<z.infer<typeof capacityRecordSchema>, DeepWritable<CapacityRecord>> = true
    expect(isSame).toBe(true)
  })

  it('takes a search, drops nothing of it, and has its infinity again', () => {
    const record = fullCapacity(fullRecord())
    expect(capacityRecordSchema.parse(written(record))).toEqual(record)
    validate(written(record))
    expect(validate.errors).toBeNull()
  })

  it('takes one that was wrong, and one that has hardly begun', () => {
    const wrong = { trial: 1, ratePerSec: 400, check: 'no-oversell', sentence: 'oversold by 2 units' } as const
    const begun = { target: null, environment: null, trials: [], capacity: null, demand: null, verdict: null } as const
    for (const record of [
      fullCapacity(fullRecord(), { wrong }),
      fullCapacity(fullRecord(), { ...begun, plan: null, prediction: null }),
    ]) {
      expect(capacityRecordSchema.parse(written(record))).toEqual(record)
      expect(validate(written(record))).toBe(true)
    }
  })

  it.each<[string, (record: Record<string, unknown>) => void]>([
    ['another schema', (record) => (record['schema'] = 'doorbuster.capacity/2')],
    ['a member too few', (record) => delete record['trials']],
    ['an end of its own', (record) => ((record['capacity'] as Record<string, unknown>)['ended'] = 'boredom')],
  ])('refuses %s', (_, damage) => {
    const record = written(fullCapacity(fullRecord()))
    damage(record)
    expect(capacityRecordSchema.safeParse(record).success).toBe(false)
    expect(validate(record)).toBe(false)
  })
})
