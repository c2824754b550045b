/**
 * What a run says while it goes on, against real stores: a wrong sale is told before its end, and a right one with early
 * birds, bots and retries gives no alarm.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** So few that any machine keeps up, whatever else it does. */
const EASY = ['--rate', '40', '--duration', '5s', '--threshold', 'achieved >= 50%']
const EARLY_BIRDS = ['early-birds', '--set', 'sale.opensAfter=1500ms', ...EASY]

interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly record: RunRecord
  readonly cwd: string
}

async function run(...args: readonly string[]): Promise<Ran> {
  const cwd = temporaryFolder()
  const finished = await doorbuster(['run', ...args, '--out', 'run'], { cwd })
  const record = JSON.parse(readFileSync(join(cwd, 'run', 'run.json'), 'utf8')) as RunRecord
  return { ...finished, record, cwd }
}

async function judgedAgain(cwd: string): Promise<{ readonly exitCode: number | null; readonly record: RunRecord }> {
  const { exitCode, stdout } = await doorbuster(['verify', 'run', '--json'], { cwd })
  return { exitCode, record: JSON.parse(stdout) as RunRecord }
}

function failedChecks({ checks }: RunRecord): string[] {
  return [...new Set(checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check))]
}

function verdictOf({ checks }: RunRecord, name: string): string {
  return checks.find(({ check }) => check === name)!.verdict
}

/** 0, unless the machine was too busy for the generator to keep its times: that shows nothing, and says so. */
function exitOfRight({ steps }: RunRecord): number {
  return steps[0]!.onTimeShare < 0.99 ? 4 : 0
}

describeWithServices(['postgres', 'redis'], 'a right sale', () => {
  it.each(['atomic-update', 'redis-lua'])(
    '%s passes with early birds, who are told that it is not open, ask again, and are sold to',
    async (strategy) => {
      const { exitCode, record, cwd, stderr } = await run(...EARLY_BIRDS, '--strategy', strategy, '--fail-fast')
      expect(failedChecks(record)).toEqual([])
      expect(exitCode).toBe(exitOfRight(record))
      const { errorCodes, retries, live, targetClock, sales } = record.steps[0]!
      expect(errorCodes['NOT_OPEN']).toBeGreaterThan(10)
      expect(retries.outcomes.sold).toBeGreaterThan(0)
      expect(verdictOf(record, 'nothing-early')).toBe('pass')
      expect(sales[0]!.hours!.opensAtNs).toBeGreaterThan(record.steps[0]!.startedAtNs)
      // One machine, one clock.
      expect(Math.abs(targetClock!.offsetMs)).toBeLessThanOrEqual(targetClock!.errorMs + 1)
      expect(live.firstViolation).toBeNull()
      expect(stderr).not.toContain('so far')
      expect(record.endedBy).toBeNull()
      expect((await judgedAgain(cwd)).record).toEqual(record)
    },
  )

  it('passes with bots, who get no more than anybody', async () => {
    const { exitCode, record } = await run('bots', ...EASY, '--set', 'buyers.bots.users=5', '--strategy', 'redis-lua')
    expect(failedChecks(record)).toEqual([])
    expect(exitCode).toBe(exitOfRight(record))
    expect(record.steps[0]!.outcomes.limitReached).toBeGreaterThan(20)
    expect(verdictOf(record, 'per-user-limit')).toBe('pass')
  })
})

describeWithServices(['postgres'], 'a wrong sale', () => {
  it('that sells early is told while it is on, and convicted of that alone', async () => {
    const { exitCode, record, stderr, cwd } = await run(...EARLY_BIRDS, '--strategy', 'control-early')
    expect(failedChecks(record)).toEqual(['nothing-early'])
    expect(exitCode).toBe(1)
    const { live } = record.steps[0]!
    expect(live.firstViolation).toMatchObject({ check: 'nothing-early', sku: 'step-1' })
    expect(stderr).toMatch(
      /step 1 of 1: SOLD EARLY: \d+ buyers? w[a-z]+ sold to before the opening so far\n(.*\n)*step 1/,
    )
    expect((await judgedAgain(cwd)).record).toEqual(record)
  })

  it('ends with --fail-fast where it is seen to be wrong: exit 1, and the same when judged again', async () => {
    const args = ['smoke', '--strategy', 'naive', '--set', 'timeout=500ms', '--duration', '20s']
    const { exitCode, record, stdout, cwd } = await run(...args, '--fail-fast')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/ended\s+there\s+by\s+--fail-fast/)
    expect(record).toMatchObject({ status: 'interrupted', endedBy: 'fail-fast', verdict: 'wrong' })
    const [step] = record.steps
    expect(step).toMatchObject({ interrupted: true, verdict: 'wrong' })
    expect(step!.arrivals).toBeLessThan(400 * 20)
    expect(failedChecks(record)).toContain(step!.live.firstViolation!.check)
    const again = await judgedAgain(cwd)
    expect(again.exitCode).toBe(1)
    expect(again.record).toEqual(record)
  })

  it('is told of in a pipe in plain lines, and not at all with --json', async () => {
    const args = ['smoke', '--strategy', 'naive', '--set', 'timeout=500ms', '--duration', '4s']
    const said = await run(...args)
    expect(said.stderr).toMatch(/^step 1 of 1: (OVERSOLD by|NOT LINEARIZABLE) .*so far/m)
    const json = await run(...args, '--json')
    expect(json.stderr).toBe('')
    expect((JSON.parse(json.stdout) as RunRecord).steps[0]!.live.firstViolation).not.toBeNull()
  })
})
