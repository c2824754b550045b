import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findK6 } from './find-k6.ts'

it('is told of a binary by a path that counts from the working directory, and knows it whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-find-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'k6')
  writeFileSync(path, '#!/bin/sh\necho "k6 v1.8.0 (go1.25)"\n', { mode: 0o755 })
  const found = { path, version: 'v1.8.0' }
  expect(findK6({ K6_BINARY: relative(process.cwd(), path) })).toEqual(found)
  expect(findK6({ PATH: folder })).toEqual(found)
})
