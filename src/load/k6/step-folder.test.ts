import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeStepFolder } from './step-folder.ts'

it('takes away what a process left that is gone, and nothing else', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'doorbuster-folders-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  const gone = spawnSync(process.execPath, ['--version']).pid
  const kept = [`doorbuster-k6-${process.pid}-a`, 'doorbuster-k6-b', `of-${gone}-c`]
  for (const name of [...kept, `doorbuster-k6-${gone}-d`]) mkdirSync(join(parent, name, 'inner'), { recursive: true })
  const made = await makeStepFolder(parent)
  expect(readdirSync(parent).sort()).toEqual([...kept, basename(made)].sort())
  expect(statSync(made).mode & 0o777).toBe(0o700)
})
