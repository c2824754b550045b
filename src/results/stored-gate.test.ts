import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openGate } from './stored-gate.ts'
import { fullGate } from './testing/gate-records.ts'

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-gate-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'gate.json'), text)
  return folder
}

describe('the folder of a gate', () => {
  it('is read as it was written', async () => {
    expect((await openGate(folderWith(JSON.stringify(fullGate())))).record).toEqual(fullGate())
  })

  it.each([
    ['that is not JSON', '{'],
    ['of another schema', JSON.stringify({ ...fullGate(), schema: 'doorbuster.gate/2' })],
    ['without its visits', JSON.stringify({ ...fullGate(), visits: undefined })],
  ])('is refused with a record %s, and the reason says where', async (_, text) => {
    const folder = folderWith(text)
    await expect(openGate(folder)).rejects.toMatchObject({
      code: 'RUN_DIRECTORY_INVALID',
      message: expect.stringContaining(join(folder, 'gate.json')) as string,
      hint: expect.any(String) as string,
    })
  })
})
