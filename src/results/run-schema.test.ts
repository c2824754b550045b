import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { RunRecord } from '../core/run-record.ts'
import { runJsonSchema, runRecordSchema } from './run-schema.ts'
import { fullRecord } from './testing/records.ts'

const COMMITTED = '../../schemas/run.schema.json'

type DeepWritable<T> = { -readonly [Key in keyof T]: DeepWritable<T[Key]> }
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

describe('the schema of run.json', () => {
  const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(runJsonSchema())

  // After a change of the schema: npx vitest run --project unit src/results/run-schema.test.ts -u
  it('is the one that is published', async () => {
    await expect(`${JSON.stringify(runJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(COMMITTED)
  })

  it('is the type, in both directions', () => {
    // The compiler decides; a member in one and not in the other doesn't build.
    const isSame: Same<z.infer<typeof runRecordSchema>, DeepWritable<RunRecord>> = true
    expect(isSame).toBe(true)
  })

  it.each([
    ['a finished run', fullRecord()],
    [
      'a run that has just begun',
      fullRecord({
        status: 'running',
        finishedAt: null,
        steps: [],
        checks: [],
        thresholds: [],
        verdict: null,
        exitCode: null,
      }),
    ],
    [
      'a run cut short',
      fullRecord({ status: 'interrupted', endedBy: 'interrupted', endedEarly: 'interrupted in step 1 of 2' }),
    ],
  ])('takes %s, and drops nothing of it', (_, record) => {
    expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record)
    validate(record)
    expect(validate.errors).toBeNull()
  })

  it.each<[string, (record: Record<string, unknown>) => void]>([
    ['another schema', (record) => (record['schema'] = 'doorbuster.run/2')],
    ['a member too few', (record) => delete record['seed']],
    ['a verdict of its own', (record) => (record['verdict'] = 'fine')],
    ['a figure that is text', (record) => ((record['steps'] as { arrivals: unknown }[])[0]!.arrivals = '4')],
    ['a check of its own', (record) => ((record['checks'] as { check: unknown }[])[0]!.check = 'no-refunds')],
  ])('refuses %s', (_, damage) => {
    const record = structuredClone(fullRecord()) as unknown as Record<string, unknown>
    damage(record)
    expect(runRecordSchema.safeParse(record).success).toBe(false)
    expect(validate(record)).toBe(false)
  })

  it('lets members of a later version through', () => {
    expect(runRecordSchema.safeParse({ ...fullRecord(), later: 1 }).success).toBe(true)
    expect(validate({ ...fullRecord(), later: 1 })).toBe(true)
  })
})
