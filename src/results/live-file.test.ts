import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Telemetry } from '../core/telemetry.ts'
import { openLiveFile } from './live-file.ts'

const telemetry = (atMs: number) => ({ atMs }) as Telemetry

it('appends a line for each word', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-live-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = openLiveFile(folder)
  file.take(telemetry(1))
  file.take(telemetry(2))
  expect(await file.end()).toBeNull()
  expect(readFileSync(join(folder, 'live.ndjson'), 'utf8')).toBe('{"atMs":1}\n{"atMs":2}\n')
})

it('says once, in the end, that the disk did not take it', async () => {
  const file = openLiveFile('/nowhere/at/all')
  file.take(telemetry(1))
  file.take(telemetry(2))
  expect(await file.end()).toMatch(/^\/nowhere\/at\/all\/live\.ndjson ends early: ENOENT/)
})
