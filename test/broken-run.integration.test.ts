/** Whatever breaks while a run goes on, what was measured is judged: a conviction is never lost to an environment. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { acquireServices, type StartedServices } from '../src/services/index.ts'
import { doorbuster, processesWith, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** Two steps; the first sells out and oversells early, the second is there to be broken. */
const TWO_STEPS =
  '--set|steps=[{rate: 400, duration: 2s}, {rate: 400, duration: 20s}]|--set|buyers={population: 100000}|--stock|100|--out|run'.split(
    '|',
  )

const ONE_LONG_STEP =
  'run|smoke|--strategy|naive|--stock|100|--duration|30s|--set|buyers={population: 100000}|--services|external|--out|run'.split(
    '|',
  )

function recordIn(cwd: string): RunRecord {
  return JSON.parse(readFileSync(join(cwd, 'run', 'run.json'), 'utf8')) as RunRecord
}

function endProcesses(marker: string, program: RegExp): void {
  const found = processesWith(marker).filter((line) => program.test(line))
  expect(found).not.toEqual([])
  for (const line of found) process.kill(Number(line.split(' ', 1)[0]), 'SIGKILL')
}

describeWithServices(['postgres'], 'a run of a strategy that oversells', () => {
  it('is convicted when the target dies in the first step, from the stores that live on', async () => {
    const cwd = temporaryFolder()
    await withSomebodysPostgres(async (services) => {
      const run = start(ONE_LONG_STEP, { cwd, env: { DATABASE_URL: services.postgres!.url } })
      await run.said(/writing to run/)
      await untilOversold(services)
      endProcesses(`doorbuster-target-${recordIn(cwd).runId}`, /doorbuster-target/)
      const { exitCode, stdout } = await run.finished
      expect(stdout).toMatch(/^OVERSOLD by \d+ units/)
      expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/ended early: .* took no connection for one second/)
      expect(exitCode).toBe(1)
      expect(recordIn(cwd)).toMatchObject({ status: 'interrupted', endedBy: 'environment', verdict: 'wrong' })
      const verified = await doorbuster(['verify', 'run', '--json'], { cwd })
      expect(verified.exitCode).toBe(1)
      expect((JSON.parse(verified.stdout) as RunRecord).checks).toEqual(recordIn(cwd).checks)
    })
  })

  it('is told from a right one whose target dies: that ends with 5, and nobody interrupted it', async () => {
    const cwd = temporaryFolder()
    await withSomebodysPostgres(async (services) => {
      const args = [...ONE_LONG_STEP.with(3, 'atomic-update'), '--stock', '5000']
      const run = start(args, { cwd, env: { DATABASE_URL: services.postgres!.url } })
      await run.said(/writing to run/)
      await untilSold(services, 100)
      endProcesses(`doorbuster-target-${recordIn(cwd).runId}`, /doorbuster-target/)
      const { exitCode, stdout } = await run.finished
      expect(stdout).toMatch(/^ENDED EARLY: .* took no connection for one second/)
      expect(exitCode).toBe(5)
      expect(recordIn(cwd)).toMatchObject({ endedBy: 'environment', verdict: 'environment', exitCode: 5 })
      expect((await doorbuster(['verify', 'run'], { cwd })).exitCode).toBe(5)
    })
  })

  it('is convicted by its history alone when the database dies before the ledger is read', async () => {
    const cwd = temporaryFolder()
    await withSomebodysPostgres(async (services) => {
      const run = start(ONE_LONG_STEP, { cwd, env: { DATABASE_URL: services.postgres!.url } })
      await run.said(/writing to run/)
      await untilOversold(services)
      endProcesses(dataFolderOf(services), /^\d+ \S*postgres /)
      run.kill('SIGINT')
      const { exitCode, stdout, stderr } = await run.finished
      expect(stdout).toMatch(/^OVERSOLD by \d+ units/)
      expect(stderr).toMatch(/not cleaned up: /)
      expect(exitCode).toBe(1)
      expect(recordIn(cwd).steps[0]!.sales[0]).toMatchObject({ sold: null, settled: false, takenAt: null })
      expect((await doorbuster(['verify', 'run'], { cwd })).exitCode).toBe(1)
    })
  })

  it('is convicted, and the verdict printed, when its results can no longer be written', async () => {
    const cwd = temporaryFolder()
    const run = start(['run', 'smoke', '--strategy', 'naive', ...TWO_STEPS], { cwd })
    await run.said(/step 1 of 2: .*oversold/)
    rmSync(join(cwd, 'run'), { recursive: true })
    run.kill('SIGINT')
    const { exitCode, stdout, stderr } = await run.finished
    expect(stdout).toMatch(/^OVERSOLD by \d+ units/)
    expect(stderr).toMatch(/cannot write .*run\.json/)
    expect(exitCode).toBe(1)
  })

  it('says that it was cut short, in every format, beside the conviction', async () => {
    const cwd = temporaryFolder()
    const run = start(['run', 'smoke', '--strategy', 'naive', ...TWO_STEPS], { cwd })
    await run.said(/step 1 of 2: .*oversold/)
    run.kill('SIGINT')
    const { exitCode, stdout } = await run.finished
    expect(stdout).toMatch(/^OVERSOLD/)
    expect(stdout).toMatch(/ended early: interrupted (in|before) step 2 of 2/)
    const text = (name: string): string => readFileSync(join(cwd, 'run', name), 'utf8')
    expect(text('summary.md')).toMatch(/\*\*Ended early:\*\* interrupted/)
    expect(text('junit.xml')).toMatch(/<testcase name="complete"[^>]*><error/)
    expect(exitCode).toBe(1)
  })
})

/** A store of a run that is not the harness's own. */
async function withSomebodysPostgres(use: (services: StartedServices) => Promise<void>): Promise<void> {
  const services = await acquireServices({
    needs: ['postgres'],
    mode: 'auto',
    settings: { synchronousCommit: 'off', appendfsync: 'no' },
    runId: `somebodys-${process.pid}`,
    env: { ...process.env, DATABASE_URL: undefined },
  })
  try {
    await use(services)
  } finally {
    await services[Symbol.asyncDispose]()
  }
}

const WAIT_MS = 20_000

/** Until more orders stand in the run's schema than there were units. */
async function untilOversold(services: StartedServices): Promise<void> {
  await untilSold(services, 100)
}

/** Until more than so many orders stand in the run's schema. */
async function untilSold({ postgres }: StartedServices, orderCount: number): Promise<void> {
  const client = new Client({ connectionString: postgres!.url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'doorbuster\\_r%'`,
    )
    const orders = `SELECT count(*)::int AS orders FROM "${rows[0]!.name}".orders WHERE sku = 'step-1'`
    for (const deadline = performance.now() + WAIT_MS; performance.now() < deadline; ) {
      if ((await client.query<{ orders: number }>(orders)).rows[0]!.orders > orderCount) return
      await sleep(20)
    }
    throw new Error(`not ${orderCount} orders within ${WAIT_MS} ms`)
  } finally {
    await client.end()
  }
}

/** The run's folder: its servers are started with it. */
function dataFolderOf({ postgres }: StartedServices): string {
  return new URL(postgres!.url).searchParams.get('host')!.replace(/\/postgres\/socket$/, '')
}
