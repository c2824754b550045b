/** The example of docs/target.md, as its reader tries it: the shop passes, and the careless one is caught. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { PATIENT } from './described-run.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'
import { freePort } from './small-server.ts'

const EXAMPLE = fileURLToPath(new URL('../examples/own-shop/', import.meta.url))
async function sell(command: string): Promise<RunRecord> {
  const cwd = temporaryFolder()
  const port = String(await freePort())
  copyFileSync(join(EXAMPLE, 'shop.mjs'), join(cwd, 'shop.mjs'))
  const text = readFileSync(join(EXAMPLE, 'my-shop.yaml'), 'utf8')
    .replace('node shop.mjs,', `${command}, env: {PORT: ${port}},`)
    .replace('8080', port)
  writeFileSync(join(cwd, 'my-shop.yaml'), text)
  const args = ['run', 'smoke', '--target', 'my-shop.yaml', '--rate', '200', '--duration', '2s', ...PATIENT, '--json']
  const { stdout } = await doorbuster(args, { cwd })
  return JSON.parse(stdout) as RunRecord
}

it('passes, unless the machine was too busy for the generator', async () => {
  const { checks, steps, exitCode } = await sell('node shop.mjs')
  expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  expect(checks.find(({ check }) => check === 'acknowledged-kept')?.verdict).toBe('pass')
  expect(exitCode).toBe(steps[0]!.onTimeShare < 0.99 ? 4 : 0)
})

it('is caught when it is careless', async () => {
  const { verdict, exitCode } = await sell('node shop.mjs --careless')
  expect([verdict, exitCode]).toEqual(['wrong', 1])
})
