/**
 * Runs from the command line to the exit code, against real stores: what is wrong is caught, what is right passes,
 * and whatever ends a run keeps what was measured.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { CheckResult } from '../src/core/check.ts'
import type { RunRecord } from '../src/core/run-record.ts'
import { doorbuster, processesWith, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** So few units that even a machine with other work sells out, short enough to run many. */
const SHORT = ['--duration', '3s', '--stock', '100']

function failedChecks(record: RunRecord): string[] {
  return [...new Set(record.checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check))]
}

function checkOf(record: RunRecord, name: string): CheckResult {
  return record.checks.find(({ check }) => check === name)!
}

async function runJson(
  args: readonly string[],
  cwd = temporaryFolder(),
): Promise<{ exitCode: number | null; record: RunRecord }> {
  const { exitCode, stdout, stderr } = await doorbuster(['run', ...args, '--json'], { cwd })
  try {
    return { exitCode, record: JSON.parse(stdout) as RunRecord }
  } catch {
    throw new Error(`no record on stdout (exit ${exitCode}):\n${stdout}\n${stderr}`)
  }
}

describeWithServices(['postgres', 'redis'], 'a run of a strategy that is built wrong', () => {
  it.each([
    ['naive', 1],
    ['mutex', 2],
  ])('%s with %i instance(s) oversells, and the words say by how many', async (strategy, instances) => {
    const cwd = temporaryFolder()
    const args = ['run', 'smoke', '--strategy', strategy, '--instances', String(instances), ...SHORT, '--out', 'run']
    const { exitCode, stdout } = await doorbuster(args, { cwd })
    expect(stdout).toMatch(/^OVERSOLD by \d[\d,]* units?/)
    expect(exitCode).toBe(1)
    const record = JSON.parse(readFileSync(join(cwd, 'run', 'run.json'), 'utf8')) as RunRecord
    expect(checkOf(record, 'no-oversell').measured).toBeGreaterThan(0)
    const allowed = ['no-oversell', 'conservation', 'never-negative', 'linearizable']
    expect(failedChecks(record).filter((check) => !allowed.includes(check))).toEqual([])
  })

  it('article-literal sells no unit too many and is convicted of the orders it lost', async () => {
    const { exitCode, record } = await runJson(['smoke', '--strategy', 'article-literal', ...SHORT])
    expect(exitCode).toBe(1)
    expect(checkOf(record, 'no-oversell').verdict).toBe('pass')
    expect(checkOf(record, 'acknowledged-kept').verdict).toBe('fail')
    expect(failedChecks(record)[0]).toBe('acknowledged-kept')
  })
})

describeWithServices(['postgres', 'redis'], 'a run of a strategy that is right', () => {
  it.each([
    ['mutex', 1],
    ['atomic-update', 2],
    ['redis-lua', 2],
    ['double-delete', 2],
  ])('%s with %i instance(s) passes every check that can be made', async (strategy, instances) => {
    const { record } = await runJson(['smoke', '--strategy', strategy, '--instances', String(instances), ...SHORT])
    expect(record.checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-checked')).toEqual([])
    expect(checkOf(record, 'no-oversell').verdict).toBe('pass')
    expect(record.steps[0]!.outcomes.soldOut).toBeGreaterThan(0)
    expect(record.verdict).not.toBe('wrong')
  })

  it.each(['atomic-update', 'redis-lua'])(
    '%s passes when its buyers are not told: the ledger settles it',
    async (strategy) => {
      const args = ['--strategy', strategy, '--rate', '100', '--duration', '4s', '--lose-replies', '5%', '--out', 'run']
      const cwd = temporaryFolder()
      const { exitCode, stdout } = await doorbuster(['run', 'smoke', ...args], { cwd })
      const record = JSON.parse(readFileSync(join(cwd, 'run', 'run.json'), 'utf8')) as RunRecord
      const { work, outcomes } = record.steps[0]!
      expect(work.counters['repliesLost']).toBeGreaterThan(0)
      expect(outcomes.unknown).toBe(work.counters['repliesLost'])
      expect(record.target).toMatchObject({ lostReplyShare: 0.05 })
      expect(stdout).toMatch(new RegExp(`--lose-replies 5%: ${outcomes.unknown} answers? cut off`))
      expect(record.checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-checked')).toEqual([])
      // At 100/s four late requests are too many for the generator.
      expect(exitCode).toBe(record.steps[0]!.onTimeShare < 0.99 ? 4 : 0)
    },
  )

  it('leaves files that are judged again to the same verdict, and no process', async () => {
    const cwd = temporaryFolder()
    const { record } = await runJson(['smoke', '--strategy', 'atomic-update', ...SHORT, '--out', 'run'], cwd)
    const files = ['history', 'junit.xml', 'ledger', 'live.ndjson', 'report.html', 'run.json', 'summary.md']
    expect(readdirSync(join(cwd, 'run')).sort()).toEqual(files)
    const again = await doorbuster(['verify', 'run', '--json'], { cwd })
    const judgedAgain = JSON.parse(again.stdout) as RunRecord
    expect(judgedAgain).toEqual(record)
    expect(again.exitCode).toBe(record.exitCode)
    expect(processesWith(record.runId)).toEqual([])
  })

  it('misses a threshold that it cannot meet: exit 3', async () => {
    const { exitCode, record } = await runJson([
      'smoke',
      '--strategy',
      'atomic-update',
      ...SHORT,
      '--threshold',
      'unsold > 1000000',
    ])
    expect(exitCode).toBe(3)
    expect(record.thresholds.filter(({ verdict }) => verdict === 'fail').map(({ metric }) => metric)).toContain(
      'unsold',
    )
  })
})

describeWithServices(['embedded'], 'a run from a shell of its own ways', () => {
  const args = ['run', 'smoke', '--strategy', 'redis-lua', '--services', 'embedded', '--duration', '1s', '--json']

  it('with variables of Postgres for other servers goes on with its own', async () => {
    const { stdout, stderr } = await doorbuster(args, {
      env: { PGPORT: '1', PGSSLMODE: 'require', PGHOST: 'db.invalid' },
    })
    expect(stderr).toBe('')
    expect((JSON.parse(stdout) as RunRecord).status).toBe('complete')
  })

  it('with a strict umask goes on', async () => {
    const before = process.umask(0o077)
    try {
      const { stdout, stderr } = await doorbuster(args)
      expect(stderr).toBe('')
      expect((JSON.parse(stdout) as RunRecord).status).toBe('complete')
    } finally {
      process.umask(before)
    }
  })
})

describeWithServices(['postgres'], 'a run that shows nothing', () => {
  it('in which nobody tried to buy, not even from a strategy that oversells: exit 4', async () => {
    const args = ['run', 'smoke', '--strategy', 'naive', '--set', 'buyers.reads=100%', '--duration', '1s']
    const { exitCode, stdout } = await doorbuster(args)
    expect(stdout).toMatch(/^INCONCLUSIVE: .*nobody tried to buy/)
    expect(exitCode).toBe(4)
  })
})

describeWithServices(['postgres'], 'a run that is cut short', () => {
  it('by Ctrl-C keeps what was measured: exit 130', async () => {
    const cwd = temporaryFolder()
    const run = start(
      ['run', 'staircase-12800', '--strategy', 'atomic-update', '--set', 'steps.staircase.duration=1s', '--out', 'run'],
      { cwd },
    )
    await run.said(/step 2 of 8/)
    run.kill('SIGINT')
    const { exitCode, stdout } = await run.finished
    expect(stdout).toMatch(/^INTERRUPTED/)
    expect(exitCode).toBe(130)
    const verified = await doorbuster(['verify', 'run', '--json'], { cwd })
    expect((JSON.parse(verified.stdout) as RunRecord).steps.length).toBeGreaterThanOrEqual(2)
    expect(verified.exitCode).toBe(130)
  })

  it('by Ctrl-C while its stores are made leaves nothing: exit 130, whichever tool was at work', async () => {
    const cwd = temporaryFolder()
    const tools = temporaryFolder()
    const copy = join(tools, 'cp')
    writeFileSync(copy, `#!/bin/sh\nkill -INT -$PPID\nexec /bin/cp "$@"\n`, { mode: 0o755 })
    const args = ['run', 'smoke', '--strategy', 'atomic-update', '--services', 'embedded', '--out', 'run']
    const env = { PATH: `${tools}:${process.env['PATH']}`, DOORBUSTER_SKIP_SET_UP: '1' }
    const { exitCode, stderr } = await start(args, { cwd, env, ownGroup: true }).finished
    expect(stderr).toContain('interrupted before the run began')
    expect(stderr).not.toContain('failed')
    expect(exitCode).toBe(130)
    expect(readdirSync(cwd)).toEqual([])
  })

  it('by kill -9 is incomplete and readable, and the next run removes what it left', async () => {
    const cwd = temporaryFolder()
    const run = start(
      [
        'run',
        'staircase-12800',
        '--strategy',
        'atomic-update',
        '--set',
        'steps.staircase.duration=1s',
        '--out',
        'killed',
      ],
      { cwd },
    )
    await run.said(/step 2 of 8/)
    run.kill('SIGKILL')
    await run.finished
    const { runId } = JSON.parse(readFileSync(join(cwd, 'killed', 'run.json'), 'utf8')) as RunRecord
    const next = await runJson(['smoke', '--strategy', 'atomic-update', ...SHORT, '--out', 'next'], cwd)
    expect(processesWith(runId)).toEqual([])
    expect(next.record.status).toBe('complete')
    const verified = await doorbuster(['verify', 'killed', '--json'], { cwd })
    const record = JSON.parse(verified.stdout) as RunRecord
    expect(record.status).toBe('interrupted')
    expect(record.steps.length).toBeGreaterThanOrEqual(2)
    expect(record.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    expect(verified.exitCode).toBe(130)
  })
})
