import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRunDirectory } from './run-directory.ts'
import { fullRecord } from './testing/records.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'doorbuster-results-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const run = { startedAt: new Date('2026-03-14T15:09:26.535Z'), scenario: 'smoke', target: 'naive' }

describe('the folder of a run', () => {
  it('is named after its moment, scenario and target, under a root that is made', async () => {
    const { path } = await createRunDirectory({ resultsRoot: join(root, 'results'), ...run })
    expect(path).toBe(join(root, 'results', '20260314T150926Z-smoke-naive'))
    expect(readdirSync(path).sort()).toEqual(['history', 'ledger'])
  })

  it('is another one for a second run within the second', async () => {
    const names = []
    for (let i = 0; i < 3; i++) names.push(basename((await createRunDirectory({ resultsRoot: root, ...run })).path))
    expect(names).toEqual([1, 2, 3].map((n) => `20260314T150926Z-smoke-naive${n === 1 ? '' : `-${n}`}`))
  })

  it.each([
    ['../../etc', 'a/b c', 'etc-a-b-c'],
    ['..', '', 'unnamed-unnamed'],
    ['x'.repeat(300), '\u001b[31m', `${'x'.repeat(60)}-31m`],
  ])('keeps to its root for the names %j and %j', async (scenario, target, name) => {
    const { path } = await createRunDirectory({ resultsRoot: root, ...run, scenario, target })
    expect(path).toBe(join(root, `20260314T150926Z-${name}`))
  })

  it('may be named, and is made with the folders above it', async () => {
    const out = join(root, 'deep', 'own')
    expect((await createRunDirectory({ out, ...run })).path).toBe(out)
  })

  it('may be one that is there, but never one with something in it', async () => {
    const out = join(root, 'own')
    mkdirSync(out)
    await createRunDirectory({ out, ...run })
    await expect(createRunDirectory({ out, ...run })).rejects.toMatchObject({
      code: 'OUT_NOT_EMPTY',
      message: `${out} is not empty`,
    })
    const hidden = join(root, 'hidden')
    mkdirSync(hidden)
    writeFileSync(join(hidden, '.keep'), '')
    await expect(createRunDirectory({ out: hidden, ...run })).rejects.toMatchObject({ code: 'OUT_NOT_EMPTY' })
  })

  it('is no file, and not below one', async () => {
    const file = join(root, 'file')
    writeFileSync(file, 'kept')
    await expect(createRunDirectory({ out: file, ...run })).rejects.toMatchObject({ code: 'OUT_NOT_EMPTY' })
    await expect(createRunDirectory({ out: join(file, 'below'), ...run })).rejects.toMatchObject({
      code: 'OUT_NOT_EMPTY',
      message: expect.stringContaining('a file') as string,
    })
    await expect(createRunDirectory({ resultsRoot: file, ...run })).rejects.toMatchObject({
      code: 'RESULTS_NOT_WRITABLE',
    })
    expect(readFileSync(file, 'utf8')).toBe('kept')
  })

  it.runIf(existsSync('/proc/self'))('is refused, and not waited for, where nothing can be made', async () => {
    await expect(createRunDirectory({ out: '/proc/none/below', ...run })).rejects.toMatchObject({
      code: 'RESULTS_NOT_WRITABLE',
    })
  })

  it('replaces its record whole, and leaves no partial file', async () => {
    const directory = await createRunDirectory({ resultsRoot: root, ...run })
    await directory.writeRecord(fullRecord({ status: 'running' }))
    await directory.writeRecord(fullRecord())
    await directory.writeText('summary.md', '# A verdict\n')
    expect(JSON.parse(readFileSync(join(directory.path, 'run.json'), 'utf8'))).toEqual(fullRecord())
    expect(readFileSync(join(directory.path, 'summary.md'), 'utf8')).toBe('# A verdict\n')
    expect(readdirSync(directory.path).sort()).toEqual(['history', 'ledger', 'run.json', 'summary.md'])
  })

  it('says so when it can no longer be written', async () => {
    const directory = await createRunDirectory({ resultsRoot: root, ...run })
    rmSync(directory.path, { recursive: true })
    await expect(directory.writeRecord(fullRecord())).rejects.toMatchObject({
      code: 'RESULTS_NOT_WRITABLE',
      message: expect.stringContaining('run.json') as string,
      hint: expect.stringContaining('--out') as string,
    })
  })
})
