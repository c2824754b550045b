import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { z } from 'zod'
import type { CompareRecord } from '../core/compare-record.ts'
import type { compareRecordSchema } from './compare-schema.ts'
import { openCompare } from './stored-compare.ts'
import { fullRecord } from './testing/records.ts'

type DeepWritable<T> = { -readonly [Key in keyof T]: DeepWritable<T[Key]> }
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

const { scenario, environment } = fullRecord()
const comparison: CompareRecord = {
  schema: 'doorbuster.compare/1',
  compareId: 'c1',
  status: 'running',
  startedAt: '2026-03-14T15:09:26.000Z',
  finishedAt: null,
  scenario,
  seed: 1,
  repeat: 3,
  slo: ['p99 < 42ms'],
  rankedBy: 'p99',
  environment,
  contestants: [],
  regimes: [{ sellThrough: null, results: [], places: [] }],
  turnsOver: [],
  notes: [],
  verdict: null,
  exitCode: null,
}

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-compare-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'compare.json'), text)
  return folder
}

describe('the folder of a comparison', () => {
  it('is read as it was written', async () => {
    expect((await openCompare(folderWith(JSON.stringify(comparison)))).record).toEqual(comparison)
  })

  it('has a schema that is the type, in both directions', () => {
    const isSame: Same<z.infer<typeof compareRecordSchema>, DeepWritable<CompareRecord>> = true
    expect(isSame).toBe(true)
  })

  it.each([
    ['that is not JSON', '{'],
    ['of another schema', JSON.stringify({ ...comparison, schema: 'doorbuster.compare/2' })],
    ['without its regimes', JSON.stringify({ ...comparison, regimes: undefined })],
  ])('is refused with a record %s, and the reason says where', async (_, text) => {
    const folder = folderWith(text)
    await expect(openCompare(folder)).rejects.toMatchObject({
      code: 'RUN_DIRECTORY_INVALID',
      message: expect.stringContaining(join(folder, 'compare.json')) as string,
    })
  })
})
