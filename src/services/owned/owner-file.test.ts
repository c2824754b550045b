import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyOwnerFile, type OwnerFile, readOwnerFile, writeOwnerFile } from './owner-file.ts'
import { standingOf } from './sweep.ts'

const SCOPE = { boot: 'boot-1', namespace: 'pid:[1]' }
const FILE: OwnerFile = {
  ...emptyOwnerFile({ runId: 'run', owner: { pid: 7, startedAt: '100' }, scope: SCOPE }),
  processes: { '0': { program: 'postgres', marker: '/tmp/x', stopSignal: 'SIGQUIT', identity: null } },
}

describe('the owner file', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'doorbuster-owner-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is read as it was written, and leaves nothing beside it', () => {
    writeOwnerFile(folder, FILE)
    expect(readOwnerFile(folder, Date.now())).toEqual(FILE)
    expect(readdirSync(folder)).toEqual(['owner.json'])
  })

  it('is waited for where it may still come, and given up where it will not', () => {
    const empty = join(folder, 'run')
    mkdirSync(empty)
    expect(readOwnerFile(empty, Date.now())).toBe('too-new')
    expect(readOwnerFile(empty, Date.now() + 61_000)).toBe('unsigned')
  })

  it('is left alone when it is not one of this schema', () => {
    writeFileSync(join(folder, 'owner.json'), JSON.stringify({ ...FILE, schema: 'doorbuster.owner/2' }))
    expect(readOwnerFile(folder, Date.now())).toBe('foreign')
    writeFileSync(join(folder, 'owner.json'), '{"schema":')
    expect(readOwnerFile(folder, Date.now())).toBe('foreign')
  })

  it('is read as it was written before there were containers', () => {
    const { containers, ...older } = FILE
    expect(containers).toEqual([])
    writeFileSync(join(folder, 'owner.json'), JSON.stringify(older))
    expect(readOwnerFile(folder, Date.now())).toEqual(FILE)
  })

  it('takes no process id that would address a group or everyone', () => {
    for (const pid of [0, -1]) {
      writeFileSync(join(folder, 'owner.json'), JSON.stringify({ ...FILE, owner: { pid, startedAt: '1' } }))
      expect(readOwnerFile(folder, Date.now())).toBe('foreign')
    }
  })
})

describe('standingOf', () => {
  it('is that of the owner, where its number means something', () => {
    expect(standingOf(FILE, SCOPE, () => true)).toBe('alive')
    expect(standingOf(FILE, SCOPE, () => false)).toBe('dead')
  })

  it('is over with the boot, although another process may bear the number', () => {
    expect(standingOf(FILE, { ...SCOPE, boot: 'boot-2' }, () => true)).toBe('of-another-boot')
  })

  it('is not known from another process namespace, although no process bears the number', () => {
    expect(standingOf(FILE, { ...SCOPE, namespace: 'pid:[2]' }, () => false)).toBe('unknowable')
  })
})
