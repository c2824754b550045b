import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { CompareRecord } from '../core/compare-record.ts'
import { compareJsonSchema, compareRecordSchema } from './compare-schema.ts'
import { fullRecord, fullStep } from './testing/records.ts'

const COMMITTED = '../../schemas/compare.schema.json'

type DeepWritable<T> = { -readonly [Key in keyof T]: DeepWritable<T[Key]> }
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

function comparison(): CompareRecord {
  const { scenario, environment, target } = fullRecord()
  const one = { median: 2, low: 1, high: 3, confidence: 0.95, values: [1, 2, 3] }
  return {
    schema: 'doorbuster.compare/1',
    compareId: 'c1',
    status: 'complete',
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:10:26.000Z',
    scenario,
    seed: 1,
    command: ['smoke', '--strategies', 'a,b'],
    repeat: 3,
    slo: ['p99 < 42ms'],
    rankedBy: 'p99',
    environment,
    contestants: [
      { name: 'a', target, promise: target.promise, durableWhen: null, settings: { engine: 'k6' }, builtWrong: false },
    ],
    regimes: [
      {
        sellThrough: 0.01,
        results: [
          {
            contestant: 'a',
            runs: [
              {
                directory: 'runs/01-a-sell-through-0.01',
                runId: 'r1',
                startedAt: '2026-03-14T15:09:30.000Z',
                verdict: 'passed',
                machine: {
                  quiet: false,
                  idleShare: 0.4,
                  stealShare: 0,
                  heavy: [{ pid: 42, name: 'tsc', cores: 1.1 }],
                  waitedMs: 60_000,
                },
              },
            ],
            verdict: 'passed',
            failedChecks: ['no-oversell'],
            headline: 'PASSED',
            meetsSlo: true,
            figures: {
              goodputPerSec: one,
              soldPerSec: one,
              errorRate: one,
              responseMs: { mean: one, p50: one, p90: one, p95: one, p99: one, p999: null, max: one },
              cpuMicrosPerAnswer: { target: one },
              cpuMicrosPerOrder: { target: one },
              memoryBytes: { target: one },
              readLagP99Ms: one,
              overtakenPerThousand: null,
            },
            work: [{ kind: 'sold', sent: 20, requests: 20, ...fullStep(0).work }],
          },
        ],
        places: [{ place: 1, contestants: ['a'], meetsSlo: true, because: 'p99 2.00ms' }],
      },
    ],
    turnsOver: ['at sell-through 1 a is before b'],
    notes: ['one run of each'],
    verdict: 'passed',
    exitCode: 0,
  }
}

describe('the schema of compare.json', () => {
  const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(compareJsonSchema())

  // After a change of the schema: npx vitest run --project unit src/results/compare-schema.test.ts -u
  it('is the one that is published', async () => {
    await expect(`${JSON.stringify(compareJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(COMMITTED)
  })

  it('is the type, in both directions', () => {
    // The compiler decides; a member in one and not in the other doesn't build.
    const isSame: Same<z.infer<typeof compareRecordSchema>, DeepWritable<CompareRecord>> = true
    expect(isSame).toBe(true)
  })

  it('takes a comparison, and drops nothing of it', () => {
    const record = comparison()
    expect(compareRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record)
    validate(record)
    expect(validate.errors).toBeNull()
  })

  it.each<[string, (record: Record<string, unknown>) => void]>([
    ['another schema', (record) => (record['schema'] = 'doorbuster.compare/2')],
    ['a member too few', (record) => delete record['regimes']],
    ['a ranking by something else', (record) => (record['rankedBy'] = 'beauty')],
  ])('refuses %s', (_, damage) => {
    const record = structuredClone(comparison()) as unknown as Record<string, unknown>
    damage(record)
    expect(compareRecordSchema.safeParse(record).success).toBe(false)
    expect(validate(record)).toBe(false)
  })
})
