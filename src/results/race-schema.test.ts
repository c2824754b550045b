import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { RaceRecord } from '../core/race-record.ts'
import { raceJsonSchema, raceRecordSchema } from './race-schema.ts'
import { fullRace } from './testing/race-records.ts'

const COMMITTED = '../../schemas/race.schema.json'

type DeepWritable<T> = { -readonly [Key in keyof T]: DeepWritable<T[Key]> }
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

describe('the schema of race.json', () => {
  const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(raceJsonSchema())

  // After a change of the schema: npx vitest run --project unit src/results/race-schema.test.ts -u
  it('is the one that is published', async () => {
    await expect(`${JSON.stringify(raceJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(COMMITTED)
  })

  it('is the type, in both directions', () => {
    // The compiler decides; a member in one and not in the other doesn't build.
    const isSame: Same<z.infer<typeof raceRecordSchema>, DeepWritable<RaceRecord>> = true
    expect(isSame).toBe(true)
  })

  it('takes a race, and drops nothing of it', () => {
    const record = fullRace()
    expect(raceRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record)
    validate(record)
    expect(validate.errors).toBeNull()
  })

  it.each<[string, (record: Record<string, unknown>) => void]>([
    ['another schema', (record) => (record['schema'] = 'doorbuster.race/2')],
    ['a member too few', (record) => delete record['parts']],
    ['a crowd of nobody', (record) => ((record['terms'] as Record<string, unknown>)['crowd'] = 'nobody')],
  ])('refuses %s', (_, damage) => {
    const record = structuredClone(fullRace()) as unknown as Record<string, unknown>
    damage(record)
    expect(raceRecordSchema.safeParse(record).success).toBe(false)
    expect(validate(record)).toBe(false)
  })
})
