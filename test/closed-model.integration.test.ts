/**
 * The closed model from the command line to the exit code, against real stores: a rate that nobody sets, judged as any
 * other.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { doorbuster, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const CLOSED = ['--engine', 'autocannon']

function recordIn(cwd: string): RunRecord {
  return JSON.parse(readFileSync(join(cwd, 'run', 'run.json'), 'utf8')) as RunRecord
}

describeWithServices(['postgres', 'redis'], 'a closed run', () => {
  it('of a strategy that is built wrong is caught', async () => {
    const cwd = temporaryFolder()
    const args = [
      'run',
      'smoke',
      '--strategy',
      'naive',
      ...CLOSED,
      '--stock',
      '100',
      '--set',
      'steps[0].connections=16',
    ]
    const { exitCode, stdout } = await doorbuster([...args, '--out', 'run'], { cwd })
    expect(stdout).toMatch(/^OVERSOLD by \d[\d,]* units?/)
    expect(stdout).toContain('model: closed (autocannon ')
    expect(stdout).toContain('closed, 16 connections')
    expect(exitCode).toBe(1)
    expect(readFileSync(join(cwd, 'run', 'summary.md'), 'utf8')).toContain('| closed, 16 connections |')
  })

  it.each(['atomic-update', 'redis-lua'])('of %s passes, and its files say the same', async (strategy) => {
    const cwd = temporaryFolder()
    const args = ['run', 'smoke', '--strategy', strategy, ...CLOSED, '--stock', '200', '--out', 'run', '--json']
    const { exitCode, stdout } = await doorbuster(args, { cwd })
    const record = JSON.parse(stdout) as RunRecord
    expect(record.checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')).toEqual([])
    expect(record.engine).toMatchObject({ name: 'autocannon', model: 'closed' })
    const [step] = record.steps
    expect(step).toMatchObject({ offeredRatePerSec: null, saturated: false, onTimeShare: 1, dropped: 0 })
    expect(step!.achievedRatePerSec).toBeCloseTo((step!.completed * 1_000) / step!.durationMs, 6)
    expect(step!.notes[0]).toMatch(/^4 connections: as many as carry 400\/s at 10 ms a request/)
    expect(record.thresholds).toEqual([])
    expect(exitCode).toBe(0)
    const verified = await doorbuster(['verify', 'run', '--json'], { cwd })
    expect(verified.exitCode).toBe(0)
    const { steps, checks } = JSON.parse(verified.stdout) as RunRecord
    expect({ steps, checks }).toEqual({ steps: record.steps, checks: record.checks })
  })

  it('is held against a rate, and against no share of what was offered', async () => {
    const cwd = temporaryFolder()
    const args = ['run', 'smoke', '--strategy', 'redis-lua', ...CLOSED, '--duration', '1s', '--out', 'run']
    const { exitCode } = await doorbuster(
      [...args, '--threshold', 'achieved >= 1/s', '--threshold', 'achieved >= 90%'],
      { cwd },
    )
    expect(exitCode).toBe(4)
    expect(recordIn(cwd).thresholds.map(({ expression, verdict }) => [expression, verdict])).toEqual([
      ['achieved >= 1/s', 'pass'],
      ['achieved >= 90%', 'unknown'],
    ])
  })

  it('that is interrupted keeps what was measured', async () => {
    const cwd = temporaryFolder()
    const args = ['run', 'connections', '--strategy', 'redis-lua', ...CLOSED, '--out', 'run', '--rate', '3000']
    const run = start([...args, '--set', 'steps.connections=[2, 4]', '--duration', '2s'], { cwd })
    await run.said(/step 1 of 2: .* as fast as answered/)
    run.kill('SIGINT')
    expect((await run.finished).exitCode).toBe(130)
    const { status, steps } = recordIn(cwd)
    expect(status).toBe('interrupted')
    expect(steps[0]!.outcomes.sold).toBeGreaterThan(0)
  })

  it('ends at the first unit too many where it is told to', async () => {
    const cwd = temporaryFolder()
    const args = ['run', 'connections', '--strategy', 'naive', ...CLOSED, '--fail-fast', '--out', 'run']
    const { exitCode } = await doorbuster([...args, '--stock', '20', '--set', 'steps.connections=[16]'], { cwd })
    expect(exitCode).toBe(1)
    const { endedBy, steps } = recordIn(cwd)
    expect(endedBy).toBe('fail-fast')
    expect(steps[0]!.live.firstViolation).toMatchObject({ check: 'no-oversell' })
    expect(steps[0]!.durationMs).toBeLessThan(10_000)
  })
})

it('a scenario of connections is refused by an engine that keeps a rate, before anything is started', async () => {
  const { exitCode, stderr } = await doorbuster(['run', 'connections', '--strategy', 'redis-lua'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('step 1 of connections asks for 16 connections, and the engine open-loop keeps a rate')
  expect(stderr).toContain('--engine autocannon')
})
