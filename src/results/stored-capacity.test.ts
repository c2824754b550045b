import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openCapacity } from './stored-capacity.ts'
import { fullCapacity } from '../core/testing/capacity-records.ts'
import { fullRecord } from './testing/records.ts'

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-capacity-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'capacity.json'), text)
  return folder
}

describe('the folder of a search for capacity', () => {
  it('is read as it was written', async () => {
    const folder = folderWith(JSON.stringify(fullCapacity(fullRecord())))
    expect(await openCapacity(folder)).toEqual({ path: folder, record: fullCapacity(fullRecord()) })
  })

  it('that was changed is refused, by the place where', async () => {
    const folder = folderWith(JSON.stringify({ ...fullCapacity(fullRecord()), budgetMs: 'long' }))
    await expect(openCapacity(folder)).rejects.toMatchObject({
      code: 'RUN_DIRECTORY_INVALID',
      message: expect.stringContaining('  budgetMs: ') as string,
      hint: expect.stringContaining('Measure again') as string,
    })
  })

  it('that holds none is refused', async () => {
    await expect(openCapacity('nowhere')).rejects.toMatchObject({
      code: 'RUN_DIRECTORY_INVALID',
      hint: expect.stringContaining('capacity.json') as string,
    })
  })
})
