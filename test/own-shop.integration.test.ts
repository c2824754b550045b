/** The example of docs/target.md, as its reader tries it: the shop passes, and the careless one is caught. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'

const EXAMPLE = fileURLToPath(new URL('../examples/own-shop/', import.meta.url))
/** They ask whether the sale was right, not whether this machine is fast. */
const PATIENT = ['achieved >= 0%', 'mean < 10s', 'errorRate <= 100%'].flatMap((one) => ['--threshold', one])

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

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
