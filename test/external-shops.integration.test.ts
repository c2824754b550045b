/** The shops of targets/external, as a user has them judged: right, and with the bug that each can bring back. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { acquireServices, type StartedServices } from '../src/services/index.ts'
import {
  type DescribedSale,
  exitCodeOfRight,
  filesWith,
  folderWith,
  processesMarked,
  saleArguments,
  sell,
  troublesOf,
} from './described-run.ts'
import { doorbuster, start } from './doorbuster.ts'
import { MARIADB_PASSWORD, type StartedMariaDb, startMariaDb } from './mariadb.ts'
import { describeWithServices } from './require-service.ts'
import { freePort } from './small-server.ts'

const SHOPS = fileURLToPath(new URL('../targets/external/', import.meta.url))
const SMALL = ['--rate', '200', '--duration', '3s']

/** The shop's own descriptor, for a port that nobody has. */
async function descriptorOf(shop: string): Promise<string> {
  const folder = join(SHOPS, shop)
  const text = readFileSync(join(folder, 'target.yaml'), 'utf8')
  const port = /^url: http:\/\/127\.0\.0\.1:(\d+)$/m.exec(text)![1]!
  return text.replaceAll(port, String(await freePort())).replace('start: {', `start: {cwd: ${folder}, `)
}

async function run(shop: string, env: NodeJS.ProcessEnv): Promise<DescribedSale> {
  const mark = `DOORBUSTER_TEST_MARK=${randomUUID()}`
  const [name, value] = mark.split('=') as [string, string]
  const sale = await sell(await descriptorOf(shop), { args: SMALL, env: { ...env, [name]: value } })
  expect(processesMarked(mark)).toEqual([])
  return sale
}

/** What it came to, and whether it comes to the same when it is judged again from its files. */
async function outcomeOf(sale: DescribedSale): Promise<unknown> {
  const verified = await doorbuster(['verify', 'run', '--json'], { cwd: sale.cwd })
  expect((JSON.parse(verified.stdout) as RunRecord).checks).toEqual(sale.record?.checks)
  return { first: troublesOf(sale)[0] ?? null, exitCodes: [sale.exitCode, verified.exitCode] }
}

const right = (sale: DescribedSale): object => ({
  first: null,
  exitCodes: [exitCodeOfRight(sale), exitCodeOfRight(sale)],
})
const convicted = (check: string): object => ({ first: `${check}: fail`, exitCodes: [1, 1] })

/** Files and streams in which it stands. */
function placesOf(secrets: readonly string[], { cwd, stdout, stderr }: DescribedSale): string[] {
  const streams = Object.entries({ stdout, stderr })
  const shown = streams.filter(([, text]) => secrets.some((secret) => text.includes(secret)))
  return [...filesWith(secrets, join(cwd, 'run')), ...shown.map(([name]) => name)]
}

describeWithServices(['redis'], 'the seckill', () => {
  let services: StartedServices
  beforeAll(async () => {
    const settings = { synchronousCommit: 'off', appendfsync: 'no' } as const
    services = await acquireServices({
      needs: ['redis'],
      mode: 'auto',
      settings,
      runId: `shops-${process.pid}`,
      env: process.env,
    })
  })
  afterAll(() => services[Symbol.asyncDispose]())

  it('passes', async () => {
    const sale = await run('seckill', { REDIS_URL: services.redis!.url })
    expect(await outcomeOf(sale)).toEqual(right(sale))
  })

  it('is caught when it looks first and takes later: it oversells', async () => {
    const sale = await run('seckill', { REDIS_URL: services.redis!.url, SHOP_BUG: 'check-then-act' })
    expect(sale.stdout).toMatch(/^OVERSOLD by \d+ units?/)
    expect(await outcomeOf(sale)).toEqual(convicted('no-oversell'))
  })
})

describeWithServices(['mariadb'], 'the shop with sessions', () => {
  let database: StartedMariaDb
  beforeAll(async () => {
    database = await startMariaDb()
  })
  afterAll(() => database[Symbol.asyncDispose]())

  it('passes, and shows no password of its database', async () => {
    const sale = await run('session-shop', { SHOP_DATABASE_URL: database.url })
    expect(await outcomeOf(sale)).toEqual(right(sale))
    expect(placesOf([MARIADB_PASSWORD, database.url], sale)).toEqual([])
  })

  it('is caught when it writes orders after it has answered: it loses some', async () => {
    const sale = await run('session-shop', { SHOP_DATABASE_URL: database.url, SHOP_BUG: 'late-insert' })
    expect(sale.stdout).toMatch(/^ORDERS LOST: \d+ buyers?/)
    expect(await outcomeOf(sale)).toEqual(convicted('acknowledged-kept'))
    expect(placesOf([MARIADB_PASSWORD, database.url], sale)).toEqual([])
  })
})

const ADMIN_TOKEN = 'correct-horse-battery'

it('passes: the shop that queues, and nobody is shown its token', async () => {
  const sale = await run('queue-shop', { SHOP_ADMIN_TOKEN: ADMIN_TOKEN })
  expect(await outcomeOf(sale)).toEqual(right(sale))
  expect(placesOf([ADMIN_TOKEN], sale)).toEqual([])
})

it('is caught when it counts clicks: it turns buyers away while units are left', async () => {
  const sale = await run('queue-shop', { SHOP_ADMIN_TOKEN: ADMIN_TOKEN, SHOP_BUG: 'counts-clicks' })
  expect(sale.stdout).toMatch(/^WRONGLY REFUSED/)
  expect(await outcomeOf(sale)).toEqual(convicted('justified-refusals'))
  expect(placesOf([ADMIN_TOKEN], sale)).toEqual([])
})

const LONG = ['--rate', '200', '--duration', '60s']
const GONE_WITHIN_MS = 20_000

async function untilNothingIsMarked(mark: string): Promise<void> {
  for (const deadline = performance.now() + GONE_WITHIN_MS; performance.now() < deadline; await sleep(50)) {
    if (processesMarked(mark).length === 0) return
  }
  expect(processesMarked(mark)).toEqual([])
}

it('leaves no process when it is interrupted', async () => {
  const mark = randomUUID()
  const cwd = folderWith({ 'target.yaml': await descriptorOf('queue-shop') })
  const env = { SHOP_ADMIN_TOKEN: ADMIN_TOKEN, DOORBUSTER_TEST_MARK: mark }
  const running = start(saleArguments({ args: LONG }), { cwd, env })
  await running.said(/writing to run/)
  running.kill('SIGINT')
  const { exitCode } = await running.finished
  expect(exitCode).toBe(130)
  expect(processesMarked(mark)).toEqual([])
})

it('leaves no process behind a harness that is killed, and the next one finds the port free', async () => {
  const mark = randomUUID()
  const cwd = folderWith({ 'target.yaml': await descriptorOf('queue-shop') })
  const env = { SHOP_ADMIN_TOKEN: ADMIN_TOKEN, DOORBUSTER_TEST_MARK: mark }
  const running = start(saleArguments({ args: LONG }), { cwd, env })
  await running.said(/writing to run/)
  running.kill('SIGKILL')
  await running.finished
  const next = await doorbuster(['run', 'smoke', '--target', 'target.yaml', '--dry-run'], { cwd, env })
  expect(next).toMatchObject({ exitCode: 0 })
  await untilNothingIsMarked(mark)
})
