/** A search for capacity from the command line to the exit code, against real stores and a shop of the user's own. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CapacityRecord } from '../src/core/capacity-record.ts'
import { doorbuster, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** So generous that a slow machine meets it, so low that it is soon reached. */
const EASY = ['--slo', 'mean < 1500ms', '--slo', 'achieved >= 1%', '--from', '50', '--to', '100']

function recordIn(cwd: string): CapacityRecord {
  return JSON.parse(readFileSync(join(cwd, 'found', 'capacity.json'), 'utf8')) as CapacityRecord
}

describeWithServices(['postgres', 'redis'], 'a search for capacity', () => {
  it('keeps its budget, and leaves a run a trial, what requests cost, and a plan', async () => {
    const cwd = temporaryFolder()
    const plan = ['--for', '100000', '--stock', '10000', '--read-share', '90%']
    const args = ['capacity', 'smoke', '--strategy', 'redis-lua', ...EASY, ...plan, '--budget', '30s', '--out', 'found']
    const { stdout, exitCode } = await doorbuster([...args, '--json'], { cwd })
    const record = JSON.parse(stdout) as CapacityRecord
    expect(record).toEqual(recordIn(cwd))
    expect(record).toMatchObject({ schema: 'doorbuster.capacity/1', status: 'complete', wrong: null, exitCode })
    // Which of them, is the machine's affair: it may have been busy with something else.
    expect(['passed', 'inconclusive', 'missed']).toContain(record.verdict)
    expect(record.trials.length).toBeGreaterThan(0)
    expect(Math.max(...record.trials.map(({ ratePerSec }) => ratePerSec))).toBeLessThanOrEqual(100)
    expect(record.trials.map(({ directory }) => directory)).toEqual(
      readdirSync(join(cwd, 'found', 'trials')).map((name) => join('trials', name)),
    )
    for (const { requests, cpuSeconds, purpose } of record.trials) {
      expect(requests.sold + requests.soldOut).toBeGreaterThan(0)
      expect(Object.keys(cpuSeconds).toSorted()).toEqual(['generator', 'postgres', 'redis', 'target'])
      expect(['search', 'demand']).toContain(purpose)
    }
    expect([undefined, 10_000]).toContain(record.plan?.expected.sold)
    expect(readFileSync(join(cwd, 'found', 'summary.md'), 'utf8')).toContain('smoke against redis-lua')
    const again = await doorbuster(['verify', join('found', record.trials[0]!.directory), '--json'], { cwd })
    expect(
      (JSON.parse(again.stdout) as { checks: { verdict: string }[] }).checks.map(({ verdict }) => verdict),
    ).not.toContain('fail')
  })

  it('of a strategy that is built wrong ends at the first sale that was: how fast it is, nobody has to know', async () => {
    const cwd = temporaryFolder()
    const args = [
      'capacity',
      'smoke',
      '--strategy',
      'naive',
      ...EASY,
      '--from',
      '800',
      '--to',
      '800',
      '--budget',
      '60s',
      '--out',
      'found',
    ]
    const { stdout, exitCode } = await doorbuster(args, { cwd })
    expect(stdout).toMatch(/^WRONG at 800\/s: no-oversell: /)
    expect(stdout).toContain('report: found/report.html')
    expect(exitCode).toBe(1)
    expect(readFileSync(join(cwd, 'found', 'report.html'), 'utf8')).toContain('A sale was wrong')
    const again = await doorbuster(['report', 'found', '--format', 'junit', '--out', '-'], { cwd })
    expect(again.stdout).toBe(readFileSync(join(cwd, 'found', 'junit.xml'), 'utf8'))
    expect(again.stdout).toMatch(/name="every sale is right".*>\s*<failure/)
    expect(recordIn(cwd)).toMatchObject({ verdict: 'wrong', wrong: { check: 'no-oversell', ratePerSec: 800 } })
  })

  it('keeps what it has at Ctrl-C', async () => {
    const cwd = temporaryFolder()
    const args = ['capacity', 'smoke', '--strategy', 'redis-lua', ...EASY, '--budget', '5m', '--out', 'found']
    const running = start(args, { cwd })
    await running.said(/trial 1: 50\/s for/)
    running.kill('SIGINT')
    const { stdout, exitCode } = await running.finished
    expect(exitCode).toBe(130)
    expect(stdout).toMatch(/^INTERRUPTED: so far, /)
    expect(recordIn(cwd)).toMatchObject({ status: 'interrupted', verdict: 'interrupted', exitCode: 130 })
    expect(recordIn(cwd).trials.length).toBeGreaterThanOrEqual(1)
  })
})

describe('what a search for capacity refuses', () => {
  it.each([
    ['no target', [], /which strategy\?/],
    [
      'an SLO that is none',
      ['--strategy', 'redis-lua', '--slo', 'p99 < 42'],
      /p99 is compared with a duration with its unit/,
    ],
    ['an SLO of the rate', ['--strategy', 'redis-lua', '--slo', 'achieved >= 50/s'], /changes with the rate itself/],
    ['an end below its beginning', ['--strategy', 'redis-lua', '--from', '9', '--to', '8'], /--from 9 is above --to 8/],
    ['a plan without a stock', ['--strategy', 'redis-lua', '--for', '1000'], /needs to know of how many units/],
    ['a stock without a plan', ['--strategy', 'redis-lua', '--stock', '10'], /--stock says nothing without --for/],
    ['a budget without a unit', ['--strategy', 'redis-lua', '--budget', '300'], /It must be a time above 0/],
  ])('%s', async (_claim, args, message) => {
    const { stderr, stdout, exitCode } = await doorbuster(['capacity', 'smoke', ...args], { cwd: temporaryFolder() })
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })
})
