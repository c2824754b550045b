import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createRaceDirectory } from './race-directory.ts'
import { openRace } from './stored-race.ts'
import { fullRace } from './testing/race-records.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-race-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('the folder of a race', () => {
  it('is named after its target, and read as it was written: by its folder, or by its record', async () => {
    const startedAt = new Date('2026-03-14T15:09:26.000Z')
    const directory = await createRaceDirectory({ resultsRoot: temporaryFolder(), startedAt, target: 'my shop' })
    expect(basename(directory.path)).toBe('20260314T150926Z-race-my-shop')
    await directory.writeRecord(fullRace())
    await directory.writeText('race.md', 'words')
    const file = join(directory.path, 'race.json')
    expect(await openRace(directory.path)).toEqual({ file, record: fullRace() })
    expect(await openRace(file)).toEqual({ file, record: fullRace() })
    expect(readFileSync(join(directory.path, 'race.md'), 'utf8')).toBe('words')
  })

  it('is removed while nothing is in it, with the folder of results that it was made in', async () => {
    const resultsRoot = join(temporaryFolder(), 'results')
    const options = { resultsRoot, startedAt: new Date(), target: 'shop' }
    const kept = await createRaceDirectory(options)
    await kept.writeText('race.md', 'words')
    await kept.removeEmpty()
    expect(existsSync(kept.path)).toBe(true)
    rmSync(kept.path, { recursive: true })
    await (await createRaceDirectory(options)).removeEmpty()
    expect(existsSync(resultsRoot)).toBe(false)
  })

  it('of its own is refused when there is something in it', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'mine.txt'), 'mine')
    await expect(createRaceDirectory({ out: folder })).rejects.toMatchObject({ code: 'OUT_NOT_EMPTY' })
  })
})

describe('the record of a race', () => {
  it.each([
    ['that is not JSON', '{', 'cannot read'],
    ['of another schema', JSON.stringify({ ...fullRace(), schema: 'doorbuster.run/1' }), 'schema: '],
    [
      'with an order that is none',
      JSON.stringify({ ...fullRace(), parts: [{ ...fullRace().parts[0], shortest: { order: 'buyer 1' } }] }),
      'parts.0.shortest.order: ',
    ],
    ['without its terms', JSON.stringify({ ...fullRace(), terms: undefined }), 'terms: '],
  ])('%s is refused, and the reason says where', async (_, text, where) => {
    const file = join(temporaryFolder(), 'kept.json')
    writeFileSync(file, text)
    await expect(openRace(file)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(new RegExp(`${file}[^]*${where}|${where} ${file}`)) as string,
      hint: expect.any(String) as string,
    })
  })

  it.each(['', 'nothing'])('is refused where there is none: %j', async (name) => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'empty'))
    await expect(openRace(join(folder, 'empty', name))).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('race.json') as string,
    })
  })
})
